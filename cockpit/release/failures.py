"""What the playbook says of failures, where it does not ask. The unknown is no failure until it is settled as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cockpit.playbook.plan import Http, Run
from cockpit.release.events import ITSELF, Aborted, AnyEvent, Held, HostDropped, RollbackStarted
from cockpit.release.people import past_no_return
from cockpit.release.ready import tolerated, too_many_failed
from cockpit.release.state import FAILING, HostRun, State, StepState

FAILED = FAILING - {"unknown"}


def consequences(state: State, one: StepState) -> Iterator[AnyEvent]:
    """What follows once hosts of a step have failed. A hold does not put off a rollback or an end."""
    step = one.step
    assert isinstance(step, Run | Http)
    if state.aborted or state.end or step not in state.track:
        return
    failed = [run for run in one.hosts.values() if run.status in FAILED]
    if step.if_fails == "drop" and not step.waiver:
        yield from _drops(one, failed)
    if not failed or not too_many_failed(one, FAILED):
        return
    note = f"{step.id} {failed[0].status} on {', '.join(run.host for run in failed)}"
    action = step.if_fails
    if step.fails_twice and any(run.failures > 1 for run in failed):
        action, note = step.fails_twice, f"{note}, for the second time"
    match action:
        case "roll back" if past := past_no_return(state):
            if not state.is_held_for_people:
                yield Held(by=ITSELF, note=f"{note}; {past} cannot be undone: rolling back is for a person to say")
        case "hold":
            if not state.is_held_for_people:
                yield Held(by=ITSELF, note=note)
        case "roll back":
            if not state.rolling_back and state.the_plan.rollback:
                yield RollbackStarted(by=ITSELF, note=note)
        case "stop":
            yield Aborted(by=ITSELF, note=note, finish=True)
        case "ask" | "drop":
            return
        case _:
            assert_never(action)


def _drops(one: StepState, failed: list[HostRun]) -> Iterator[AnyEvent]:
    """Failed hosts let go, as long as those and the ones let go before are not more than the step tolerates."""
    gone = sum(run.status == "dropped" for run in one.hosts.values())
    if gone + len(failed) <= tolerated(one):
        for run in failed:
            yield HostDropped(step=one.step.id, host=run.host, by=ITSELF, note=run.reason)
