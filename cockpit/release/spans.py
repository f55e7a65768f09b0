"""A calendar's windows, freezes and times to avoid as spans of time. Pure; moments are seconds since 1970.

Every boundary is made from a local date, a time of day and the zone, so that a change to or from daylight saving moves
it as people expect. A local time that does not exist, or exists twice, is taken so that less goes out: a window begins
at the later and ends at the earlier of the moments that it could mean, a freeze the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from cockpit.playbook.calendar import Avoid, Calendar, Day, Edge, Exchanges, Freeze, Window

WEEK = 7


class Span(msgspec.Struct, frozen=True):
    """From `start` until just before `end`, what a calendar says by that name."""

    start: float
    end: float
    kind: Literal["window", "freeze", "avoid", "unknown"]
    name: str


def windows(calendar: Calendar, since: float, until: float) -> Iterator[Span]:
    """The windows between two moments, those that touch each other as one, in order."""
    found = sorted(
        (span for each in calendar.windows for span in _windows(each, since, until)), key=lambda s: (s.start, s.end)
    )
    open_one: Span | None = None
    for span in found:
        if open_one and span.start <= open_one.end:
            names = open_one.name if span.name in open_one.name.split(", ") else f"{open_one.name}, {span.name}"
            open_one = Span(open_one.start, max(open_one.end, span.end), "window", names)
            continue
        if open_one:
            yield open_one
        open_one = span
    if open_one:
        yield open_one


def freezes(calendar: Calendar, since: float, until: float) -> Iterator[Span]:
    """The freezes that reach into the time between two moments, in order of where they are written."""
    for each in calendar.freezes:
        yield from (span for span in _freezes(each, since, until) if _reaches(span, since, until))


def avoided(calendar: Calendar, exchanges: Exchanges, since: float, until: float) -> Iterator[Span]:
    """What is to be kept clear of between two moments, and what is not known of an exchange."""
    for each in calendar.avoid:
        yield from (span for span in _avoided(each, exchanges, since, until) if _reaches(span, since, until))


def _reaches(span: Span, since: float, until: float) -> bool:
    return span.start < span.end and span.end > since and span.start < until


def _windows(window: Window, since: float, until: float) -> Iterator[Span]:
    zone = ZoneInfo(window.zone)
    over_night = window.end <= window.start
    for day in _days(since, until, zone, back=2):
        if day.weekday() in window.days and _is_its_week(window, day):
            _, start = moments(day, window.start, zone)
            end, _ = moments(day + timedelta(days=over_night), window.end, zone)
            if _reaches(span := Span(start, end, "window", window.name), since, until):
                yield span


def _is_its_week(window: Window, day: date) -> bool:
    since = date.fromordinal(window.since)
    first = window.since - since.weekday()
    return (day.toordinal() - first) // WEEK % window.weeks == 0


def _freezes(freeze: Freeze, since: float, until: float) -> Iterator[Span]:
    zone = ZoneInfo(freeze.zone)
    for start, end in _pairs(freeze, since, until, zone):
        first, _ = moments(*start, zone)
        _, last = moments(*end, zone)
        yield Span(first, last, "freeze", freeze.name)


def _pairs(freeze: Freeze, since: float, until: float, zone: ZoneInfo) -> Iterator[tuple[_Local, _Local]]:
    """Where it begins and ends, as local days and minutes."""
    start, end = freeze.start, freeze.end
    if start.weekday is not None and end.weekday is not None:
        length = (end.weekday - start.weekday) % WEEK
        length += WEEK * (length == 0 and end.minute <= start.minute)
        for day in _days(since, until, zone, back=2 * WEEK):
            if day.weekday() == start.weekday:
                yield (day, start.minute), (day + timedelta(days=length), end.minute)
    elif start.year is not None and end.year is not None:
        yield on(start, start.year), on(end, end.year)
    else:
        later = (end.month, end.day, end.minute) <= (start.month, start.day, start.minute)
        for year in range(_local(since, zone).year - 2, _local(until, zone).year + 1):
            yield on(start, year), on(end, year + later)


_Local = tuple[date, int]


def on(day: Day, year: int) -> _Local:
    """A date in a year with its minute; where the year has no February 29, the first moment of March 1."""
    try:
        return date(year, day.month, day.day), day.minute
    except ValueError:
        return date(year, 3, 1), 0


def _avoided(avoid: Avoid, exchanges: Exchanges, since: float, until: float) -> Iterator[Span]:
    sessions = exchanges.get(avoid.exchange)
    unknown = f"{avoid.name}: the sessions of {avoid.exchange} are not known"
    if sessions is None:
        yield Span(since, until, "unknown", unknown)
        return
    yield Span(min(since, sessions.since), sessions.since, "unknown", unknown)
    for session in sessions.spans:
        yield Span(_edge(avoid.start, session), _edge(avoid.end, session), "avoid", avoid.name)
    yield Span(sessions.until, max(until, sessions.until), "unknown", unknown)


def _edge(edge: Edge, session: tuple[float, float]) -> float:
    return session[edge.closes] + edge.offset


def moments(day: date, minute: int, zone: ZoneInfo) -> tuple[float, float]:
    """The earlier and the later moment that a local time could mean; the same one, but where the clock is changed."""
    day += timedelta(days=minute // 1440)
    local = datetime.combine(day, time(minute % 1440 // 60, minute % 60), zone)
    both = local.timestamp(), local.replace(fold=1).timestamp()
    return min(both), max(both)


def _days(since: float, until: float, zone: ZoneInfo, back: int) -> Iterator[date]:
    day, last = _local(since, zone) - timedelta(days=back), _local(until, zone) + timedelta(days=1)
    while day <= last:
        yield day
        day += timedelta(days=1)


def _local(moment: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).date()
