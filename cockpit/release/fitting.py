"""Gates that ask whether the calendar leaves enough time for what is ahead, and for the buffer."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Gate
from cockpit.release.calendar import Ahead, Fit, ahead, fit
from cockpit.release.events import FitJudged
from cockpit.release.standing import is_complete
from cockpit.release.state import Fitting, State, StepState


def fitted(state: State, now: float) -> Iterator[FitJudged]:
    """What is said anew of the open gates that ask."""
    for one, found in _judged(state, now):
        if one.fitting != Fitting(found.fits, found.why, found.next):
            yield FitJudged(gate=one.step.id, fits=found.fits, why=found.why, next=found.next)


def fits_due(state: State, now: float) -> list[float]:
    """The moments at which it may be another thing for an open gate: just behind the last that fits, or the next."""
    found = [each for _, each in _judged(state, now)]
    ends = [each.until + 1.0 for each in found if each.until is not None]
    return [*ends, *(each.next for each in found if each.next is not None)]


def left(state: State, gate: Gate) -> Ahead:
    """What is ahead once this gate opens; a step that runs counts as whole."""
    done = {step.id for step in state.forward if is_complete(state.steps[step.id])}
    return ahead(state.forward, {*done, gate.id})


def _judged(state: State, now: float) -> Iterator[tuple[StepState, Fit]]:
    if state.plan is None or state.plan.calendar is None or state.aborted or state.end or state.rolling_back:
        return
    for step in state.track:
        one = state.steps[step.id]
        if isinstance(step, Gate) and step.fits and one.status == "running":
            yield one, fit(state.plan.calendar, state.exchanges, left(state, step), now, state.lifted)
