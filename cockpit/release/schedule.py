"""When each step was meant to start and end, and when it is to be expected now. Moments are seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cockpit.playbook.plan import Guard, Soak, Steady, Step, Wait
from cockpit.release.standing import is_complete
from cockpit.release.state import State


class Times(msgspec.Struct, frozen=True):
    """A step's planned start and end, and the expected ones: what happened already, and a forecast for the rest."""

    planned_start: float
    planned_end: float
    expected_start: float
    expected_end: float


def length(step: Step) -> float:
    """The length in seconds that the plan expects of a step; 0 where it says nothing."""
    if step.takes is not None:
        return step.takes
    return step.seconds if isinstance(step, Wait | Guard | Steady | Soak) else 0.0


def schedule(state: State, now: float) -> Mapping[str, Times]:
    """Every step of the present track by id: planned from the release's start, expected from what happened so far."""
    times: dict[str, Times] = {}
    began = state.opened if not state.rolling_back else _turned(state)
    for step in _in_turn(state):
        one = state.steps[step.id]
        before = [times[name] for name in step.after]
        planned = max((each.planned_end for each in before), default=began)
        start = one.started or max([each.expected_end for each in before] + [began if one.status != "pending" else now])
        end = one.ended if is_complete(one) and one.ended else max(start + length(step), now)
        times[step.id] = Times(planned, planned + length(step), start, end)
    return {step.id: times[step.id] for step in state.track}


def _in_turn(state: State) -> list[Step]:
    """The steps of the present track, each behind those it waits for."""
    found: dict[str, Step] = {}
    left = list(state.track)
    while left:
        free = [step for step in left if all(name in found for name in step.after)]
        found.update((step.id, step) for step in free or left)
        left = [step for step in left if step.id not in found]
    return list(found.values())


def lateness(state: State, now: float) -> float:
    """How many seconds the release is behind its plan (negative: ahead), by the steps that are done or being done."""
    times = schedule(state, now)
    begun = [times[step.id] for step in state.track if state.steps[step.id].started is not None]
    return max((each.expected_end for each in begun), default=now) - max(
        (each.planned_end for each in begun), default=now
    )


def _turned(state: State) -> float:
    started = [state.steps[step.id].started for step in state.backward]
    return min((moment for moment in started if moment is not None), default=state.at)
