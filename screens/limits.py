"""Where a rule's thresholds lie on the scale of its metric."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cockpit.analysis.levels import resolved
from cockpit.analysis.rule import Baseline, Compare, Condition, Level, Reaches, Rule, Trigger
from cockpit.release.state import State
from widgets.curve import Limit

Side = Literal["above", "below"]
_OTHER: dict[Side, Side] = {"above": "below", "below": "above"}


def limits(state: State, rule: Rule, host: str = "") -> tuple[Limit, ...]:
    """The thresholds of a rule on a host that are numbers of its metric, and known; those that make it fail first."""
    before = baseline(state, rule.metric, host)
    bad = tuple(_of(rule, rule.bad, before, bad=True)) if rule.bad else ()
    ok = tuple(_of(rule, rule.ok, before, bad=False)) if rule.ok else ()
    return (*bad, *ok)


def baseline(state: State, metric: str, host: str = "") -> Baseline | None:
    """What was recorded of a metric before the cutover; None where it was not, or not enough of it."""
    found = state.baselines.get(metric, {}).get(host)
    return found if found is not None and not found.reason else None


def band(before: Baseline | None) -> tuple[float, float] | None:
    """What was usual: half of the samples lay so far around the median."""
    return (before.median - before.spread / 2, before.median + before.spread / 2) if before else None


@dataclass(frozen=True)
class _Edge:
    """A threshold, the side of it on which its condition is true, and how it is resolved.

    `open`: it is true of everything on that side.
    """

    level: Level
    side: Side
    mean: bool = False
    upward: bool = False
    open: bool = True


def _of(rule: Rule, trigger: Trigger, before: Baseline | None, *, bad: bool) -> Iterator[Limit]:
    for edge in _edges(trigger.condition):
        number = _number(edge, rule, before)
        if number is not None:
            hard = edge.open if bad else rule.bad is None
            yield Limit(number, edge.side if bad else _OTHER[edge.side], hard)


def _edges(condition: Condition) -> Iterator[_Edge]:
    match condition:
        case Compare(per=0, how="above" | "below" | "at least" | "at most" as how):
            side: Side = "above" if how in ("above", "at least") else "below"
            yield _Edge(condition.level, side, _means(condition), how in ("above", "at most"))
        case Compare(per=0, how="outside", upper=Level() as upper):
            yield _Edge(condition.level, "below", _means(condition))
            yield _Edge(upper, "above", _means(condition))
        case Compare(per=0, how="between", upper=Level() as upper):
            yield _Edge(condition.level, "above", _means(condition), open=False)
            yield _Edge(upper, "below", _means(condition), open=False)
        case Reaches():
            yield _Edge(condition.level, "below" if condition.falls else "above", upward=not condition.falls)
        case _:
            return


def _means(condition: Compare) -> bool:
    return bool(condition.over) and condition.take == "mean"


def _number(edge: _Edge, rule: Rule, before: Baseline | None) -> float | None:
    level = edge.level
    match level.to:
        case "nothing":
            return level.offset
        case "slo":
            return None if rule.slo is None else resolved(level, rule.slo)
        case "baseline":
            if before is None:
                return None
            return resolved(level, before.mean if edge.mean else before.median, rule.floor, upward=edge.upward)
