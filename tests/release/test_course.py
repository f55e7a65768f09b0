"""Planned and expected times with moments, the critical path, slack, and what is ahead of whoever waits for a time."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.playbook.calendar import Avoid, Calendar, Day, Edge, Freeze, Sessions, Window
from cockpit.playbook.plan import After, At, Plan, Step
from cockpit.release.advance import due
from cockpit.release.ahead import Course, ahead, first_begin
from cockpit.release.moments import frame_at
from cockpit.release.schedule import critical, lateness, planned, schedule
from cockpit.release.slack import Slack, slack
from cockpit.release.state import Ahead
from tests.release.script import Script, make_plan, step
from tests.release.test_fitting import judged
from tests.release.test_spans import NEW_YORK, utc

# A script begins at 00:16:40 on Thursday, 1970-01-01.
HOUR = 3600.0
DAY = 86400.0


def do(name: str, takes: float = 0.0, **fields: object) -> Step:
    """A step that a person does, so many seconds long."""
    return step("do", name, text=name, takes=takes or None, **fields)


def test_planned_step_begins_as_planned_and_the_next_after_it() -> None:
    script = Script(make_plan(do("a", 60, planned=At(minute=60)), do("b", 30))).feed("start")
    times = schedule(script.state, script.now)
    assert (times["a"].planned_start, times["b"].planned_start) == (HOUR, HOUR + 60)
    assert (times["a"].expected_start, times["b"].expected_start) == (1000, 1060)
    assert lateness(script.state, script.now) == 1000 - HOUR


def test_expected_step_waits_for_its_time() -> None:
    plan = make_plan(
        do("a", 60), do("b", 30, not_before=At(minute=60)), do("c", 5, not_before=After(seconds=9, steps=("b",)))
    )
    script = Script(plan).feed("start")
    times = schedule(script.state, script.now)
    assert (times["b"].planned_start, times["b"].expected_start) == (HOUR, HOUR)
    assert (times["c"].planned_start, times["c"].expected_start) == (HOUR + 39, HOUR + 39)


def test_planned_times_are_those_of_the_day_over_a_change_of_the_clock() -> None:
    steps = make_plan(do("a", planned=At(minute=540)), do("b", planned=At(day=2, minute=540))).steps
    found = planned(steps, frame_at(utc("2026-10-31 12:00"), NEW_YORK, "2026-10-31"))
    assert (found["a"][0], found["b"][0]) == (utc("2026-10-31 13:00"), utc("2026-11-01 14:00"))


def test_longest_way_is_critical_and_what_waits_for_a_time_is_not() -> None:
    side_by_side = (do("a", 10), do("b", 60, after=("a",)), do("c", 20, after=("a",)), do("d", 5, after=("b", "c")))
    script = Script(make_plan(*side_by_side)).feed("start")
    marked = [name for name, one in schedule(script.state, script.now).items() if one.critical]
    assert marked == ["a", "b", "d"]
    locked = Script(make_plan(do("a", 10), do("b", 5, not_before=At(minute=60)))).feed("start")
    assert [name for name, one in schedule(locked.state, locked.now).items() if one.critical] == ["b"]


def test_step_after_a_lock_makes_what_it_counts_from_critical() -> None:
    steps = make_plan(do("a", 10), do("b", 60), do("c", 5)).steps
    loose = (
        steps[0],
        replace(steps[1], after=()),
        replace(steps[2], after=(), not_before=After(seconds=90, steps=("a",))),
    )
    spans = planned(loose, frame_at(0.0, "UTC"))
    assert critical(loose, spans) == {"a", "c"}


def test_later_day_makes_nothing_of_today_uncritical() -> None:
    script = Script(make_plan(do("a", 10), do("b", 5, not_before=At(day=7)))).feed("start")
    times = schedule(script.state, script.now)
    assert [(one.critical, one.later) for one in times.values()] == [(True, False), (False, True)]
    script.feed("ana done a")
    assert [one.critical for one in schedule(script.state, script.now).values()] == [False, True]


WINDOW = Window(name="w", zone="UTC", start=0, end=180)
FREEZE = Freeze(name="noon", zone="UTC", start=Day(weekday=3, minute=240), end=Day(weekday=3, minute=780))


def left(script: Script) -> Slack | None:
    """The slack of a release now."""
    return slack(script.state, schedule(script.state, script.now), script.now)


def with_calendar(*steps: Step, **fields: object) -> Plan:
    """A plan with a calendar."""
    return make_plan(*steps, calendar=Calendar(zone="UTC", **fields))  # type: ignore[arg-type]  # its fields


def test_slack_is_what_remains_until_the_window_ends() -> None:
    script = Script(with_calendar(do("a", 3000), do("b", 600), windows=(WINDOW,))).feed("start")
    assert left(script) == Slack(3 * HOUR - 4600, 3 * HOUR, "window w ends")
    script.feed("+2h")
    found = left(script)
    assert found is not None
    assert found.seconds == 3 * HOUR - script.now - 600


def test_slack_that_is_used_up_is_less_than_none() -> None:
    script = Script(with_calendar(do("a", 3000), windows=(WINDOW,))).feed("start\n+4h")
    found = left(script)
    assert found is not None
    assert found.seconds == 3 * HOUR - script.now


def test_buffer_is_taken_off_before_a_freeze_and_watching_counts_there() -> None:
    watch = step("wait", "watch", seconds=600.0)
    script = Script(with_calendar(do("a", 3000), watch, windows=(WINDOW,), freezes=(FREEZE,), buffer=5400.0)).feed(
        "start"
    )
    assert left(script) == Slack(4 * HOUR - 5400 - 4600, 4 * HOUR, "freeze noon begins")


def test_freeze_that_was_lifted_and_steps_of_a_later_day_leave_the_slack() -> None:
    script = Script(with_calendar(do("a", 600), do("b", HOUR, not_before=At(day=2)), freezes=(FREEZE,))).feed("start")
    found = left(script)
    assert found is not None
    assert found.seconds == 4 * HOUR - 1600


def test_window_of_another_day_and_what_is_avoided_until_the_work_begins_use_up_no_slack() -> None:
    short = (Window(name="early", zone="UTC", start=0, end=10), Window(name="w", zone="UTC", start=120, end=180))
    script = Script(with_calendar(do("a", 600), windows=short)).feed("start")
    assert left(script) == Slack(3 * HOUR - 1600, 3 * HOUR, "window w ends")
    assert left(Script(with_calendar(do("a", 600), windows=(replace(WINDOW, days=(4,)),))).feed("start")) is None
    soak = step("wait", "soak", seconds=5 * HOUR)
    hours = Sessions(since=0, until=8 * DAY, spans=((HOUR, 4 * HOUR), (DAY + HOUR, DAY + 4 * HOUR)))
    avoid = (Avoid(name="hours", exchange="X", start=Edge(), end=Edge(closes=True)),)
    plan = with_calendar(soak, do("a", 600), avoid=avoid, covers=("a",))
    found = left(Script(plan, exchanges={"X": hours}).feed("start"))
    assert found == Slack(DAY + HOUR - 1000 - 5 * HOUR - 600, DAY + HOUR, "hours begins")


def test_there_is_no_slack_without_a_calendar_or_behind_the_end() -> None:
    assert left(Script(make_plan(do("a", 9))).feed("start")) is None
    assert left(Script(with_calendar(do("a", 9), windows=(WINDOW,))).feed("start\nana done a")) is None


def test_what_waits_for_its_time_ends_no_earlier_however_early_it_begins() -> None:
    steps = make_plan(do("a", 600), do("b", HOUR, not_before=At(minute=120))).steps
    found = ahead(steps, (), Course(frame_at(1000.0, "UTC"), 1000.0))
    assert found == Ahead(600 + HOUR, 600 + HOUR, 3 * HOUR, 3 * HOUR)
    assert [found.work_end(start) for start in (0.0, 2 * HOUR)] == [3 * HOUR, 3 * HOUR + 600]


def test_what_waits_until_a_later_day_is_not_ahead_until_then() -> None:
    steps = make_plan(do("a", 600), do("b", HOUR, not_before=At(day=2, minute=60)), do("c", 60)).steps
    today, tomorrow = (ahead(steps, (), Course(frame_at(1000.0, "UTC"), now)) for now in (1000.0, DAY + 10))
    assert (today.whole, tomorrow.whole) == (600, 600 + HOUR + 60)


@pytest.mark.parametrize(("minute", "expected"), [(10, 1000.0), (60, HOUR)])
def test_release_begins_with_the_first_step_that_may(minute: int, expected: float) -> None:
    steps = make_plan(do("a", not_before=At(minute=minute)), do("b")).steps
    assert first_begin(steps, frame_at(1000.0, "UTC")) == expected


def gated(*behind: Step) -> Script:
    """A release at a gate that asks for a fit, with a window until 3:00."""
    return Script(with_calendar(step("gate", "go", fits=True), *behind, windows=(WINDOW,))).feed("start")


def test_gate_is_asked_again_only_at_its_time_and_where_what_is_ahead_has_changed() -> None:
    script = gated(do("a", HOUR))
    assert len(judged(script)) == 1
    assert due(script.state, script.now) == 2 * HOUR + 1
    script.feed("+10m\nana hold\nana resume\n+10m")
    assert len(judged(script)) == 1
    script.feed(f"+{2 * HOUR - script.now + 0.5}s")
    assert [each.fits for each in judged(script)] == [True, False]


def test_step_that_ends_beside_an_open_gate_leaves_it_more_time() -> None:
    plan = with_calendar(do("a", HOUR), step("gate", "go", fits=True), windows=(WINDOW,))
    side = tuple(replace(each, after=()) for each in plan.steps)
    script = Script(replace(plan, phases=(replace(plan.phases[0], steps=side),))).feed("start\n+10m\nana done a")
    assert [each.until for each in judged(script)] == [2 * HOUR, 3 * HOUR]


def test_gate_that_fits_because_the_rest_waits_for_a_later_day_is_asked_once() -> None:
    script = gated(do("a", HOUR), do("b", 9 * HOUR, not_before=At(day=3)))
    assert [(each.fits, each.whole) for each in judged(script)] == [(True, HOUR)]
