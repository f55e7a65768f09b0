"""Whether two conditions can be true of the same value."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import assert_never

from cockpit.analysis.levels import resolved
from cockpit.analysis.rule import Compare, Level, Trigger

_BASELINES = (1e-3, 1.0, 1e6)
"""A baseline may be anything: conditions overlap where they do with each of these."""

_Range = tuple[float, bool, float, bool]
"""From where, whether that is included, to where, and the same."""


def overlap(one: Trigger, other: Trigger, slo: float | None, floor: float) -> bool:
    """Whether both can be true at once; no where they look at different things and so cannot be compared."""
    first, second = one.condition, other.condition
    if not isinstance(first, Compare) or not isinstance(second, Compare) or _seen(first) != _seen(second):
        return False
    if slo is None and "slo" in (*_references(first), *_references(second)):
        return False
    return all(
        any(
            _meet(left, right)
            for left in _ranges(first, base, slo, floor)
            for right in _ranges(second, base, slo, floor)
        )
        for base in _BASELINES
    )


def _seen(condition: Compare) -> tuple[str, float, float]:
    return condition.take if condition.over else "", condition.over, condition.per


def _references(condition: Compare) -> Iterator[str]:
    yield condition.level.to
    yield condition.upper.to if condition.upper else "nothing"


def _ranges(condition: Compare, base: float, slo: float | None, floor: float) -> tuple[_Range, ...]:
    def number(level: Level, *, upward: bool) -> float:
        reference, least = (base, floor) if level.to == "baseline" else (slo or 0.0, 0.0)
        return resolved(level, reference, least, upward=upward)

    at = number(condition.level, upward=condition.how in ("above", "at least"))
    end = at if condition.upper is None else number(condition.upper, upward=True)
    match condition.how:
        case "above":
            return ((at, False, inf, False),)
        case "at least":
            return ((at, True, inf, False),)
        case "below":
            return ((-inf, False, at, False),)
        case "at most":
            return ((-inf, False, at, True),)
        case "is" | "between":
            return ((at, True, end, True),)
        case "outside":
            return ((-inf, False, at, False), (end, False, inf, False))
        case never:
            assert_never(never)


def _meet(one: _Range, other: _Range) -> bool:
    low, low_in = max(one[:2], other[:2], key=lambda end: (end[0], not end[1]))
    high, high_in = min(one[2:], other[2:])
    return low < high or (low == high and low_in and high_in)
