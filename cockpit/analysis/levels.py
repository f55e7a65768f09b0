"""Thresholds: read from a text, and resolved to a number of the metric's unit."""

from __future__ import annotations

from typing import Literal

from cockpit.analysis.rule import Baseline, Level, Rule
from cockpit.analysis.words import Words

_HINT = "a number such as 500, 5% or 300ms, baseline + 10%, 2x baseline, or slo"

Reference = Literal["baseline", "slo"]
_REFERENCES: tuple[Reference, ...] = ("baseline", "slo")


def level(words: Words) -> Level:
    """The threshold that comes next in a text."""
    start, factor = words.here, words.before("x")
    if factor is not None and not 0 < float(factor) <= 1e6:
        raise words.wrong("a factor out of range", "above 0, and 1000000 at most", start)
    for to in _REFERENCES:
        if words.skip(to):
            return _around(words, to) if factor is None else Level(to=to, factor=float(factor))
    if factor is not None:
        raise words.unexpected(f"times what: {factor}x baseline, or {factor}x slo")
    return Level(offset=words.amount(_HINT))


def _around(words: Words, to: Reference) -> Level:
    sign = 1 if words.skip("+") else -1 if words.skip("-") else 0
    if not sign:
        return Level(to=to)
    start, share = words.here, words.before("%")
    if share is None:
        return Level(to=to, offset=sign * words.amount(f"how far from the {to}: 10%, or a number"))
    factor = (100 + sign * float(share)) / 100
    if not 0 < factor <= 1e6:
        raise words.wrong("a share out of range", f"less than 100% below the {to}", start)
    return Level(to=to, factor=factor)


def rises(lower: Level, upper: Level) -> bool:
    """Whether the second is the higher one, as far as that can be told before there are numbers."""
    apart = lower.to != upper.to
    return apart or (lower != upper and lower.factor <= upper.factor and lower.offset <= upper.offset)


def resolved(found: Level, reference: float, floor: float = 0.0, *, upward: bool = True) -> float:
    """The number that a threshold is, at least `floor` away from what it refers to.

    A share of something negative counts from its size, so that `+ 10%` is always the higher number. `upward` says on
    which side a threshold lies that is what it refers to itself.
    """
    if found.to == "nothing":
        return found.offset
    distance = (found.factor - 1.0) * abs(reference) + found.offset
    if abs(distance) >= floor:
        return reference * found.factor if reference > 0 and not found.offset else reference + distance
    above = upward if found.factor == 1.0 and not found.offset else found.factor > 1.0 or found.offset > 0
    return reference + floor if above else reference - floor


class Threshold:
    """A level of a rule as a number, once what it refers to is known; `why` says what is missing until then.

    A baseline stands for its mean where means are compared, else for its median.
    """

    __slots__ = ("_floor", "_level", "_mean", "_upward", "number", "why")

    def __init__(self, found: Level, rule: Rule, *, upward: bool = True, mean: bool = False) -> None:
        self._level = found
        self._floor = rule.floor
        self._upward = upward
        self._mean = mean
        self.number: float | None = None
        self.why = "no baseline yet" if found.to == "baseline" else "no objective (slo)" if found.to == "slo" else ""
        if found.to == "nothing":
            self.number = found.offset
        elif found.to == "slo" and rule.slo is not None:
            self._known(resolved(found, rule.slo))

    def refer(self, baseline: Baseline) -> None:
        """Take what it was like before."""
        if self._level.to != "baseline":
            return
        if baseline.reason:
            self.number, self.why = None, baseline.reason
            return
        usual = baseline.mean if self._mean else baseline.median
        self._known(resolved(self._level, usual, self._floor, upward=self._upward))

    def _known(self, number: float) -> None:
        self.number, self.why = number, ""
