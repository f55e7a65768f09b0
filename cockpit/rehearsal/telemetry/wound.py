"""Faults of metrics: which metric is meant where none is named, and what it shows where that is to be guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from cockpit.analysis.rule import Grows, Reaches
from cockpit.playbook.plan import Metric, Plan
from cockpit.rehearsal.scenario import Fault
from cockpit.rehearsal.telemetry.bounds import Bound, bounds, candidates, edges, triggers
from cockpit.rehearsal.telemetry.usual import HOUR, possible, rules_on, usual
from cockpit.release.events import FaultKind
from cockpit.release.practice import ON_METRICS

JUMPS: tuple[FaultKind, ...] = ("errors", "latency", "quota")
"""The faults by which a metric shows another number."""

LEAK = 2.0
"""So many times in an hour a leak that is guessed goes from what is usual to what fails."""

_ERRORS = re.compile(r"err|fail|5xx", re.I)
_LATENCY = re.compile(r"latency|duration|p9\d|slow|response", re.I)
_QUOTA = re.compile(r"quota|limit|disk|space|storage|inode", re.I)
_LEAK = re.compile(r"mem|rss|heap|leak|queue|lag|connections", re.I)

_FITTING: dict[FaultKind, tuple[Callable[[Metric], bool], ...]] = {
    "errors": (lambda one: _called(_ERRORS, one), lambda one: one.unit == "%"),
    "latency": (lambda one: _called(_LATENCY, one), lambda one: one.unit in ("ms", "s")),
    "quota": (lambda one: _called(_QUOTA, one),),
    "leak": (lambda one: _called(_LEAK, one),),
}


def metric_for(kind: FaultKind, plan: Plan) -> str:
    """The metric that such a fault meets where none is named: one with rules before one without; "" without any."""
    ruled = [one for one in plan.metrics.values() if rules_on(one.name, plan)]
    if kind == "leak":
        ruled.sort(key=lambda one: not _is_trended(one.name, plan))
    for fits in (*_FITTING.get(kind, ()), _any):
        for one in (*ruled, *plan.metrics.values()):
            if fits(one):
                return one.name
    return ""


def _any(_metric: Metric) -> bool:
    return True


def _called(words: re.Pattern[str], metric: Metric) -> bool:
    return words.search(metric.name) is not None or words.search(metric.title) is not None


def _is_trended(metric: str, plan: Plan) -> bool:
    found = (trigger.condition for rule in rules_on(metric, plan) for trigger, _ in triggers(rule))
    return any(isinstance(condition, Grows | Reaches) for condition in found)


def value_for(fault: Fault, plan: Plan) -> float | None:
    """What the fault's metric shows, or for a leak grows by in an hour; None where no metric is met."""
    name = fault.metric or metric_for(fault.kind, plan)
    metric = plan.metrics.get(name)
    if metric is None or fault.kind not in ON_METRICS or fault.kind == "silence":
        return None
    if fault.value is not None:
        return fault.value
    steady = usual(metric, plan).steady
    if fault.kind == "lie":
        return steady
    return _growth(metric, plan, steady) if grows(fault, plan) else failing(metric, plan)


def grows(fault: Fault, plan: Plan) -> bool:
    """Whether a fault adds so much an hour: a leak, and what makes a counter rise where no number is given."""
    name = fault.metric or metric_for(fault.kind, plan)
    counted = any(bound.rising for bound in bounds(rules_on(name, plan)))
    return fault.kind == "leak" or (fault.kind in JUMPS and fault.value is None and counted)


def failing(metric: Metric, plan: Plan) -> float:
    """A number at which as many rules on a metric as possible fail, by far; ten times what is usual without rules."""
    steady = usual(metric, plan).steady
    asked = [bound for bound in bounds(rules_on(metric.name, plan), steady) if not bound.rising]
    choice = possible(metric) or candidates(asked, metric.unit)
    on_edge = frozenset(edges(asked))
    ordered = sorted(choice, key=lambda value: (value < steady, value in on_edge, abs(value - steady)))
    worst = max(ordered, key=lambda value: _broken(value, asked), default=steady)
    return worst if _broken(worst, asked) else 10 * steady or 10.0


def _broken(value: float, asked: Iterable[Bound]) -> int:
    return sum(not bound.holds(value) for bound in asked)


def _growth(metric: Metric, plan: Plan, steady: float) -> float:
    """By far what a rule looks for in its slope or its rise, else so much that it fails within an hour."""
    rising = [bound for bound in bounds(rules_on(metric.name, plan)) if bound.rising]
    if rising:
        return max(candidates(rising, ""), key=lambda value: (_broken(value, rising), value)) * HOUR
    for rule in rules_on(metric.name, plan):
        for trigger, wanted in triggers(rule):
            match trigger.condition:
                case Grows(amount=amount, relative=relative, per=per, falls=falls) if not wanted:
                    slope = 3 * amount * (abs(steady) if relative else 1.0) * HOUR / per
                    return -slope if falls else slope
                case _:
                    pass
    return LEAK * (failing(metric, plan) - steady)
