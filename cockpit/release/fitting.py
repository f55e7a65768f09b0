"""Gates that ask whether the calendar leaves enough time for what is ahead, and for the buffer."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Gate
from cockpit.release.ahead import left
from cockpit.release.calendar import HORIZON, fit
from cockpit.release.events import FitJudged
from cockpit.release.state import Fitting, State, StepState

AGAIN = HORIZON / 2
"""Seconds after which it is asked again where no moment is in sight at which it will be another thing."""


def fitted(state: State, now: float) -> Iterator[FitJudged]:
    """What is said anew of the open gates that ask: where what is ahead has changed, or its time has come."""
    calendar = state.plan.calendar if state.plan else None
    if calendar is None:
        return
    for one in _asking(state):
        needed = left(state, now, (one.step.id,))
        if one.fitting and one.fitting.ahead == needed and not _is_past(one.fitting, now):
            continue
        found = fit(calendar, state.exchanges, needed, now, state.lifted)
        yield FitJudged(
            gate=one.step.id,
            fits=found.fits,
            why=found.why,
            next=found.next,
            until=found.until,
            work=needed.work,
            whole=needed.whole,
            work_by=needed.work_by,
            whole_by=needed.whole_by,
        )


def fits_due(state: State) -> list[float]:
    """The moments at which it may be another thing for an open gate: just behind the last that fits, or the next."""
    return [_again(one.fitting) for one in _asking(state) if one.fitting]


def _is_past(fitting: Fitting, now: float) -> bool:
    return now > fitting.until if fitting.fits and fitting.until is not None else now >= _again(fitting)


def _again(fitting: Fitting) -> float:
    if fitting.fits:
        return fitting.at + AGAIN if fitting.until is None else fitting.until + 1.0
    return fitting.at + AGAIN if fitting.next is None else fitting.next


def _asking(state: State) -> Iterator[StepState]:
    if state.plan is None or state.plan.calendar is None or state.aborted or state.end or state.rolling_back:
        return
    for step in state.track:
        one = state.steps[step.id]
        if isinstance(step, Gate) and step.fits and one.status == "running":
            yield one
