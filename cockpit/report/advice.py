"""What to change, after a rehearsal: only what its journal shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cockpit.playbook.plan import Plan
from cockpit.release.practice import ON_METRICS, ON_SIGNERS
from cockpit.report.tally import ScoredFault, ScoredStep
from cockpit.units import clock, format_duration

MUCH = 1.5
"""A step that took so many times what was planned took much longer."""

LITTLE = 60.0
"""Seconds by which a step may always be longer."""

LONG = 300.0
"""Seconds that a step without an expected length may take, and a fault until it is noticed or decided."""


def of_steps(steps: Collection[ScoredStep]) -> Iterator[str]:
    """What to change about steps that took much longer than was planned, or that do not say how long they take."""
    for step in steps:
        took = format_duration(step.actual)
        if step.shut > LITTLE:
            yield f"the calendar kept {step.id} shut for {format_duration(step.shut)}: begin so that it fits by then"
        if step.planned and step.actual - step.shut > max(MUCH * step.planned, step.planned + LITTLE):
            planned = format_duration(step.planned)
            if step.actual - step.shut - step.waited <= step.planned:
                waited = format_duration(step.waited)
                yield f"{step.id} waited {waited} for people and took {took}, {planned} were planned: ask them earlier"
            else:
                yield f"{step.id} took {took}, {planned} were planned: let `takes` say so, or make it faster"
        elif not step.planned and step.done and step.actual > LONG:
            yield f"{step.id} took {took} and the plan expects nothing of it: say how long with `takes`"


def of_faults(plan: Plan, faults: Collection[ScoredFault], by_person: Collection[str]) -> Iterator[str]:
    """What to change about faults that nothing noticed, or only a person, or late, or that nobody decided about."""
    for fault in faults:
        if fault.kind in ON_SIGNERS:
            if fault.restored is None:
                who = fault.where or "whoever signs"
                yield f"{who} kept the release waiting ({fault.id}): name somebody who can sign instead"
        elif fault.id in by_person:
            yield f"only a person noticed {fault.id}{_where(fault)}: {_watch(plan, fault)}"
        elif fault.noticed is None:
            if fault.restored is None:
                yield f"nothing noticed {fault.id}{_where(fault)}: {_watch(plan, fault)}"
        else:
            yield from _late(fault, fault.noticed)


def _late(fault: ScoredFault, noticed: float) -> Iterator[str]:
    if noticed > LONG:
        after = format_duration(noticed)
        yield f"{fault.id} was noticed only after {after} ({fault.sign}): a tighter rule would be sooner"
    if fault.decided is None and fault.restored is None:
        yield f"nobody decided about {fault.id}: say what it leads to, in a guard or with `if_fails`"
    elif fault.decided is not None and fault.decided - noticed > LONG:
        after = format_duration(fault.decided - noticed)
        yield f"{fault.id} was decided {after} after it was noticed: a guard or a decision with a deadline is sooner"


def _watch(plan: Plan, fault: ScoredFault) -> str:
    if fault.kind not in ON_METRICS:
        return "a probe with a rule would"
    ruled = any(rule.metric in fault.where.split(", ") for rule in plan.rules.values())
    return "tighten the rule on it, or let it judge sooner" if ruled else "write a rule for what it met"


def _where(fault: ScoredFault) -> str:
    return f" ({fault.kind} of {fault.where})" if fault.where else f" ({fault.kind})"


def of_rules(unexplained: Mapping[str, float]) -> Iterator[str]:
    """What to look at in rules that caused something though no fault had begun that they could have seen."""
    for rule, at in unexplained.items():
        yield f"{rule} caused something at {clock(at)} without a fault: is its threshold too tight, or the release bad?"


def of_way_back(plan: Plan, *, rolled_back: bool) -> Iterator[str]:
    """That the way back was not among it."""
    if plan.rollback and not rolled_back:
        yield "no full rollback was among it: rehearse a scenario that ends `rolled_back`"
