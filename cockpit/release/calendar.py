"""Whether a release may go out: what a calendar says of a moment, and the next moment at which it fits. Pure.

Up to the last step that may change something, a release must lie in one window and clear of what is to be avoided; who
only watches and signs after it may do so behind the window. No freeze may begin before all is over, and the buffer too.
Moments are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import msgspec
from msgspec.structs import replace

from cockpit.playbook.calendar import Calendar, Exchanges
from cockpit.release.moments import at
from cockpit.release.spans import Span, avoided, freezes, windows
from cockpit.release.state import Ahead
from cockpit.units import format_within

DAY = 86400.0

HORIZON = 60 * DAY
"""Seconds ahead in which a start that fits is looked for."""


class Fit(msgspec.Struct, frozen=True):
    """Whether it fits at a moment. `why` not, and when it would `next` (None: not in 60 days).

    Where it fits, `until` is the last moment at which it still does, as far as that is known.
    """

    fits: bool
    why: str = ""
    next: float | None = None
    until: float | None = None


def says(calendar: Calendar, exchanges: Exchanges, now: float, lifted: Collection[str] = ()) -> tuple[Span, ...]:
    """What a calendar says of a moment: the window that is open, freezes, what is to be avoided; each with its end."""
    calendar = without(calendar, lifted)
    found = (
        *windows(calendar, now, now + 1),
        *freezes(calendar, now, now + 1),
        *avoided(calendar, exchanges, now, now + 1),
    )
    return tuple(span for span in found if span.start <= now < span.end)


AheadAt = Callable[[float], Ahead]
"""What is ahead of a start, by its moment."""


def fit(
    calendar: Calendar, exchanges: Exchanges, ahead: Ahead | AheadAt, now: float, lifted: Collection[str] = ()
) -> Fit:
    """Whether what is ahead fits when it starts now; if not, why, and when it would within 60 days."""
    at_start = (lambda _: ahead) if isinstance(ahead, Ahead) else ahead
    spans = _Spans(without(calendar, lifted), exchanges, at_start, now)
    why = spans.against(now)
    if not why:
        return Fit(fits=True, until=spans.until(now))
    ends = sorted(each for each in spans.turns() if now < each <= now + HORIZON)
    following = next((each for each in ends if not spans.against(each)), None)
    return Fit(fits=False, why=why, next=following)


def without(calendar: Calendar, lifted: Collection[str]) -> Calendar:
    """The calendar but for the freezes and times to avoid of these names."""
    return replace(
        calendar,
        freezes=tuple(each for each in calendar.freezes if each.name not in lifted),
        avoid=tuple(each for each in calendar.avoid if each.name not in lifted),
    )


class _Spans:
    """The spans of the time in which a start is looked for."""

    def __init__(self, calendar: Calendar, exchanges: Exchanges, ahead: AheadAt, now: float) -> None:
        needed = ahead(now)
        longest = max(needed.work_end(now), needed.whole_end(now) + calendar.buffer) - now
        until = now + HORIZON + longest + DAY
        self._calendar, self._ahead = calendar, ahead
        self._windows = tuple(windows(calendar, now, until))
        self._freezes = tuple(freezes(calendar, now, until))
        self._avoided = tuple(avoided(calendar, exchanges, now, until))

    def turns(self) -> set[float]:
        """Where a start that did not fit may begin to."""
        return {each.start for each in self._windows} | {each.end for each in (*self._freezes, *self._avoided)}

    def until(self, start: float) -> float | None:
        """The last moment from this start on, which fits, that fits too; None where none is in sight."""
        ahead = self._ahead(start)
        whole = ahead.whole + self._calendar.buffer
        found = [each.end - ahead.work for each in self._windows if each.start <= start < each.end]
        found += [each.start - whole for each in self._freezes if each.start > start]
        found += [each.start - ahead.work for each in self._avoided if each.start > start]
        return min(found, default=None)

    def against(self, start: float) -> str:
        """What speaks against a start at a moment; empty where nothing does."""
        ahead = self._ahead(start)
        if shut := next((each for each in self._freezes if each.start <= start < each.end), None):
            return f"freeze {shut.name} until {self._at(shut.end)}"
        if busy := next((each for each in self._avoided if each.start <= start < each.end), None):
            return busy.name if busy.kind == "unknown" else f"{busy.name} is to be avoided until {self._at(busy.end)}"
        work = f"{format_within(ahead.work_end(start) - start)} of steps are"
        if self._calendar.windows:
            inside = next((each for each in self._windows if each.start <= start < each.end), None)
            if inside is None:
                return "no window is open"
            if ahead.work_end(start) > inside.end:
                return f"window {inside.name} ends {self._at(inside.end)}, and {work} ahead"
        end = ahead.whole_end(start) + self._calendar.buffer
        if shut := _first(each for each in self._freezes if start < each.start < end):
            whole = format_within(ahead.whole_end(start) - start)
            buffer = f" and a buffer of {format_within(self._calendar.buffer)}" if self._calendar.buffer else ""
            return f"freeze {shut.name} begins {self._at(shut.start)}, and {whole}{buffer} are ahead"
        if busy := _first(each for each in self._avoided if start < each.start < ahead.work_end(start)):
            if busy.kind == "unknown":
                return busy.name
            return f"{busy.name} is to be avoided from {self._at(busy.start)} on, and {work} ahead"
        return ""

    def _at(self, moment: float) -> str:
        return at(moment, self._calendar.zone)


def _first(spans: Iterable[Span]) -> Span | None:
    return min(spans, key=lambda span: span.start, default=None)
