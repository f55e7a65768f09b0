"""Whether a release fits, until when, and when it would next."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.playbook.calendar import Avoid, Calendar, Day, Edge, Exchanges, Freeze, Sessions, Window
from cockpit.playbook.exchanges import sessions
from cockpit.release.ahead import ahead
from cockpit.release.calendar import HORIZON, Fit, fit, says
from cockpit.release.moments import at
from cockpit.release.spans import avoided, freezes, windows
from cockpit.release.state import Ahead
from tests.release.script import make_plan, step
from tests.release.test_spans import FRI, LONDON, NEW_YORK, utc, weekend

HOUR = 3600.0
PRIMARY = Window(name="primary", zone="UTC", days=(1, 3), start=13 * 60, end=15 * 60)
TRADEPULSE = Calendar(zone="UTC", windows=(PRIMARY,), freezes=(weekend("UTC"),), buffer=1.5 * HOUR)
OPEN = Avoid(name="NYSE open", exchange="XNYS", start=Edge(), end=Edge(offset=1800.0))
SHORT = Ahead(HOUR, HOUR)


def asked(calendar: Calendar, when: str, needed: Ahead = SHORT, exchanges: Exchanges | None = None) -> Fit:
    """Whether it fits at a moment in UTC."""
    return fit(calendar, exchanges or {}, needed, utc(when))


def test_it_fits_until_the_window_leaves_too_little_time() -> None:
    assert asked(TRADEPULSE, "2026-06-02 13:00") == Fit(fits=True, until=utc("2026-06-02 14:00"))
    assert asked(TRADEPULSE, "2026-06-02 14:00").fits
    late = asked(TRADEPULSE, "2026-06-02 14:01")
    assert late.why == "window primary ends Tue 2026-06-02 15:00 UTC, and 1h of steps are ahead"
    assert late.next == utc("2026-06-04 13:00")


def test_buffer_may_lie_outside_of_the_window_and_never_in_a_freeze() -> None:
    friday = Window(name="friday", zone="UTC", days=(FRI,), start=13 * 60, end=18 * 60)
    calendar = Calendar(zone="UTC", windows=(friday,), freezes=(weekend("UTC"),), buffer=1.5 * HOUR)
    assert asked(calendar, "2026-06-05 15:30") == Fit(fits=True, until=utc("2026-06-05 15:30"))
    why = "freeze weekend begins Fri 2026-06-05 18:00 UTC, and 1h and a buffer of 1h 30m are ahead"
    assert asked(calendar, "2026-06-05 15:31").why == why
    assert asked(TRADEPULSE, "2026-06-02 14:00").fits


def test_watching_may_go_on_behind_the_window_and_not_into_a_freeze() -> None:
    assert asked(TRADEPULSE, "2026-06-02 13:00", Ahead(HOUR, 24 * HOUR)).fits
    assert "freeze weekend begins" in asked(TRADEPULSE, "2026-06-04 13:00", Ahead(HOUR, 28 * HOUR)).why


def test_no_window_is_open() -> None:
    assert asked(TRADEPULSE, "2026-06-01 13:00") == Fit(
        fits=False, why="no window is open", next=utc("2026-06-02 13:00")
    )


def test_freeze_is_told_in_its_calendars_zone_and_in_utc() -> None:
    found = asked(Calendar(zone=NEW_YORK, freezes=(weekend(NEW_YORK),)), "2026-03-07 12:00")
    assert found.why == "freeze weekend until Mon 2026-03-09 04:00 EDT (08:00 UTC)"
    assert found.next == utc("2026-03-09 08:00")


def test_moment_of_another_day_in_utc_says_that_day() -> None:
    assert at(utc("2026-11-24 03:00"), NEW_YORK) == "Mon 2026-11-23 22:00 EST (Tue 03:00 UTC)"


def test_start_that_never_fits_has_no_next() -> None:
    assert asked(TRADEPULSE, "2026-06-01 13:00", Ahead(3 * HOUR, 3 * HOUR)).next is None


def test_freeze_that_is_lifted_does_not_count() -> None:
    calendar, now = Calendar(zone="UTC", freezes=(weekend("UTC"),)), utc("2026-06-06 12:00")
    assert not fit(calendar, {}, SHORT, now).fits
    assert fit(calendar, {}, SHORT, now, {"weekend"}).fits


def test_without_windows_it_fits_at_any_time_that_is_not_shut() -> None:
    assert asked(Calendar(zone="UTC"), "2026-06-01 03:00") == Fit(fits=True)


def test_open_of_the_exchange_moves_with_daylight_saving_of_its_own_zone() -> None:
    calendar = Calendar(zone=LONDON, avoid=(OPEN,))
    for day, opens in (
        ("2026-03-06", "14:30"),
        ("2026-03-09", "13:30"),
        ("2026-10-30", "13:30"),
        ("2026-11-02", "14:30"),
    ):
        known = {"XNYS": sessions("XNYS", utc(f"{day} 00:00"))}
        found = asked(calendar, f"{day} {opens}", exchanges=known)
        assert (found.fits, found.next) == (False, utc(f"{day} {opens}") + 1800)


def test_london_opens_by_its_own_clock() -> None:
    avoid = Avoid(name="LSE open", exchange="XLON", start=Edge(offset=-900.0), end=Edge(offset=900.0))
    for day, opens in (
        ("2026-03-27", "08:00"),
        ("2026-03-30", "07:00"),
        ("2026-10-23", "07:00"),
        ("2026-10-26", "08:00"),
    ):
        known = {"XLON": sessions("XLON", utc(f"{day} 00:00"))}
        now = utc(f"{day} {opens}")
        found = says(Calendar(zone=LONDON, avoid=(avoid,)), known, now)
        assert [(span.start, span.end) for span in found] == [(now - 900, now + 900)]


def test_nothing_is_to_be_avoided_on_a_holiday_of_the_exchange() -> None:
    known = {"XNYS": sessions("XNYS", utc("2026-11-20 00:00"))}
    calendar = Calendar(zone="UTC", avoid=(OPEN,))
    assert asked(calendar, "2026-11-26 14:30", exchanges=known).fits
    assert asked(calendar, "2026-07-03 13:30", exchanges={"XNYS": sessions("XNYS", utc("2026-07-01 00:00"))}).fits


def test_close_of_a_half_day_is_earlier() -> None:
    avoid = Avoid(name="close", exchange="XNYS", start=Edge(closes=True, offset=-900.0), end=Edge(closes=True))
    known = {"XNYS": sessions("XNYS", utc("2026-11-20 00:00"))}
    calendar = Calendar(zone=NEW_YORK, avoid=(avoid,))
    assert [span.name for span in says(calendar, known, utc("2026-11-27 17:50"))] == ["close"]
    assert says(calendar, known, utc("2026-11-27 20:50")) == ()


def test_steps_that_would_reach_into_what_is_to_be_avoided_do_not_fit() -> None:
    known = {"XNYS": sessions("XNYS", utc("2026-06-01 00:00"))}
    found = asked(Calendar(zone="UTC", avoid=(OPEN,)), "2026-06-01 13:00", exchanges=known)
    assert found.why == "NYSE open is to be avoided from Mon 2026-06-01 13:30 UTC on, and 1h of steps are ahead"
    assert found.next == utc("2026-06-01 14:00")


def test_exchange_whose_sessions_are_not_known_is_never_passed_over() -> None:
    found = asked(Calendar(zone="UTC", avoid=(OPEN,)), "2026-06-01 13:00")
    assert found == Fit(fits=False, why="NYSE open: the sessions of XNYS are not known")


def test_ahead_is_the_longest_way_and_work_ends_with_the_last_step_that_changes_something() -> None:
    made = make_plan(
        step("run", "a", takes=60.0),
        step("wait", "b", seconds=30.0),
        step("run", "c", takes=10.0, after=("a",)),
        step("do", "d", text="x", takes=5.0, after=("b", "c")),
        step("guard", "e", rules={}, seconds=3600.0, after=("d",)),
        step("gate", "f", after=("e",)),
    )
    assert ahead(made.steps) == Ahead(95.0, 3695.0)
    assert ahead(made.steps, {"a", "b"}) == Ahead(15.0, 3615.0)
    assert ahead(made.steps, {"a", "b", "c", "d"}) == Ahead(0.0, 3600.0)


def test_stream_changes_nothing_and_is_no_work() -> None:
    made = make_plan(step("run", "a", takes=60.0), step("run", "b", stream=600.0, after=("a",)))
    assert ahead(made.steps) == Ahead(60.0, 660.0)


def test_steps_that_a_calendar_does_not_cover_are_passed_and_do_not_count() -> None:
    made = make_plan(
        step("run", "a", takes=60.0),
        step("run", "b", takes=10.0, after=("a",)),
        step("run", "c", takes=1.0, after=("b",)),
    )
    assert ahead(made.steps, covers=("a", "b")) == Ahead(70.0, 70.0)


ZONES = st.sampled_from(["UTC", NEW_YORK, LONDON, "Asia/Kolkata", "Australia/Lord_Howe"])
MINUTES = st.integers(0, 96).map(lambda quarter: quarter * 15)
WEEKDAYS = st.integers(0, 6)
FREEZES = st.builds(
    Freeze,
    name=st.sampled_from(["one", "two"]),
    zone=ZONES,
    start=st.builds(Day, weekday=WEEKDAYS, minute=MINUTES),
    end=st.builds(Day, weekday=WEEKDAYS, minute=MINUTES),
)
WINDOWS = st.builds(
    Window,
    name=st.just("w"),
    zone=ZONES,
    days=st.sets(WEEKDAYS, min_size=1).map(lambda days: tuple(sorted(days))),
    start=MINUTES,
    end=MINUTES,
)
AVOIDED = st.builds(
    Avoid,
    name=st.just("a"),
    exchange=st.just("X"),
    start=st.builds(Edge, offset=st.sampled_from([-900.0, 0.0])),
    end=st.builds(Edge, closes=st.booleans(), offset=st.sampled_from([900.0, 1800.0])),
)
CALENDARS = st.builds(
    Calendar,
    zone=ZONES,
    windows=st.lists(WINDOWS, max_size=3).map(tuple),
    freezes=st.lists(FREEZES, max_size=2).map(tuple),
    avoid=st.lists(AVOIDED, max_size=1).map(tuple),
    buffer=st.sampled_from([0.0, 5400.0]),
)
SPRING = utc("2026-03-01 00:00")
NOWS = st.one_of(st.integers(0, 40 * 96), st.integers(20_000, 26_000)).map(lambda quarter: SPRING + quarter * 900.0)
NEEDED = st.sampled_from([Ahead(0.0, 0.0), SHORT, Ahead(1800.0, 4 * HOUR), Ahead(5 * HOUR, 30 * HOUR)])


def daily(around: float) -> Exchanges:
    """An exchange that is open for six hours each day."""
    first = around // 86400 * 86400 - 7 * 86400
    spans = tuple((first + day * 86400 + 50_000, first + day * 86400 + 71_600) for day in range(90))
    return {"X": Sessions(since=first, until=first + 90 * 86400, spans=spans)}


def plainly(calendar: Calendar, exchanges: Exchanges, needed: Ahead, start: float) -> bool:
    """Whether it fits, by asking of every span whether it is touched."""
    work, whole = start + needed.work, start + needed.whole + calendar.buffer
    since, until = start - 1, max(work, whole) + 1

    def met(first: float, last: float, end: float) -> bool:
        return first <= start < last or start < first < end

    inside = not calendar.windows or any(
        each.start <= start < each.end and work <= each.end for each in windows(calendar, since, until)
    )
    frozen = any(met(each.start, each.end, whole) for each in freezes(calendar, since, until))
    busy = any(met(each.start, each.end, work) for each in avoided(calendar, exchanges, since, until))
    return inside and not frozen and not busy


@settings(max_examples=60, deadline=None)
@given(CALENDARS, NOWS, NEEDED)
def test_next_start_fits_and_none_before_it_does(calendar: Calendar, now: float, needed: Ahead) -> None:
    exchanges = daily(now)
    found = fit(calendar, exchanges, needed, now)
    assert found.fits == plainly(calendar, exchanges, needed, now)
    if found.fits:
        assert found.next is None
        return
    assert found.why
    end = now + 2 * 86400 if found.next is None else min(found.next, now + 2 * 86400)
    quarters = range(1, int((end - now) // 900))
    assert not [each for each in quarters if plainly(calendar, exchanges, needed, now + each * 900.0)]
    if found.next is not None:
        assert now < found.next <= now + HORIZON
        assert fit(calendar, exchanges, needed, found.next).fits
        assert not plainly(calendar, exchanges, needed, found.next - 1.0)


@settings(max_examples=60, deadline=None)
@given(CALENDARS, NOWS, NEEDED)
def test_it_fits_up_to_the_last_moment_that_is_said_and_not_behind_it(
    calendar: Calendar, now: float, needed: Ahead
) -> None:
    exchanges = daily(now)
    found = fit(calendar, exchanges, needed, now)
    if found.fits and found.until is not None and found.until < now + 50 * 86400:
        assert plainly(calendar, exchanges, needed, max(now, found.until - 0.5))
        assert not plainly(calendar, exchanges, needed, found.until + 1.0)
