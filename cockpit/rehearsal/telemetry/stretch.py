"""The curves of a metric on a host, one after another, and what they show but for faults."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from cockpit.rehearsal.scenario import Curve
from cockpit.rehearsal.telemetry.usual import HOUR

DAY = 86_400.0
_MORNING = 9 * HOUR
"""When a daily wave passes through its middle, going up, in UTC; it is highest six hours later."""


class Stretch(msgspec.Struct, frozen=True):
    """A curve and the moment from which on it holds."""

    since: float
    curve: Curve


Stretches = tuple[Stretch, ...]


def level_of(stretches: Stretches, at: float) -> float | None:
    """What is shown but for noise and faults: it goes over from one curve to the next one while that settles."""
    level: float | None = None
    for stretch in stretches:
        if stretch.since > at and level is not None:
            break
        goal = _on(stretch, at)
        gone = at - stretch.since
        if goal is not None and level is not None and gone < stretch.curve.settles:
            goal = level + (goal - level) * gone / stretch.curve.settles
        level = goal
    return level


def _on(stretch: Stretch, at: float) -> float | None:
    curve = stretch.curve
    if curve.silent:
        return None
    day = math.sin(2 * math.pi * ((at - _MORNING) % DAY) / DAY) if curve.wave else 0.0
    return curve.steady * (1 + curve.wave * day) + curve.drift * max(0.0, at - stretch.since) / HOUR


def range_of(stretches: Stretches, at: float) -> tuple[float, ...]:
    """The lowest and the highest that noise makes of it; nothing where it is silent."""
    level, curve = level_of(stretches, at), stretches[-1].curve
    spread = abs(curve.steady * curve.noise)
    return () if level is None else (level - spread, level + spread)


def is_still(stretches: Stretches, at: float) -> bool:
    """Whether it changes by noise alone from now on."""
    last = stretches[-1]
    return not (last.curve.wave or last.curve.drift) and at - last.since >= last.curve.settles


def stretch_at(stretches: Stretches, at: float) -> Stretch:
    """The one that holds, or the first."""
    for stretch in reversed(stretches):
        if stretch.since <= at:
            return stretch
    return stretches[0]


def _crest(since: float, later: float) -> float:
    """The next moment at which a daily wave turns."""
    turn = _MORNING + DAY / 4 + later
    return since + (turn - since) % DAY


def turns(since: float, until: float) -> Iterator[float]:
    """The moments in between at which a daily wave turns; not more than a day apart."""
    return (at for at in (_crest(since, 0.0), _crest(since, DAY / 2)) if since < at < until)
