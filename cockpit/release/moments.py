"""What a plan's moments are in seconds since 1970: for a release that goes on, or for one that is only thought of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import assert_never
from zoneinfo import ZoneInfo

import msgspec

from cockpit.playbook.plan import After, At, Moment, Step, Within
from cockpit.release.spans import moments
from cockpit.release.state import State, StepState

COMPLETE = ("passed", "skipped")


class Frame(msgspec.Struct, frozen=True):
    """What times of day and the start mean: the release's day, the zone, and the moment at which it starts."""

    day: date
    zone: str
    start: float


def day_at(moment: float, zone: str) -> date:
    """The local date of a moment."""
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone)).date()


def frame_at(start: float, zone: str, day: str = "") -> Frame:
    """The frame of a release that starts at a moment, on this ISO date or else on that moment's own."""
    return Frame(date.fromisoformat(day) if day else day_at(start, zone), zone, start)


def frame(state: State) -> Frame:
    """The frame of a release."""
    return frame_at(max(state.opened, state.not_before or 0.0), state.the_plan.zone, state.day)


def at(moment: float, zone: str) -> str:
    """A moment in a zone, and in UTC where that is another time: `Mon 2026-11-23 04:00 EST (09:00 UTC)`."""
    utc = datetime.fromtimestamp(moment, UTC)
    local = utc.astimezone(ZoneInfo(zone))
    if local.utcoffset() == utc.utcoffset():
        return f"{utc:%a %Y-%m-%d %H:%M} UTC"
    day = "" if local.date() == utc.date() else f"{utc:%a} "
    return f"{local:%a %Y-%m-%d %H:%M %Z} ({day}{utc:%H:%M} UTC)"


def at_clock(time: At, frame: Frame, *, late: bool = False) -> float:
    """The moment of a local time; of one that is there twice, or not at all, the earlier, or the later (`late`)."""
    return moments(frame.day + timedelta(days=time.day - 1), time.minute, ZoneInfo(frame.zone))[late]


def day_start(moment: float, zone: str) -> float:
    """When the local day of a moment began."""
    return moments(day_at(moment, zone), 0, ZoneInfo(zone))[0]


def next_midnight(moment: float, zone: str) -> float:
    """When the local day of a moment ends."""
    return moments(day_at(moment, zone), 1440, ZoneInfo(zone))[0]


def moment_of(state: State, moment: Moment | None, one: StepState, *, late: bool = False) -> float | None:
    """A moment of a step; None where there is none, or what it counts from has not come yet."""
    match moment:
        case None:
            return None
        case At():
            return at_clock(moment, frame(state), late=late)
        case After(steps=()):
            return frame(state).start + moment.seconds
        case After():
            ends = [_end(state.steps[name]) for name in moment.steps]
            known = [end for end in ends if end is not None]
            return max(known) + moment.seconds if len(known) == len(ends) else None
        case Within():
            names = moment.steps or (one.step.id,)
            begun = [start for name in names if (start := state.steps[name].started) is not None]
            return min(begun) + moment.seconds if begun else None
        case _:
            assert_never(moment)


def _end(one: StepState) -> float | None:
    return one.ended if one.status in COMPLETE else None


def lock_end(state: State, one: StepState) -> float:
    """Until when a step is not to begin: 0 where it may, infinity where that is not known yet."""
    if one.early or one.begun or one.started is not None:
        return 0.0
    whole = 0.0 if state.rolling_back or state.not_before is None else state.not_before
    if one.step.not_before is None:
        return whole
    own = moment_of(state, one.step.not_before, one, late=True)
    return inf if own is None else max(whole, own)


def counted_from(step: Step) -> tuple[str, ...]:
    """The steps that must be complete before it is known when this one may begin."""
    return step.not_before.steps if isinstance(step.not_before, After) else ()


def due_at(state: State, one: StepState) -> float | None:
    """When a step must be complete; None where it need not, or that is not known yet."""
    return moment_of(state, one.step.due, one)


def ahead_of(step: Step) -> tuple[str, ...]:
    """Every step that is complete before this one begins by itself."""
    return (*step.after, *counted_from(step))


def in_turn(steps: tuple[Step, ...], before: Callable[[Step], tuple[str, ...]] = ahead_of) -> Iterator[Step]:
    """The steps, each behind those it waits for, as far as they are among them."""
    left: dict[str, Step] = {step.id: step for step in steps}
    waits = {name: {each for each in before(step) if each in left} for name, step in left.items()}
    behind: dict[str, list[str]] = {}
    for name, names in waits.items():
        for each in names:
            behind.setdefault(each, []).append(name)
    free = deque(name for name, names in waits.items() if not names)
    while left:
        name = free.popleft() if free else next(iter(left))  # a circle is entered where it is written first
        if name not in left:
            continue
        yield left.pop(name)
        for each in behind.get(name, ()):
            waits[each].discard(name)
            if not waits[each]:
                free.append(each)
