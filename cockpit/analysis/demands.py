"""What a rule needs besides its samples, and what is wrong with it that its texts alone do not show."""

from __future__ import annotations

from typing import Literal, NamedTuple, assert_never

from cockpit.analysis.budget import SHORT
from cockpit.analysis.phrase import span
from cockpit.analysis.rule import Burns, Compare, Condition, Differs, Grows, Reaches, Rule, Spends, Trigger

Part = Literal["ok", "bad", "slo", "canary", "hosts", "metric"]

_MOST = 100_000


class Demands(NamedTuple):
    """`history` is how many seconds of samples it takes to judge as if it had judged all along."""

    baseline: bool
    canary: bool
    history: float


class Fault(NamedTuple):
    """What is wrong with a rule, in which part of it, and what to do."""

    part: Part
    what: str
    hint: str


def demands(rule: Rule) -> Demands:
    """What a rule needs."""
    triggers = _triggers(rule)
    conditions = [trigger.condition for _, trigger in triggers]
    spans = [window(trigger.condition) + max(trigger.lasting, trigger.times * rule.every) for _, trigger in triggers]
    return Demands(
        baseline=any("baseline" in refers(condition) for condition in conditions),
        canary=any(isinstance(condition, Differs) for condition in conditions),
        history=max(spans, default=0.0) + rule.minimum.samples * rule.every + rule.stale,
    )


def refers(condition: Condition) -> frozenset[str]:
    """What its thresholds refer to: `baseline`, `slo`, or for a budget `period`."""
    match condition:
        case Compare(level=level, upper=upper):
            return frozenset(found.to for found in (level, upper) if found is not None) - {"nothing"}
        case Reaches(level=level):
            return frozenset({level.to}) - {"nothing"}
        case Spends() | Burns():
            return frozenset({"slo", "period"})
        case Grows() | Differs():
            return frozenset()
        case _:
            assert_never(condition)


def window(condition: Condition) -> float:
    """The span in seconds that a condition looks back over; 0 where it looks at one sample."""
    match condition:
        case Compare(over=over, per=per):
            return max(over, per)
        case Grows(over=over) | Reaches(over=over) | Burns(over=over) | Differs(over=over) | Spends(within=over):
            return over
        case _:
            assert_never(condition)


def faults(rule: Rule) -> tuple[Fault, ...]:
    """Why it could never judge, or not as it seems to say; none for a rule that can."""
    triggers = _triggers(rule)
    if not triggers:
        return (Fault("metric", "a rule says neither ok nor bad", "bad: above 5% for 5m"),)
    found = [fault for part, trigger in triggers for fault in _of_trigger(part, trigger.condition, rule)]
    if len({isinstance(trigger.condition, Differs) for _, trigger in triggers}) == 2:
        found.append(Fault("ok", "only one of ok and bad compares hosts", "both must, or neither"))
    if rule.stale < rule.every:
        found.append(Fault("metric", "a sample is stale before the next one is taken", f"at least {span(rule.every)}"))
    if rule.share.count > max(len(rule.hosts), 1):
        found.append(
            Fault("hosts", f"it takes {rule.share.count} hosts and has {max(len(rule.hosts), 1)}", "any, or all")
        )
    return tuple(dict.fromkeys(found))


def _triggers(rule: Rule) -> list[tuple[Part, Trigger]]:
    parts: tuple[tuple[Part, Trigger | None], ...] = (("ok", rule.ok), ("bad", rule.bad))
    return [(part, trigger) for part, trigger in parts if trigger is not None]


def _of_trigger(part: Part, condition: Condition, rule: Rule) -> list[Fault]:
    found = _of_objective(condition, rule) + _of_canary(condition, rule)
    over = window(condition)
    shortest = over / SHORT if isinstance(condition, Spends | Burns) else over / 2
    if over and shortest < rule.every:
        at_least = span(rule.every * over / shortest)
        found.append(Fault(part, f"{span(over)} is short for samples every {span(rule.every)}", f"at least {at_least}"))
    if over / rule.every > _MOST:
        found.append(Fault(part, f"more than {_MOST} samples in {span(over)}", "a shorter time, or samples less often"))
    return found


def _of_objective(condition: Condition, rule: Rule) -> list[Fault]:
    wanted = refers(condition)
    if "period" in wanted and not (rule.slo is not None and 0 < rule.slo < 1 and rule.period):
        return [Fault("slo", "an error budget needs an objective and its period", "slo: 99.9% over 30d")]
    if "period" in wanted and rule.unit not in ("%", "1", ""):
        return [Fault("metric", f"an error budget is spent by a share, and the metric is in {rule.unit}", 'unit: "%"')]
    if "slo" in wanted and rule.slo is None:
        return [Fault("slo", "it refers to an objective that is not given", "slo: 500ms")]
    return []


def _of_canary(condition: Condition, rule: Rule) -> list[Fault]:
    if not isinstance(condition, Differs):
        return []
    found = []
    if not rule.canary:
        found.append(
            Fault("canary", "which hosts are the canary is not said", "canary: the step that updates them first")
        )
    if len(rule.hosts) < 2:
        found.append(Fault("hosts", "there are no other hosts to compare with", "a metric with one value a host"))
    return found
