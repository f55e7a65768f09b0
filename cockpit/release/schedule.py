"""When each step was meant to start and end, and when it is to be expected now. Moments are seconds since 1970."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

import msgspec
from msgspec.structs import replace

from cockpit.playbook.plan import After, At, Guard, Moment, Soak, Step, Within
from cockpit.release.ahead import length
from cockpit.release.health import period_end
from cockpit.release.moments import Frame, ahead_of, at_clock, counted_from, frame, in_turn, lock_end, next_midnight
from cockpit.release.order import is_complete, is_its_turn
from cockpit.release.soaking import soak_end, soak_length
from cockpit.release.state import State, StepState

__all__ = ["Times", "critical", "lateness", "length", "planned", "schedule", "today"]

ROUNDING = 0.5
"""Seconds that make no difference between two ways through the steps."""


class Times(msgspec.Struct, frozen=True):
    """A step's planned start and end, and the expected ones: what happened already, and a forecast for the rest.

    `critical`: if it takes longer, so does all that is to be done today, or on the next day on which something is.
    `later`: it waits for its time until a day after that, or comes after what does.
    """

    planned_start: float
    planned_end: float
    expected_start: float
    expected_end: float
    critical: bool = False
    later: bool = False


Span = tuple[float, float]


def planned(steps: tuple[Step, ...], frame: Frame, began: float | None = None) -> Mapping[str, Span]:
    """When each step is meant to start and end: as it says, else once what comes before it and its lock are over."""
    began = frame.start if began is None else began
    found: dict[str, Span] = {}
    ends: dict[str, float] = {}
    for step in in_turn(steps, _meant_after):
        start = _moment(step.planned, frame, ends, late=False)
        if start is None:
            lock = _moment(step.not_before, frame, ends, late=True)
            start = max([began, lock or 0.0, *(ends[name] for name in step.after if name in ends)])
        found[step.id] = start, start + length(step)
        ends[step.id] = start + length(step)
    return found


def _meant_after(step: Step) -> tuple[str, ...]:
    return (*ahead_of(step), *(step.planned.steps if isinstance(step.planned, After) else ()))


def _moment(moment: Moment | None, frame: Frame, ends: Mapping[str, float], *, late: bool) -> float | None:
    """A moment, where what it counts from is thought to end as `ends` say."""
    match moment:
        case At():
            return at_clock(moment, frame, late=late)
        case After(steps=()):
            return frame.start + moment.seconds
        case After():
            known = [ends[name] for name in moment.steps if name in ends]
            return max(known) + moment.seconds if known else None
        case Within() | None:
            return None


def schedule(state: State, now: float) -> Mapping[str, Times]:
    """Every step of the present track by id: planned from the release's start, expected from what happened so far."""
    whole = frame(state)
    began = _turned(state) if state.rolling_back else whole.start
    meant = planned(state.track, whole, began)
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    later: set[str] = set()
    midnight = next_midnight(_next_begin(state, now), whole.zone)
    for step in in_turn(state.track):
        one = state.steps[step.id]
        lock = _expected_lock(state, one, whole, ends)
        if not is_complete(one) and (lock >= midnight or any(name in later for name in ahead_of(step))):
            later.add(step.id)
        before = [ends[name] for name in step.after if name in ends]
        starts[step.id] = one.started or max([*before, lock, now if one.status == "pending" else began])
        over = one.ended if is_complete(one) and one.ended else None
        ends[step.id] = over or max(_expected_end(state, one, starts[step.id], now), now)
    times = {
        step.id: Times(*meant[step.id], starts[step.id], ends[step.id], later=step.id in later) for step in state.track
    }
    return _with_critical(state, times, now)


def _expected_end(state: State, one: StepState, start: float, now: float) -> float:
    """When a step that began, or will begin, at `start` ends if nothing keeps it any longer."""
    if one.status == "running":
        match one.step:
            case Soak() as soak:
                end = soak_end(state, one, soak)
                return now + soak_length(state, soak) - one.soaking.counted if end is None else end
            case Guard() as guard:
                return period_end(one, guard)
            case _:
                pass
    return start + length(one.step)


def _next_begin(state: State, now: float) -> float:
    """When something goes on: now, unless all that is to come waits for its time."""
    left = [one for step in state.track if not is_complete(one := state.steps[step.id])]
    if any(one.status != "pending" for one in left):
        return now
    ends = (lock_end(state, one) for one in left if is_its_turn(state, one.step))
    return max(now, min((end for end in ends if end < inf), default=now))


def _expected_lock(state: State, one: StepState, whole: Frame, ends: Mapping[str, float]) -> float:
    """The moment before which a step is not expected to begin: 0 where it waits for none."""
    if one.early or one.begun or one.status != "pending":
        return 0.0
    start = 0.0 if state.rolling_back or state.not_before is None else state.not_before
    return max(start, _moment(one.step.not_before, whole, ends, late=True) or 0.0)


def _with_critical(state: State, times: Mapping[str, Times], now: float) -> Mapping[str, Times]:
    """The same times, the longest way through what is still to be done today marked in them."""
    if state.end is not None or state.aborted:
        return times
    left = today(state, times)
    spans = {step.id: (times[step.id].expected_start, times[step.id].expected_end) for step in left}
    begun = frozenset(step.id for step in left if state.steps[step.id].started is not None)
    found = critical(left, spans, begun) if any(end > now for _, end in spans.values()) else frozenset()
    return {name: replace(one, critical=True) if name in found else one for name, one in times.items()}


def critical(steps: tuple[Step, ...], spans: Mapping[str, Span], begun: frozenset[str] = frozenset()) -> frozenset[str]:
    """The steps that make all of them end later if they do. What has `begun` waits for nothing any more."""
    finish = max((spans[step.id][1] for step in steps), default=0.0)
    latest = {step.id: finish for step in steps}
    for step in reversed([*in_turn(steps)]):
        start, end = spans[step.id]
        begins = latest[step.id] - (end - start)
        for name, lag in () if step.id in begun else _before(step):
            latest[name] = min(latest.get(name, inf), begins - lag)
    return frozenset(step.id for step in steps if latest[step.id] - spans[step.id][1] < ROUNDING)


def _is_left(state: State, step: Step, times: Mapping[str, Times]) -> bool:
    return not is_complete(state.steps[step.id]) and not times[step.id].later


def _before(step: Step) -> Iterable[tuple[str, float]]:
    """The steps that must be over before this one begins, each with how many seconds."""
    yield from ((name, 0.0) for name in step.after)
    if isinstance(step.not_before, After):
        yield from ((name, step.not_before.seconds) for name in counted_from(step))


def today(state: State, times: Mapping[str, Times]) -> tuple[Step, ...]:
    """The steps of the present track that are to be done yet and do not wait until a later day: see `Times`."""
    return tuple(step for step in state.track if _is_left(state, step, times))


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
