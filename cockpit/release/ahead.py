"""How long what is still to be done takes, and until when it waits for its time. Pure; spans are seconds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import assert_never

import msgspec

from cockpit.playbook.plan import After, At, Do, Guard, Http, Run, Soak, Steady, Step, Wait, Within
from cockpit.release.moments import Frame, ahead_of, at_clock, frame, in_turn, next_midnight
from cockpit.release.order import is_complete
from cockpit.release.state import Ahead, State


def length(step: Step) -> float:
    """The length in seconds that the plan expects of a step; 0 where it says nothing."""
    if step.takes is not None:
        return step.takes
    if isinstance(step, Run):
        return step.stream
    return step.seconds if isinstance(step, Wait | Guard | Steady | Soak) else 0.0


class Course(msgspec.Struct, frozen=True):
    """What is known of a release for what is ahead of it at moment `now`.

    `done` are the ids of steps that are over, `ends` when those were, `free` those that wait for their time no more.
    """

    frame: Frame
    now: float
    done: frozenset[str] = frozenset()
    ends: Mapping[str, float] = {}
    free: frozenset[str] = frozenset()


class _Way(msgspec.Struct, frozen=True):
    """The end of a step: so long after the start, and not before moment `by`; whether it counts."""

    length: float = 0.0
    by: float = 0.0
    counts: bool = True

    def later(self, seconds: float) -> _Way:
        return _Way(self.length + seconds, self.by + seconds if self.by else 0.0, self.counts)


def ahead(
    steps: tuple[Step, ...],
    done: Collection[str] = (),
    course: Course | None = None,
    covers: Collection[str] = (),
) -> Ahead:
    """What is still to be done of these steps, if each takes as long as is expected; `done` are ids that are over.

    With a course, what waits for its time does so; what waits until a later day does not count, nor what is behind it.
    `covers` are the ids of the steps that count; none: all of them.
    """
    ways: dict[str, _Way] = {}
    for step in in_turn(steps):
        way = _last(ways[name] for name in ahead_of(step) if name in ways and name in step.after)
        if step.id in done:
            ways[step.id] = way
            continue
        if course and step.id not in course.free:
            way = _locked(step, way, course, ways)
        ways[step.id] = way.later(length(step))
    left = [step for step in steps if step.id not in done and (not covers or step.id in covers)]
    counted = {step.id: ways[step.id] for step in left if ways[step.id].counts}
    work = _last(counted[step.id] for step in left if step.id in counted and may_change(step))
    whole = _last(counted.values())
    return Ahead(work.length, whole.length, work.by, whole.by)


def may_change(step: Step) -> bool:
    """Whether a step may change something; one that only streams, for a time, does not."""
    return isinstance(step, Run | Http | Do) and not (isinstance(step, Run) and step.stream)


def _last(ways: Iterable[_Way]) -> _Way:
    found = [*ways]
    return _Way(
        max((each.length for each in found), default=0.0),
        max((each.by for each in found), default=0.0),
        all(each.counts for each in found),
    )


def _locked(step: Step, way: _Way, course: Course, ways: Mapping[str, _Way]) -> _Way:
    """The begin of a step once its time has come."""
    match step.not_before:
        case None | Within():
            return way
        case At() as at:
            lock = _Way(by=at_clock(at, course.frame, late=True))
        case After(steps=()) as after:
            lock = _Way(by=course.frame.start + after.seconds)
        case After() as after:
            over = [_Way(by=course.ends[name]) for name in after.steps if name in course.ends]
            left = [ways[name] for name in after.steps if name in ways and name not in course.ends]
            lock = _last([*over, *left]).later(after.seconds)
        case _:
            assert_never(step.not_before)
    is_later = max(course.now + lock.length, lock.by) >= next_midnight(course.now, course.frame.zone)
    both = _last((way, lock))
    return _Way(both.length, both.by, both.counts and not is_later)


def first_begin(steps: tuple[Step, ...], frame: Frame) -> float:
    """When the first step may begin: at the start, unless all that wait for no other step wait for their time."""
    course = Course(frame, frame.start)
    free = (step for step in steps if not ahead_of(step))
    return max(frame.start, min((_locked(step, _Way(), course, {}).by for step in free), default=0.0))


def course_of(state: State, now: float) -> Course:
    """That of a release which goes on."""
    steps = state.steps.values()
    done = {one.step.id: one.ended or state.at for one in steps if is_complete(one)}
    free = (one.step.id for one in steps if one.early or one.begun or one.started is not None)
    return Course(frame(state), now, frozenset(done), done, frozenset(free))


def left(state: State, now: float, without: Collection[str] = ()) -> Ahead:
    """What is ahead of a release, a step that runs counted as whole; `without` are ids that do not count."""
    course = course_of(state, now)
    calendar = state.the_plan.calendar
    return ahead(state.forward, course.done | frozenset(without), course, calendar.covers if calendar else ())
