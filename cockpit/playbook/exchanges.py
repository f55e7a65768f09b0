"""The sessions of exchanges, with their holidays, half days and daylight saving: from the library exchange_calendars.

It is imported, and pandas with it, only where a calendar names an exchange.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from functools import cache

from cockpit.errors import UsageError
from cockpit.playbook.calendar import Calendar, Exchanges, Sessions

BEHIND = 7
"""Days before a release of which sessions are known."""

AHEAD = 120
"""Days after a release's start of which sessions are known."""


@cache
def known() -> frozenset[str]:
    """The exchanges that the library knows, by their codes (ISO 10383), and other names for them."""
    import exchange_calendars  # noqa: PLC0415  only where an exchange is named

    return frozenset(exchange_calendars.get_calendar_names(include_aliases=True))


def sessions(exchange: str, around: float) -> Sessions:
    """The sessions of an exchange from a week before a moment (seconds since 1970) until 120 days after it.

    UsageError where the library knows neither the exchange nor that time.
    """
    import exchange_calendars as library  # noqa: PLC0415  the same

    day = datetime.fromtimestamp(around, UTC).date()
    first, last = day - timedelta(days=BEHIND), day + timedelta(days=AHEAD)
    try:
        with warnings.catch_warnings():  # what the library asks of pandas is between the two
            warnings.simplefilter("ignore")
            found = library.get_calendar(exchange, start=first.isoformat(), end=last.isoformat(), side="left")
    except (library.errors.InvalidCalendarName, ValueError) as error:
        raise UsageError(f"the sessions of {exchange} around {day} are not known: {error}") from None
    opens = (each.timestamp() for each in found.opens)
    closes = (each.timestamp() for each in found.closes)
    return Sessions(since=_midnight(first), until=_midnight(last), spans=tuple(zip(opens, closes, strict=True)))


def sessions_of(calendar: Calendar | None, around: float) -> Exchanges:
    """The sessions of every exchange that a calendar names, around a moment; see `sessions`."""
    names = dict.fromkeys(each.exchange for each in calendar.avoid) if calendar else ()
    return {name: sessions(name, around) for name in names}


def _midnight(day: object) -> float:
    return datetime.fromisoformat(str(day)).replace(tzinfo=UTC).timestamp()
