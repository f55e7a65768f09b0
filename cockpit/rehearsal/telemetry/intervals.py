"""How seldom a metric may be read in a rehearsal at full speed, without a rule's coming to another verdict.

Numbers are a known function of time: who reads seldom has looked ahead that none comes across a threshold until then.
What cannot be foreseen, a fault or a release of something else, is seen at the next glance; from then on the metric's
own interval holds, for as long as it may matter. So whatever a rule waits for, a row of samples or a time that it must
last, begins at most one `seldom` interval or one glance late.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from cockpit.analysis.demands import window
from cockpit.analysis.line import POINTS
from cockpit.analysis.rule import Burns, Compare, Condition, Differs, Grows, Reaches, Rule, Spends, Trigger
from cockpit.playbook.plan import Gate, Metric, Plan, Soak, Steady
from cockpit.rehearsal.telemetry.bounds import triggers
from cockpit.rehearsal.telemetry.usual import rules_on
from cockpit.release.health import guards
from cockpit.release.state import State

SELDOM = 600.0
"""Seconds between two readings of what no rule judges."""

FRESH = 0.85
"""The part of `stale` after which there is a new reading: a verdict never lapses."""

FEW = 12
"""So many readings a window holds at least."""

AFTER = 20
"""So many of its intervals a metric is read at its own after something happened to it."""


def watched(state: State) -> frozenset[str]:
    """The metrics that matter now: of running guards, soaks and steady steps, open gates, what is asked or holds."""
    names = {rule for _, guard in guards(state) for rule in guard.rules}
    for step in state.track:
        if state.steps[step.id].status != "running":
            continue
        match step:
            case Gate(passing=rules) | Steady(rules=rules) | Soak(rules=rules):
                names |= {*rules}
            case _:
                pass
    names |= {*state.held_rules} | {name for name, one in state.rules.items() if one.guard}
    judged = [rule for name in names if not (rule := state.the_plan.rules[name]).reported]
    return frozenset({rule.metric for rule in judged} | {rule.minimum.metric for rule in judged})


class Intervals(NamedTuple):
    """Seconds between two readings: while something happens, while nothing does, while nothing can and all is well."""

    often: float
    seldom: float
    rarely: float


def intervals(metric: Metric, plan: Plan) -> Intervals:
    """How often a metric is read, by its rules.

    Where a rule takes the readings of a window together, whatever lies between them, they are equally far apart
    whatever happens; if another one counts readings in a row it wants each of them.
    """
    rules, said, every = _concerned(metric.name, plan), _triggers(metric, plan), metric.every
    windows = min((_limit(rule) for rule in rules), default=SELDOM)
    fresh = min((min(windows, FRESH * rule.stale, _whole(rule)) for rule in rules), default=SELDOM)
    if any(_weighs(each.condition) for each in said):
        counted = any(each.times > 1 for each in said)
        even = every if counted else max(every, min([fresh, *(each.lasting / 4 for each in said if each.lasting)]))
        return Intervals(even, even, even)
    seldom = max(every, fresh)
    return Intervals(every, seldom, seldom if _must_be_fresh(rules) else max(every, windows))


def _must_be_fresh(rules: Sequence[Rule]) -> bool:
    """Whether one of them needs a row of fresh samples to pass, or a fresh minimum."""
    return any(rule.minimum.metric or (rule.ok and (rule.ok.lasting or rule.ok.times > 1)) for rule in rules)


def _triggers(metric: Metric, plan: Plan) -> list[Trigger]:
    return [trigger for rule in rules_on(metric.name, plan) for trigger, _ in triggers(rule)]


def aftermath(metric: Metric, plan: Plan) -> float:
    """For how many seconds it matters that something happened: rows of samples that a rule waits for are over then."""
    longest = max((max(each.lasting, each.times * metric.every) for each in _triggers(metric, plan)), default=0.0)
    return max(AFTER * metric.every, 1.5 * longest)


def _concerned(metric: str, plan: Plan) -> tuple[Rule, ...]:
    return tuple(rule for rule in plan.rules.values() if metric in (rule.metric, rule.minimum.metric))


def _limit(rule: Rule) -> float:
    """Every window holds enough samples."""
    least = rule.minimum.samples + 1
    return min([SELDOM, *(_limit_of(trigger.condition, rule, least) for trigger, _ in triggers(rule))])


def _limit_of(condition: Condition, rule: Rule, least: int) -> float:
    match condition:
        case Compare(take="sum", over=over) if over:
            return rule.every
        case Compare() | Differs():
            return window(condition) / max(FEW, least) or SELDOM
        case Grows() | Reaches():
            return window(condition) / max(POINTS, least)
        case Spends() | Burns():
            return window(condition) / least
        case _:
            assert_never(condition)


def _whole(rule: Rule) -> float:
    """In a budget a sample stands for no longer than one and a half of the metric's intervals."""
    spent = any(isinstance(trigger.condition, Spends | Burns) for trigger, _ in triggers(rule))
    return 1.5 * rule.every if spent else SELDOM


def _weighs(condition: Condition) -> bool:
    match condition:
        case Compare(over=over, take=take):
            return bool(over) and take in ("mean", "median", "sum")
        case Differs():
            return True
        case _:
            return False
