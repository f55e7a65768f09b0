"""Making a failing scenario smaller while it still breaks the same promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from cockpit.playbook.plan import Gate, Http, Phase, Plan, Rollback, Run, Step
from tests.simulation.scenario import Flight, Scenario

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
    for smaller in _smaller_plan(flight.plan):
        yield replace(flight, plan=smaller)


def _smaller_plan(plan: Plan) -> Iterator[Plan]:
    if plan.rollback is not None:
        yield _made(plan, plan.steps, None)
    back = plan.rollback
    for gone in (*plan.steps, *(back or ())):
        steps = tuple(_without(step, gone.id) for step in plan.steps if step.id != gone.id)
        if steps and not (back and len(back.steps) == 1 and gone in back.steps):
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
    return replace(back, steps=steps, verify=verify)


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


def _put(plan: Plan, step: Step) -> Plan:
    back = plan.rollback
    swapped = tuple(step if each.id == step.id else each for each in plan.steps)
    if back is None:
        return _made(plan, swapped, None)
    steps = tuple(step if each.id == step.id else each for each in back.steps)
    verify = tuple(step if each.id == step.id else each for each in back.verify)
    return _made(plan, swapped, replace(back, steps=steps, verify=verify))


def _made(plan: Plan, steps: tuple[Step, ...], back: Rollback | None) -> Plan:
    return replace(plan, phases=(Phase(name="main", steps=steps),), rollback=back)
