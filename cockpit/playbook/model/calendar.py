"""The calendar of a playbook: when a release may go out."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, WithJsonSchema

from cockpit.playbook import calendar as plan
from cockpit.playbook.model.fields import (
    Count,
    Declared,
    Matching,
    Name,
    Names,
    Short,
    Span,
    Text,
    Value,
    Variable,
    described,
    listed,
)
from cockpit.playbook.model.fields import duration as seconds
from cockpit.playbook.moments import TIME, minutes

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHANGE = "change"
"""The param that `only_for` is about where it names none."""

_DATE = r"(?:(?P<year>\d{4})-)?(?P<month>\d\d)-(?P<day>\d\d)"
_DAY = rf"(?:(?P<weekday>{'|'.join(WEEKDAYS)})|{_DATE})(?: +(?P<time>{TIME}))?"
_EDGE = r"(?P<what>open|close)(?: *(?P<sign>[+-]) *(?P<span>\S.*))?"
_LEAP = 2000


def clock(value: object) -> int:
    """A time of day such as `13:00`, up to `24:00`, in minutes; ValueError in words."""
    if not isinstance(value, str) or not re.fullmatch(TIME, value):
        raise ValueError(f"must be a time of day such as 13:00, not {described(value)}")
    return minutes(value)


def zone(value: object) -> str:
    """The name of a time zone as IANA has it; ValueError in words."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"must be a time zone such as Europe/London, not {described(value)}")
    try:
        ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"`{value[:60]}` is not a time zone such as UTC or Europe/London") from None
    return str(value)


def weekday(value: object) -> int:
    """A weekday such as `mon`, counted from 0; ValueError in words."""
    if value not in WEEKDAYS:
        raise ValueError(f"must be one of {', '.join(WEEKDAYS)}, not {described(value)}")
    return WEEKDAYS.index(str(value))


def begins(value: object) -> plan.Day:
    """A day with its time: `fri 18:00`, `12-19`, `2026-12-19 00:00`; without a time, the day's begin."""
    return _day(value, 0)


def ends(value: object) -> plan.Day:
    """A day with its time; without a time, the day's end."""
    return _day(value, 1440)


def _day(value: object, otherwise: int) -> plan.Day:
    found = re.fullmatch(_DAY, value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be a day such as fri 18:00, 12-19 or 2026-12-19 08:00, not {described(value)}")
    minute = minutes(found["time"]) if found["time"] else otherwise
    if found["weekday"]:
        return plan.Day(minute=minute, weekday=WEEKDAYS.index(found["weekday"]))
    year, month, day = int(found["year"] or _LEAP), int(found["month"]), int(found["day"])
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no such day as `{value}`") from None
    return plan.Day(minute=minute, year=year if found["year"] else None, month=month, day=day)


def ordinal(value: object) -> int:
    """A date such as `2026-12-01`, as its ordinal; ValueError in words."""
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").toordinal()
    except ValueError:
        raise ValueError(f"must be a date such as 2026-12-01, not {described(value)}") from None


def edge(value: object) -> plan.Edge:
    """A time of a session: `open`, `open + 30m`, `close - 1h`; ValueError in words."""
    found = re.fullmatch(_EDGE, value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be a time of a session such as open, open + 30m or close - 1h, not {described(value)}")
    offset = seconds(found["span"]) if found["span"] else 0.0
    return plan.Edge(closes=found["what"] == "close", offset=-offset if found["sign"] == "-" else offset)


def for_change(value: Any) -> Any:
    """A list of values is of the param `change`; one value is a list of one."""
    if isinstance(value, dict):
        return {name: listed(values) for name, values in value.items()}
    return {CHANGE: listed(value)}


def _as_text(pattern: str, *examples: str) -> WithJsonSchema:
    named = re.sub(r"\?P<\w+>", "", pattern)
    return WithJsonSchema({"type": "string", "pattern": f"^(?:{named})$", "examples": list(examples)})


Clock = Annotated[int, PlainValidator(clock), _as_text(TIME, "13:00")]
Zone = Annotated[str, PlainValidator(zone), WithJsonSchema({"type": "string", "examples": ["Europe/London"]})]
Weekday = Annotated[int, PlainValidator(weekday), WithJsonSchema({"enum": list(WEEKDAYS)})]
Weekdays = Annotated[list[Weekday], Field(min_length=1), Short(listed, {"enum": list(WEEKDAYS)})]
Begin = Annotated[plan.Day, PlainValidator(begins), _as_text(_DAY, "fri 18:00", "12-19", "2026-12-19 08:00")]
End = Annotated[plan.Day, PlainValidator(ends), _as_text(_DAY, "mon 04:00", "01-04", "2027-01-04 08:00")]
Edge = Annotated[plan.Edge, PlainValidator(edge), _as_text(_EDGE, "open", "open + 30m", "close - 1h")]
Date = Annotated[int, PlainValidator(ordinal), _as_text(r"\d{4}-\d\d-\d\d", "2026-12-01")]
Exchange = Annotated[str, Matching(r"[A-Za-z0-9_/]{2,20}", "the code of an exchange, such as XNYS")]
Changes = Annotated[
    dict[Variable, Annotated[list[Value], Field(min_length=1)]],
    Short(for_change, {"type": ["string", "array"], "items": {"type": "string"}, "minLength": 1}),
]


class Window(Declared):
    """When a release may go out. What does not end later than it begins ends on the next day."""

    name: Name = Field("window", description="What people read.")
    days: Weekdays = Field([], description="The weekdays on which it begins; left out: every day.")
    start: Clock = Field(alias="from", description="The local time at which it begins.")
    end: Clock = Field(alias="to", description="The local time at which it ends; 24:00 is the end of the day.")
    zone: Zone | None = Field(None, description="Its time zone; left out: the calendar's.")
    weeks: Count = Field(
        1, alias="every_weeks", description="It opens only every so many weeks, counted from that of `since`."
    )
    since: Date | None = Field(None, description="A day of a week in which it opens.", examples=["2026-12-01"])


class Shut(Declared):
    """What both freezes and times to avoid say."""

    name: Text = Field(description="What people read, and lift it by.", examples=["weekend"])
    lifted_by: Names = Field(
        [], description="The role, or roles, that can lift it for a release as it starts; left out: nobody can."
    )
    only_for: Changes = Field(
        {},
        description="Values of params for which alone it is lifted; a list is of the param `change`.",
        examples=[["hotfix"]],
    )


class Freeze(Shut):
    """When nothing may go out: from a day and time of the week, of every year or of one year, to another."""

    start: Begin = Field(alias="from", description="When it begins; a day without a time: at its first moment.")
    end: End = Field(alias="to", description="When it ends; a day without a time: at its last moment.")
    zone: Zone | None = Field(None, description="Its time zone; left out: the calendar's.")


class Avoid(Shut):
    """A part of every session of an exchange that a release keeps clear of, on its holidays and half days too."""

    exchange: Exchange = Field(description="Its code (ISO 10383).", examples=["XNYS"])
    start: Edge = Field(alias="from", description="When it begins: `open` or `close`, and so long before or after.")
    end: Edge = Field(alias="to", description="When it ends.")


class Calendar(Declared):
    """When a release may go out. A local time that a change of the clock leaves out or repeats means the longer freeze
    and the shorter window; a February 29 that a year does not have is the first moment of March 1."""

    zone: Zone = Field("UTC", description="The time zone of its times, and in which they are shown.")
    windows: list[Window] = Field([], description="When a release may go out; none: at any time that is not shut.")
    freezes: list[Freeze] = Field([], description="When nothing may go out.")
    avoid: list[Avoid] = Field([], description="Times of exchanges that a release keeps clear of.")
    buffer: Span = Field(
        0.0, description="How long after the last planned step no freeze may begin: it is kept for a rollback."
    )
    covers: Names = Field(
        [],
        description="The phases that it is about; left out: all. Unless the first phase is among them, a release "
        "starts at any time, and a gate with `fits-window` asks before they begin.",
    )
