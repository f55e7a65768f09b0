"""Whether the canary's samples differ from the other hosts': Mann-Whitney U, with the guards of Netflix's Kayenta.

They differ where the interval of 98 % around the Hodges-Lehmann shift lies farther from 0 than a quarter of the shift.
SciPy is imported when two sets are compared for the first time, which takes about a second: `load` does it before.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from math import fsum, sqrt
from typing import Literal, NamedTuple

FEWEST = 10
CONFIDENCE = 0.98
TOLERANCE = 0.25
_MOST = 400

Direction = Literal["higher", "lower", "different"]


class Difference(NamedTuple):
    """What was found: `met` is None where there are too few samples to tell, and `why` says so.

    `shift` is how much higher the canary is (Hodges-Lehmann), between `low` and `high`; `p` is the test's.
    """

    met: bool | None
    why: str = ""
    shift: float = 0.0
    low: float = 0.0
    high: float = 0.0
    p: float = 1.0


def load() -> None:
    """Import SciPy now."""
    import_module("scipy.stats")


def compare(
    canary: Sequence[float], others: Sequence[float], direction: Direction, share: float = 0.0, floor: float = 0.0
) -> Difference:
    """Whether the canary is this much higher or lower: by a share of the others' mean, and by `floor` at least.

    Where the others' mean is 0 no share of it means anything: without a floor nothing differs by a share then.
    """
    few = min(len(canary), len(others))
    if few < FEWEST:
        return Difference(None, f"{len(canary)} samples of the canary and {len(others)} of the others, {FEWEST} needed")
    if sorted(canary) == sorted(others) or len({*canary, *others}) == 1:
        return Difference(False)
    found = _tested(_thinned(canary), _thinned(others))
    return found._replace(met=_significant(found, direction) and _large(canary, others, found.shift, share, floor))


def _significant(found: Difference, direction: Direction) -> bool:
    bound = TOLERANCE * abs(found.shift)
    higher = direction != "lower" and found.low > bound
    lower = direction != "higher" and found.high < -bound
    return found.p < 1 - CONFIDENCE and (higher or lower)


def _large(canary: Sequence[float], others: Sequence[float], shift: float, share: float, floor: float) -> bool:
    usual = abs(fsum(others) / len(others))
    apart = abs(fsum(canary) / len(canary) - fsum(others) / len(others))
    if share and not usual:
        return bool(floor) and abs(shift) >= floor
    return apart >= share * usual and abs(shift) >= floor


def _tested(canary: Sequence[float], others: Sequence[float]) -> Difference:
    import numpy as np  # noqa: PLC0415  slow, and few playbooks need it
    from scipy import special, stats  # type: ignore[import-untyped]  # noqa: PLC0415  the same

    ours, theirs = np.asarray(canary), np.asarray(others)
    p = float(stats.mannwhitneyu(ours, theirs, alternative="two-sided").pvalue)
    pairs, total = len(ours) * len(theirs), len(ours) + len(theirs)
    apart = np.sort(np.subtract.outer(ours, theirs), axis=None)
    ties = float(stats.tiecorrect(stats.rankdata(np.concatenate((ours, theirs)))))
    deviation = sqrt(ties * pairs * (total + 1) / 12)
    out = max(0, int(pairs / 2 - float(special.ndtri((1 + CONFIDENCE) / 2)) * deviation - 0.5))
    return Difference(False, "", float(np.median(apart)), float(apart[out]), float(apart[-1 - out]), p)


def _thinned(values: Sequence[float]) -> Sequence[float]:
    step = -(-len(values) // _MOST)
    return values[::step]
