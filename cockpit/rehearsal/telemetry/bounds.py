"""What the rules on a metric ask of its number, and numbers of which that is true or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import assert_never

import msgspec

from cockpit.analysis.budget import burn_rate
from cockpit.analysis.levels import resolved
from cockpit.analysis.rule import Burns, Compare, Differs, Grows, Level, Reaches, Rule, Spends, Trigger

_TESTS: dict[str, Callable[[float, float, float], bool]] = {
    "above": lambda value, low, _: value > low,
    "below": lambda value, low, _: value < low,
    "at least": lambda value, low, _: value >= low,
    "at most": lambda value, low, _: value <= low,
    "is": lambda value, low, _: value == low,
    "outside": lambda value, low, high: not low <= value <= high,
    "between": lambda value, low, high: low <= value <= high,
}


SPARING = 20
"""Of a budget's limit so small a part makes next to no difference to when it is spent."""


class Bound(msgspec.Struct, frozen=True):
    """A comparison with numbers that a metric is `wanted` to meet, or not to.

    `rising`: it is how much the metric rises in a second that is compared. `budget`: it is summed up over time, so
    that what is well below counts as well.
    """

    how: str
    low: float
    high: float
    wanted: bool
    rising: bool = False
    budget: bool = False

    def holds(self, value: float) -> bool:
        """Whether a number is as it is wanted."""
        return _TESTS[self.how](value, self.low, self.high) is self.wanted

    def is_far(self, value: float) -> bool:
        """Whether a number is as it is wanted, and what is summed up of it may be neglected."""
        return self.holds(value) and (not self.budget or value <= self.low / SPARING)

    @property
    def edges(self) -> tuple[float, ...]:
        """The numbers at which that changes."""
        return (self.low, self.high) if self.how in ("outside", "between") else (self.low,)


def bounds(rules: Iterable[Rule], usual: float | None = None) -> tuple[Bound, ...]:
    """What rules ask of their metric; what refers to a baseline only where it is known what is `usual`."""
    return tuple(bound for rule in rules for bound in _of_rule(rule, usual))


def triggers(rule: Rule) -> Iterator[tuple[Trigger, bool]]:
    """What a rule says, and whether that is wanted to be true."""
    yield from ((trigger, wanted) for trigger, wanted in ((rule.ok, True), (rule.bad, False)) if trigger)


def _of_rule(rule: Rule, usual: float | None) -> Iterator[Bound]:
    for trigger, wanted in triggers(rule):
        match trigger.condition:
            case Compare() as compare:
                yield from _of_compare(compare, rule, wanted, usual)
            case Reaches(level=level, falls=falls):
                if (number := _number(level, rule, usual)) is not None:
                    yield Bound("at most" if falls else "at least", number, number, wanted)
            case Spends(share=share, within=within) if rule.period:
                yield _of_budget(burn_rate(share, within, rule.period), rule, wanted)
            case Burns(rate=rate):
                yield _of_budget(rate, rule, wanted)
            case Differs(direction=direction, share=share):
                if usual is not None:
                    edge = usual * (1 - share if direction == "lower" else 1 + share)
                    yield Bound("below" if direction == "lower" else "above", edge, edge, wanted)
            case Grows() | Spends():
                pass
            case _:
                assert_never(trigger.condition)


def _of_compare(compare: Compare, rule: Rule, wanted: bool, usual: float | None) -> Iterator[Bound]:
    low = _number(compare.level, rule, usual)
    high = low if compare.upper is None else _number(compare.upper, rule, usual)
    if low is None or high is None:
        return
    scale = compare.per or (compare.over / rule.every if compare.over and compare.take == "sum" else 1.0)
    yield Bound(compare.how, low / scale, high / scale, wanted, rising=bool(compare.per))


def _of_budget(rate: float, rule: Rule, wanted: bool) -> Bound:
    edge = rate * (1 - (rule.slo or 0.0)) * (100 if rule.unit == "%" else 1)
    return Bound("above", edge, edge, wanted, budget=True)


def _number(level: Level, rule: Rule, usual: float | None) -> float | None:
    match level.to:
        case "nothing":
            return level.offset
        case "slo":
            return None if rule.slo is None else resolved(level, rule.slo)
        case "baseline":
            return None if usual is None else resolved(level, usual, rule.floor)
        case _:
            assert_never(level.to)


def edges(found: Iterable[Bound]) -> tuple[float, ...]:
    """Every number at which something changes, in order."""
    return tuple(sorted({edge for bound in found for edge in bound.edges}))


def candidates(found: Sequence[Bound], unit: str) -> tuple[float, ...]:
    """A number of each stretch between edges, with room to both sides, and then the edges themselves."""
    ordered = edges(found)
    if not ordered:
        return ()
    between = (sum(pair) / 2 for pair in pairwise(ordered))
    return (_under(ordered[0]), *between, _over(ordered[-1], unit), *ordered)


def _under(edge: float) -> float:
    return edge / 4 if edge > 0 else edge - 1.0 - abs(edge)


def _over(edge: float, unit: str) -> float:
    """No percentage above 100, where the threshold is none."""
    if unit == "%" and 0 <= edge < 100:
        return min(2 * edge or 1.0, (edge + 100) / 2)
    return edge + 1.0 + abs(edge)


def room(value: float, found: Iterable[Bound]) -> float:
    """How far the next edge is."""
    return min((abs(value - edge) for edge in edges(found)), default=float("inf"))
