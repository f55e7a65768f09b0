"""How a release stands: in one word, and at which step."""

from __future__ import annotations

from typing import Literal

from cockpit.release.credentials import lacking
from cockpit.release.files import changed
from cockpit.release.state import Attempt, State, StepState
from cockpit.release.waiting import IN_PASSING, waiting_for

Standing = Literal[
    "running", "waiting", "holding", "rolling_back", "done", "rolled_back", "aborted", "failed", "closed"
]


def standing(state: State) -> Standing:
    """The one word for where a release stands."""
    if state.closed:
        return "closed"
    if state.end is not None:
        return state.end
    if state.rolling_back:
        return "rolling_back"
    if state.held_by or lacking(state) or any(changed(state)):
        return "holding"
    needed = (each for each in waiting_for(state) if each.what not in IN_PASSING)
    return "waiting" if not running(state) and any(needed) else "running"


def running(state: State) -> tuple[Attempt, ...]:
    """The attempts that have not ended."""
    return tuple(state.live.values())


def current(state: State) -> StepState | None:
    """The step to look at: the first that waits for a person, else the first that runs, else the next one."""
    steps = [state.steps[step.id] for step in state.track]
    waiting = {entry.step for entry in waiting_for(state) if entry.what != "look"}
    for wanted in (
        lambda one: one.step.id in waiting and one.status in ("running", "asking"),
        lambda one: one.status == "running",
        lambda one: one.status == "pending",
    ):
        found = next((one for one in steps if wanted(one)), None)
        if found:
            return found
    return steps[-1] if steps else None
