"""Making a failing scenario smaller while it still breaks the same promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from cockpit.analysis.rule import Minimum, Rule
from cockpit.playbook.plan import Gate, Guard, Http, Phase, Plan, Rollback, Run, Steady, Step
from tests.simulation.scenario import Flight, Scenario
from tests.simulation.series import Course

Breaks = Callable[[Scenario], bool]


def shrink(scenario: Scenario, breaks: Breaks) -> Scenario:
    """The smallest scenario found, by leaving out one thing after another, that still breaks what it broke."""
    found = True
    while found:
        found = False
        for smaller in _smaller(scenario):
            if smaller != scenario and breaks(smaller):
                scenario, found = smaller, True
                break
    return scenario


def _smaller(scenario: Scenario) -> Iterator[Scenario]:
    flights, faults = scenario.flights, scenario.faults
    for number in range(len(flights)) if len(flights) > 1 else ():
        yield replace(scenario, flights=flights[:number] + flights[number + 1 :])
    for number in range(len(faults)):
        yield replace(scenario, faults=faults[:number] + faults[number + 1 :])
    for number, flight in enumerate(flights):
        for smaller in _smaller_flight(flight):
            yield replace(scenario, flights=(*flights[:number], smaller, *flights[number + 1 :]))


def _smaller_flight(flight: Flight) -> Iterator[Flight]:
    acts = flight.acts
    if len(acts) > 2:
        yield replace(flight, acts=acts[: len(acts) // 2])
        yield replace(flight, acts=acts[len(acts) // 2 :])
    for number in range(len(acts)):
        yield replace(flight, acts=acts[:number] + acts[number + 1 :])
    for name in flight.plan.rules:
        yield _unruled(flight, name)
    for number in range(len(flight.mishaps)):
        yield replace(flight, mishaps=flight.mishaps[:number] + flight.mishaps[number + 1 :])
    for name in flight.histories:
        yield replace(flight, histories=tuple(each for each in flight.histories if each != name))
    for number, course in enumerate(flight.courses):
        for simpler in _straighter(course):
            yield replace(flight, courses=(*flight.courses[:number], simpler, *flight.courses[number + 1 :]))
    for smaller in _smaller_plan(flight.plan):
        yield replace(flight, plan=smaller)


def _straighter(course: Course) -> Iterator[Course]:
    for number in range(len(course.bends)):
        yield replace(course, bends=course.bends[:number] + course.bends[number + 1 :])
    if course.noise:
        yield replace(course, noise=0.0)


def _unruled(flight: Flight, name: str) -> Flight:
    """A flight without a rule and its metric, which is named nowhere any more."""
    plan, metric = flight.plan, flight.plan.rules[name].metric
    rules = {key: _alone(rule, metric) for key, rule in plan.rules.items() if key != name}
    steps = tuple(_unasked(step, name) for step in plan.steps if step_rules(step) != (name,))
    gone = {step.id for step in plan.steps} - {step.id for step in steps}
    for each in gone:
        steps = tuple(_without(step, each) for step in steps)
    back = plan.rollback
    if back is not None:
        verify = tuple(_unasked(step, name) for step in back.verify if step_rules(step) != (name,))
        back = replace(back, verify=verify)
    if not steps:
        return flight
    before = plan.before if rules and not (plan.before and plan.before.until in gone) else None
    others: dict[str, Any] = {
        "metrics": {key: each for key, each in plan.metrics.items() if key != metric},
        "decisions": {key: each for key, each in plan.decisions.items() if key != name},
    }
    return replace(
        flight,
        plan=replace(_made(plan, steps, back), rules=rules, before=before, **others),
        courses=tuple(each for each in flight.courses if each.metric != metric),
        mishaps=tuple(each for each in flight.mishaps if each.metric != metric),
        histories=tuple(each for each in flight.histories if each != metric),
    )


def _alone(rule: Rule, gone: str) -> Rule:
    return replace(rule, minimum=Minimum()) if rule.minimum.metric == gone else rule


def step_rules(step: Step) -> tuple[str, ...]:
    """The rules without which a step would be none."""
    return tuple(step.rules) if isinstance(step, Guard | Steady) else ()


def _unasked(step: Step, name: str) -> Step:
    match step:
        case Guard():
            return replace(step, rules={rule: action for rule, action in step.rules.items() if rule != name})
        case Steady():
            return replace(step, rules=tuple(rule for rule in step.rules if rule != name))
        case Gate():
            return replace(step, passing=tuple(rule for rule in step.passing if rule != name))
        case _:
            return step


def _smaller_plan(plan: Plan) -> Iterator[Plan]:
    if plan.rollback is not None:
        yield _made(plan, plan.steps, None)
    back = plan.rollback
    for gone in (*plan.steps, *(back or ())):
        steps = tuple(_without(step, gone.id) for step in plan.steps if step.id != gone.id)
        kept = not (plan.before and plan.before.until == gone.id)
        if steps and kept and not (back and len(back.steps) == 1 and gone in back.steps):
            yield _made(plan, steps, _back(back, gone.id))
    for step in (*plan.steps, *(back or ())):
        for simpler in _simpler(step):
            yield _put(plan, simpler)


def _without(step: Step, gone: str) -> Step:
    """A step that does not mention another one."""
    when = "" if f"{gone}." in step.when else step.when
    return replace(step, after=tuple(name for name in step.after if name != gone), when=when)


def _back(back: Rollback | None, gone: str) -> Rollback | None:
    if back is None:
        return None
    steps = tuple(_without(step, gone) for step in back.steps if step.id != gone)
    verify = tuple(_without(step, gone) for step in back.verify if step.id != gone)
    proofs = tuple(name for name in back.proofs if name != gone)
    return replace(back, steps=steps, verify=verify, proofs=proofs)


def _simpler(step: Step) -> Iterator[Step]:
    if step.when:
        yield replace(step, when="")
    if isinstance(step, Run):
        if step.check is not None:
            yield replace(step, check=None)
        if step.secrets:
            yield replace(step, secrets=(), env={})
        if len(step.hosts) > 1:
            yield replace(step, batches=((step.hosts[0],),))
        if len(step.batches) > 1:
            yield replace(step, batches=(step.hosts,))
        if step.if_fails != "ask":
            yield replace(step, if_fails="ask")
    if isinstance(step, Http) and len(step.hosts) > 1:
        yield replace(step, hosts=step.hosts[:1])
    if isinstance(step, Gate) and step.sign:
        yield replace(step, sign={}, distinct=0)
    if isinstance(step, Gate) and (step.passing or step.proven):
        yield replace(step, passing=(), proven=False)
    if isinstance(step, Guard) and len(step.rules) > 1:
        for name in step.rules:
            yield replace(step, rules={rule: action for rule, action in step.rules.items() if rule != name})
    if step.no_return:
        yield replace(step, no_return=False)


def _put(plan: Plan, step: Step) -> Plan:
    back = plan.rollback
    swapped = tuple(step if each.id == step.id else each for each in plan.steps)
    if back is None:
        return _made(plan, swapped, None)
    steps = tuple(step if each.id == step.id else each for each in back.steps)
    verify = tuple(step if each.id == step.id else each for each in back.verify)
    return _made(plan, swapped, replace(back, steps=steps, verify=verify))


def _made(plan: Plan, steps: tuple[Step, ...], back: Rollback | None) -> Plan:
    hosts = {step.undo: step.hosts for step in steps if isinstance(step, Run)}
    undos = tuple(replace(undo, batches=(hosts[undo.id],)) for undo in plan.undos if undo.id in hosts)
    return replace(plan, phases=(Phase(name="main", steps=steps),), rollback=back, undos=undos)
