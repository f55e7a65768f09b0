"""Windows, freezes and sessions as spans: daylight saving, midnight, years, leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cockpit.playbook.calendar import Avoid, Calendar, Day, Edge, Freeze, Sessions, Window
from cockpit.release.spans import Span, avoided, freezes, moments, windows

NEW_YORK, LONDON = "America/New_York", "Europe/London"
FRI, MON, SUN = 4, 0, 6


def utc(text: str) -> float:
    """A moment written as `2026-03-08 07:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def shown(span: Span) -> tuple[str, str]:
    """A span as two moments in UTC."""
    first, last = (datetime.fromtimestamp(each, UTC) for each in (span.start, span.end))
    return f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"


def opened(window: Window, since: str, until: str) -> list[tuple[str, str]]:
    """The window's spans between two moments."""
    return [shown(span) for span in windows(Calendar(zone="UTC", windows=(window,)), utc(since), utc(until))]


def frozen(freeze: Freeze, since: str, until: str) -> list[tuple[str, str]]:
    """The freeze's spans between two moments."""
    return [shown(span) for span in freezes(Calendar(zone="UTC", freezes=(freeze,)), utc(since), utc(until))]


def weekend(zone: str) -> Freeze:
    """From Friday 18:00 to Monday 4:00."""
    return Freeze(
        name="weekend", zone=zone, start=Day(weekday=FRI, minute=18 * 60), end=Day(weekday=MON, minute=4 * 60)
    )


@pytest.mark.parametrize(
    ("zone", "friday", "expected"),
    [
        (NEW_YORK, "2026-03-07 12:00", ("2026-03-06 23:00", "2026-03-09 08:00")),
        (NEW_YORK, "2026-10-31 12:00", ("2026-10-30 22:00", "2026-11-02 09:00")),
        (LONDON, "2026-03-28 12:00", ("2026-03-27 18:00", "2026-03-30 03:00")),
        (LONDON, "2026-10-24 12:00", ("2026-10-23 17:00", "2026-10-26 04:00")),
    ],
)
def test_weekend_freeze_keeps_its_local_times_over_a_change_of_the_clock(
    zone: str, friday: str, expected: tuple[str, str]
) -> None:
    assert frozen(weekend(zone), friday, friday[:-1] + "1") == [expected]


def test_weekly_freeze_that_ends_on_its_own_weekday_lasts_a_week_where_it_must() -> None:
    freeze = Freeze(name="f", zone="UTC", start=Day(weekday=MON, minute=600), end=Day(weekday=MON, minute=540))
    assert frozen(freeze, "2026-06-03 00:00", "2026-06-03 00:01") == [("2026-06-01 10:00", "2026-06-08 09:00")]


@pytest.mark.parametrize(
    ("zone", "since", "expected"),
    [
        (NEW_YORK, "2026-03-07 00:00", ["03-07 14:00", "03-08 13:00"]),
        (NEW_YORK, "2026-10-31 00:00", ["10-31 13:00", "11-01 14:00"]),
        (LONDON, "2026-03-28 00:00", ["03-28 09:00", "03-29 08:00"]),
        (LONDON, "2026-10-24 00:00", ["10-24 08:00", "10-25 09:00"]),
    ],
)
def test_window_opens_at_its_local_time_before_and_after_the_clock_changes(
    zone: str, since: str, expected: list[str]
) -> None:
    window = Window(name="w", zone=zone, start=9 * 60, end=10 * 60)
    until = datetime.fromtimestamp(utc(since) + 2 * 86400, UTC).strftime("%Y-%m-%d %H:%M")
    assert [start[5:] for start, _ in opened(window, since, until)] == expected


def test_time_that_does_not_exist_shortens_a_window_and_lengthens_a_freeze() -> None:
    early, late = moments(datetime(2026, 3, 8, tzinfo=UTC).date(), 150, ZoneInfo(NEW_YORK))
    assert (early, late) == (utc("2026-03-08 06:30"), utc("2026-03-08 07:30"))
    window = Window(name="w", zone=NEW_YORK, start=150, end=240)
    assert opened(window, "2026-03-08 05:00", "2026-03-08 12:00") == [("2026-03-08 07:30", "2026-03-08 08:00")]
    freeze = Freeze(
        name="f", zone=NEW_YORK, start=Day(year=2026, month=3, day=8, minute=150), end=Day(year=2026, month=3, day=9)
    )
    assert frozen(freeze, "2026-03-08 05:00", "2026-03-08 12:00") == [("2026-03-08 06:30", "2026-03-09 04:00")]


def test_time_that_exists_twice_shortens_a_window_and_lengthens_a_freeze() -> None:
    window = Window(name="w", zone=NEW_YORK, start=0, end=90)
    assert opened(window, "2026-11-01 00:00", "2026-11-01 12:00") == [("2026-11-01 04:00", "2026-11-01 05:30")]
    freeze = Freeze(
        name="f", zone=NEW_YORK, start=Day(year=2026, month=10, day=31), end=Day(year=2026, month=11, day=1, minute=90)
    )
    assert frozen(freeze, "2026-11-01 00:00", "2026-11-01 12:00") == [("2026-10-31 04:00", "2026-11-01 06:30")]


def test_window_that_the_clock_leaves_out_is_none() -> None:
    window = Window(name="w", zone=NEW_YORK, start=130, end=170)
    assert opened(window, "2026-03-08 05:00", "2026-03-08 12:00") == []


def test_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    window = Window(name="w", zone="UTC", days=(FRI,), start=22 * 60, end=2 * 60)
    expected = [("2026-06-05 22:00", "2026-06-06 02:00")]
    assert opened(window, "2026-06-01 00:00", "2026-06-08 00:00") == expected
    assert opened(window, "2026-06-06 01:00", "2026-06-06 01:01") == expected


def test_windows_that_touch_are_one() -> None:
    days = Window(name="day", zone="UTC", start=480, end=1320), Window(name="night", zone="UTC", start=1320, end=480)
    found = list(windows(Calendar(zone="UTC", windows=days), utc("2026-06-01 00:00"), utc("2026-06-03 00:00")))
    assert [(span.name, shown(span)) for span in found] == [("night, day", ("2026-05-31 22:00", "2026-06-03 08:00"))]


def test_yearly_freeze_goes_over_new_year() -> None:
    freeze = Freeze(name="f", zone="UTC", start=Day(month=12, day=19), end=Day(month=1, day=4, minute=1440))
    expected = [("2026-12-19 00:00", "2027-01-05 00:00")]
    assert frozen(freeze, "2026-12-31 23:59", "2027-01-01 00:01") == expected
    assert frozen(freeze, "2027-01-04 23:58", "2027-01-04 23:59") == expected
    assert frozen(freeze, "2027-01-05 00:00", "2027-12-18 23:59") == []


def test_freeze_of_one_year_is_of_that_year_alone() -> None:
    freeze = Freeze(name="f", zone="UTC", start=Day(year=2026, month=12, day=19), end=Day(year=2027, month=1, day=4))
    assert frozen(freeze, "2026-12-20 00:00", "2028-01-01 00:00") == [("2026-12-19 00:00", "2027-01-04 00:00")]
    assert frozen(freeze, "2027-12-20 00:00", "2027-12-21 00:00") == []


@pytest.mark.parametrize(("year", "last"), [("2028", "02-29 12:00"), ("2027", "03-01 00:00")])
def test_leap_day_that_a_year_does_not_have_is_the_first_moment_of_march(year: str, last: str) -> None:
    freeze = Freeze(name="f", zone="UTC", start=Day(month=2, day=20), end=Day(month=2, day=29, minute=720))
    assert frozen(freeze, f"{year}-02-25 00:00", f"{year}-02-25 00:01") == [(f"{year}-02-20 00:00", f"{year}-{last}")]


def test_what_is_to_be_avoided_goes_with_the_sessions() -> None:
    day = utc("2026-06-01 00:00")
    sessions = Sessions(since=day, until=day + 7 * 86400, spans=((day + 3600, day + 7200),))
    avoid = Avoid(name="a", exchange="X", start=Edge(offset=-600.0), end=Edge(closes=True, offset=300.0))
    found = avoided(Calendar(zone="UTC", avoid=(avoid,)), {"X": sessions}, day, day + 86400)
    assert [(span.kind, shown(span)) for span in found] == [("avoid", ("2026-06-01 00:50", "2026-06-01 02:05"))]


def test_where_sessions_are_not_known_it_says_so() -> None:
    day = utc("2026-06-01 00:00")
    avoid = Avoid(name="a", exchange="X", start=Edge(), end=Edge(closes=True))
    calendar = Calendar(zone="UTC", avoid=(avoid,))
    known = Sessions(since=day, until=day + 86400, spans=())
    assert [span.kind for span in avoided(calendar, {}, day, day + 60)] == ["unknown"]
    assert [span.start for span in avoided(calendar, {"X": known}, day, day + 2 * 86400)] == [day + 86400]


def test_window_of_every_second_week_counts_from_the_week_that_it_names() -> None:
    tuesdays = Window(name="a", zone="UTC", days=(1,), start=840, end=900, weeks=2, since=date(2026, 12, 3).toordinal())
    found = [start[:10] for start, _ in opened(tuesdays, "2026-11-15 00:00", "2026-12-31 00:00")]
    assert found == ["2026-11-17", "2026-12-01", "2026-12-15", "2026-12-29"]
