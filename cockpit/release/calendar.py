"""Whether a release may go out: what a calendar says of a moment, and the next moment at which it fits. Pure.

Up to the last step that may change something, a release must lie in one window and clear of what is to be avoided; who
only watches and signs after it may do so behind the window. No freeze may begin before all is over, and the buffer too.
Moments are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from cockpit.playbook.calendar import Calendar, Exchanges
from cockpit.playbook.plan import Do, Http, Run, Step
from cockpit.release.schedule import length
from cockpit.release.spans import Span, avoided, freezes, windows
from cockpit.units import format_within

HORIZON = 60 * 86400.0
"""Seconds ahead in which a start that fits is looked for."""


class Ahead(msgspec.Struct, frozen=True):
    """How long things take from now on, in seconds: `work` up to the last step that may change something, `whole`."""

    work: float
    whole: float


class Fit(msgspec.Struct, frozen=True):
    """Whether it fits at a moment. `why` not, and when it would `next` (None: not in 60 days).

    Where it fits, `until` is the last moment at which it still does, as far as that is known.
    """

    fits: bool
    why: str = ""
    next: float | None = None
    until: float | None = None


def ahead(steps: Iterable[Step], done: Collection[str] = ()) -> Ahead:
    """What is still to be done of these steps, if each takes as long as is expected; `done` are ids that are over."""
    ends: dict[str, float] = {}
    left = list(steps)
    work = 0.0
    known = {step.id for step in left}
    while left:
        free = [step for step in left if all(name in ends or name not in known for name in step.after)] or left
        for step in free:
            took = 0.0 if step.id in done else length(step)
            ends[step.id] = max((ends.get(name, 0.0) for name in step.after), default=0.0) + took
            if step.id not in done and isinstance(step, Run | Http | Do):
                work = max(work, ends[step.id])
        left = [step for step in left if step.id not in ends]
    return Ahead(work, max(ends.values(), default=0.0))


def says(calendar: Calendar, exchanges: Exchanges, now: float, lifted: Collection[str] = ()) -> tuple[Span, ...]:
    """What a calendar says of a moment: the window that is open, freezes, what is to be avoided; each with its end."""
    calendar = _without(calendar, lifted)
    found = (
        *windows(calendar, now, now + 1),
        *freezes(calendar, now, now + 1),
        *avoided(calendar, exchanges, now, now + 1),
    )
    return tuple(span for span in found if span.start <= now < span.end)


def fit(calendar: Calendar, exchanges: Exchanges, ahead: Ahead, now: float, lifted: Collection[str] = ()) -> Fit:
    """Whether what is ahead fits when it starts now; if not, why, and when it would within 60 days."""
    spans = _Spans(_without(calendar, lifted), exchanges, ahead, now)
    why = spans.against(now)
    if not why:
        return Fit(fits=True, until=spans.until(now))
    ends = sorted(each for each in spans.turns() if now < each <= now + HORIZON)
    following = next((each for each in ends if not spans.against(each)), None)
    return Fit(fits=False, why=why, next=following)


def _without(calendar: Calendar, lifted: Collection[str]) -> Calendar:
    return replace(
        calendar,
        freezes=tuple(each for each in calendar.freezes if each.name not in lifted),
        avoid=tuple(each for each in calendar.avoid if each.name not in lifted),
    )


class _Spans:
    """The spans of the time in which a start is looked for."""

    def __init__(self, calendar: Calendar, exchanges: Exchanges, ahead: Ahead, now: float) -> None:
        until = now + HORIZON + max(ahead.work, ahead.whole + calendar.buffer) + 1
        self._calendar, self._ahead = calendar, ahead
        self._windows = tuple(windows(calendar, now, until))
        self._freezes = tuple(freezes(calendar, now, until))
        self._avoided = tuple(avoided(calendar, exchanges, now, until))

    def turns(self) -> set[float]:
        """Where a start that did not fit may begin to."""
        return {each.start for each in self._windows} | {each.end for each in (*self._freezes, *self._avoided)}

    def until(self, start: float) -> float | None:
        """The last moment from this start on, which fits, that fits too; None where none is in sight."""
        whole = self._ahead.whole + self._calendar.buffer
        found = [each.end - self._ahead.work for each in self._windows if each.start <= start < each.end]
        found += [each.start - whole for each in self._freezes if each.start > start]
        found += [each.start - self._ahead.work for each in self._avoided if each.start > start]
        return min(found, default=None)

    def against(self, start: float) -> str:
        """What speaks against a start at a moment; empty where nothing does."""
        whole = self._ahead.whole + self._calendar.buffer
        if shut := next((each for each in self._freezes if each.start <= start < each.end), None):
            return f"freeze {shut.name} until {self._at(shut.end)}"
        if busy := next((each for each in self._avoided if each.start <= start < each.end), None):
            return busy.name if busy.kind == "unknown" else f"{busy.name} is to be avoided until {self._at(busy.end)}"
        if self._calendar.windows:
            inside = next((each for each in self._windows if each.start <= start < each.end), None)
            if inside is None:
                return "no window is open"
            if start + self._ahead.work > inside.end:
                return f"window {inside.name} ends {self._at(inside.end)}, and {self._work()} ahead"
        if shut := _first(each for each in self._freezes if start < each.start < start + whole):
            buffer = f" and a buffer of {format_within(self._calendar.buffer)}" if self._calendar.buffer else ""
            return f"freeze {shut.name} begins {self._at(shut.start)}, and {self._whole()}{buffer} are ahead"
        if busy := _first(each for each in self._avoided if start < each.start < start + self._ahead.work):
            if busy.kind == "unknown":
                return busy.name
            return f"{busy.name} is to be avoided from {self._at(busy.start)} on, and {self._work()} ahead"
        return ""

    def _work(self) -> str:
        return f"{format_within(self._ahead.work)} of steps are"

    def _whole(self) -> str:
        return format_within(self._ahead.whole)

    def _at(self, moment: float) -> str:
        return at(moment, self._calendar.zone)


def at(moment: float, zone: str) -> str:
    """A moment in a zone, and in UTC where that is another time: `Mon 2026-11-23 04:00 EST (09:00 UTC)`."""
    utc = datetime.fromtimestamp(moment, UTC)
    local = utc.astimezone(ZoneInfo(zone))
    if local.utcoffset() == utc.utcoffset():
        return f"{utc:%a %Y-%m-%d %H:%M} UTC"
    day = "" if local.date() == utc.date() else f"{utc:%a} "
    return f"{local:%a %Y-%m-%d %H:%M %Z} ({day}{utc:%H:%M} UTC)"


def _first(spans: Iterable[Span]) -> Span | None:
    return min(spans, key=lambda span: span.start, default=None)
