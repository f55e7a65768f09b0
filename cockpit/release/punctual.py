"""Steps that wait for their time, and steps that are late: what follows from the moment alone."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import assert_never

from cockpit.playbook.plan import Gate
from cockpit.release.events import ITSELF, AnyEvent, GateRefused, Held, Overdue, RollbackStarted
from cockpit.release.moments import at, due_at, lock_end
from cockpit.release.order import is_complete, is_its_turn
from cockpit.release.people import past_no_return
from cockpit.release.state import State, StepState


def times_due(state: State) -> Iterator[float]:
    """The moments at which a step may begin, or is late."""
    if state.plan is None or state.aborted or state.end or state.closed:
        return
    for step in state.track:
        one = state.steps[step.id]
        if one.status == "pending" and is_its_turn(state, step) and isfinite(end := lock_end(state, one)):
            yield end
        if step.due and not is_complete(one) and one.overdue is None and (due := due_at(state, one)) is not None:
            yield due


def overdue(state: State, now: float) -> Iterator[AnyEvent]:
    """The next step that was not complete when it was due, and what the playbook says of that."""
    if state.aborted or state.end:
        return
    for step in state.track:
        one = state.steps[step.id]
        if step.due and one.overdue is None and (due := due_at(state, one)) is not None and _is_late(one, due, now):
            yield Overdue(step=step.id, due=due)
            if not is_complete(one):
                yield from _consequence(state, one, f"{step.id} is late: it was due {at(due, state.the_plan.zone)}")
            return


def _is_late(one: StepState, due: float, now: float) -> bool:
    """What is complete was late if it ended behind its time."""
    if one.status == "skipped":
        return False
    return one.ended is not None and one.ended > due if is_complete(one) else now >= due


def _consequence(state: State, one: StepState, note: str) -> Iterator[AnyEvent]:
    match one.step.if_late:
        case "warn":
            return
        case "hold":
            if isinstance(one.step, Gate) and one.status == "running":
                yield GateRefused(gate=one.step.id, by=ITSELF, note=note)
            yield from _held(state, note)
        case "roll back" if state.rolling_back or state.the_plan.rollback is None:
            return
        case "roll back" if past := past_no_return(state):
            yield from _held(state, f"{note}; {past} cannot be undone: rolling back is for a person to say")
        case "roll back":
            yield RollbackStarted(by=ITSELF, note=note)
        case _:
            assert_never(one.step.if_late)


def _held(state: State, note: str) -> Iterator[Held]:
    if not state.is_held_for_people:
        yield Held(by=ITSELF, note=note)
