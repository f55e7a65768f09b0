"""Steps that wait for their time, are begun before it, or are late."""

from __future__ import annotations

from math import inf

import msgspec
import pytest

from cockpit.playbook.calendar import Calendar
from cockpit.playbook.plan import After, At, Gate, Plan, Step, Within
from cockpit.release.advance import advance, due
from cockpit.release.chronicle import say
from cockpit.release.decide import decide
from cockpit.release.events import AnyEvent, EarlyOrdered, Opened, Overdue
from cockpit.release.intents import Done, Refusal
from cockpit.release.moments import at_clock, frame_at, lock_end
from cockpit.release.standing import standing
from tests.release.script import Script, make_plan, step
from tests.release.test_spans import LONDON, NEW_YORK, utc

# A script begins at 00:16:40 on Thursday, 1970-01-01.
ONE = At(minute=60)


def do(name: str, **fields: object) -> Step:
    """A step that a person does."""
    return step("do", name, text=name, **fields)


def test_step_begins_at_its_time_and_not_before() -> None:
    script = Script(make_plan(do("a", not_before=ONE))).feed("start")
    assert script.state.steps["a"].status == "pending"
    assert due(script.state, script.now) == 3600.0
    assert script.feed("+2599s").state.steps["a"].status == "pending"
    assert script.feed("+1s").state.steps["a"].started == 3600.0


def test_step_whose_turn_comes_behind_its_time_begins_at_once() -> None:
    script = Script(make_plan(do("a"), do("b", not_before=ONE))).feed("start\n+2h\nana done a")
    assert script.state.steps["b"].status == "running"


def test_lock_is_waited_for_and_lets_the_release_run() -> None:
    script = Script(make_plan(do("a", not_before=ONE))).feed("start")
    (entry,) = script.entries()
    assert (entry.what, entry.step, entry.who, entry.options, entry.due) == ("early", "a", ("ana",), ("run",), 3600.0)
    assert entry.text == "a begins by itself at Thu 1970-01-01 01:00 UTC"
    assert standing(script.state) == "running"
    assert [each.what for each in script.feed("+1h").entries()] == ["step"]


def test_captain_begins_a_step_before_its_time_with_a_note() -> None:
    script = Script(make_plan(do("a", not_before=ONE))).feed("start")
    assert script.refusal("bo decide a run") == "only the captain may do this, and bo is not"
    assert script.refusal("ana decide a run ''") == "beginning before its time needs a note"
    assert script.refusal("ana decide a skip") == "no option 'skip'"
    script.feed("ana decide a run")
    assert (script.state.steps["a"].status, script.state.steps["a"].early) == ("running", "ana")


def test_step_that_waits_for_its_time_says_how_it_is_begun() -> None:
    script = Script(make_plan(do("a", not_before=ONE))).feed("start")
    refused = decide(script.state, "ana", Done(step="a"), script.now)
    hint = "`cockpit decide rel a run --note TEXT` begins it before its time"
    assert refused == Refusal("it is not a's turn yet", hint)


def test_step_whose_turn_has_not_come_is_not_begun_early() -> None:
    script = Script(make_plan(do("a"), do("b", not_before=ONE))).feed("start")
    assert script.refusal("ana decide b run") == "no decision 'b' is open"
    assert [each.what for each in script.entries()] == ["step"]


def test_condition_of_a_step_that_is_begun_early_still_counts() -> None:
    plan = make_plan(do("a", not_before=ONE, when="b.failed"), do("b"))
    assert Script(plan).feed("start\nana decide a run").state.steps["a"].status == "skipped"


def test_step_whose_condition_does_not_hold_waits_for_no_time() -> None:
    script = Script(make_plan(do("a", not_before=ONE, when='version == "3"'))).feed("start")
    assert script.state.steps["a"].status == "skipped"


def test_step_whose_condition_asks_about_another_step_waits_for_its_time() -> None:
    script = Script(make_plan(do("a", not_before=ONE, when="b.failed"), do("b"))).feed("start")
    assert script.state.steps["a"].status == "pending"


def test_held_release_says_nothing_of_the_time() -> None:
    script = Script(make_plan(do("a", not_before=ONE))).feed("start\nana hold\n+2h")
    assert [each.what for each in script.entries()] == ["resume"]
    assert script.feed("ana resume").state.steps["a"].status == "running"


def test_step_waits_after_another_and_wakes_by_itself() -> None:
    plan = make_plan(do("a"), do("b", not_before=After(seconds=900.0, steps=("a",))))
    script = Script(plan).feed("start\n+10s\nana done a")
    assert due(script.state, script.now) == 1910.0
    assert script.feed("+15m").state.steps["b"].started == 1910.0


def test_moment_that_is_not_known_yet_has_no_end() -> None:
    plan = make_plan(do("a"), do("b", after=("c",), not_before=After(seconds=9.0, steps=("a",))), do("c"))
    plan = msgspec.structs.replace(
        plan,
        phases=(
            msgspec.structs.replace(
                plan.phases[0], steps=tuple(msgspec.structs.replace(each, after=()) for each in plan.steps)
            ),
        ),
    )
    script = Script(plan).feed("start")
    assert lock_end(script.state, script.state.steps["b"]) == inf
    entry = next(each for each in script.entries() if each.what == "early")
    assert (entry.text, entry.due) == ("b waits until a is complete", None)


def test_moment_after_the_start_counts_from_the_begin_of_the_release() -> None:
    script = Script(make_plan(do("a", not_before=After(seconds=60.0)))).feed("start")
    assert due(script.state, script.now) == 1060.0


def test_time_of_a_later_day_is_on_it() -> None:
    script = Script(make_plan(do("a", not_before=At(day=2, minute=60)))).feed("start")
    assert due(script.state, script.now) == 86400.0 + 3600.0


def test_release_of_another_day_has_its_times_on_it() -> None:
    script = Script(make_plan(do("a", not_before=ONE)), day="1970-01-03").feed("start")
    assert due(script.state, script.now) == 2 * 86400.0 + 3600.0


def test_nothing_begins_before_the_moment_of_the_release() -> None:
    plan = make_plan(step("run", "a"), do("b"), back=(do("undo"),))
    script = Script(plan, not_before=5000.0).feed("start")
    assert due(script.state, script.now) == 5000.0
    assert [each.what for each in script.entries()] == ["early"]
    assert script.feed("+4000s").state.steps["a"].started == 5000.0


def test_release_that_is_begun_early_starts_then() -> None:
    plan = make_plan(do("a"), do("b", not_before=After(seconds=60.0)))
    script = Script(plan, not_before=5000.0).feed("start\nana decide a run\nana done a")
    assert due(script.state, script.now) == 1060.0


def test_way_back_does_not_wait_for_the_moment_of_the_release() -> None:
    script = Script(make_plan(do("a"), back=(do("undo"),)), not_before=5000.0).feed("start\nana rollback rel")
    assert script.state.steps["undo"].status == "running"


def happened(script: Script, kind: type[AnyEvent]) -> list[AnyEvent]:
    """The events of a kind, in order."""
    return [record.event for record in script.records if isinstance(record.event, kind)]


def test_step_that_is_late_is_told_once() -> None:
    script = Script(make_plan(do("a", due=ONE))).feed("start")
    assert due(script.state, script.now) == 3600.0
    assert happened(script.feed("+2600s\n+1h"), Overdue) == [Overdue(step="a", due=3600.0)]
    assert not script.state.held_by
    assert script.state.steps["a"].overdue == 3600.0


def test_step_that_ends_in_time_is_not_late() -> None:
    script = Script(make_plan(step("wait", "a", seconds=2600.0, due=ONE), do("b"))).feed("start\n+2600s\n+1h")
    assert happened(script, Overdue) == []


def test_step_that_never_began_is_late_too() -> None:
    script = Script(make_plan(do("a"), do("b", due=ONE, if_late="hold"))).feed("start\n+1h")
    assert happened(script, Overdue) == [Overdue(step="b", due=3600.0)]
    assert script.state.held_note == "b is late: it was due Thu 1970-01-01 01:00 UTC"


def test_time_that_a_step_has_counts_from_its_begin() -> None:
    script = Script(make_plan(do("a"), do("b", due=Within(seconds=600.0)))).feed("start\n+2h\nana done a")
    assert due(script.state, script.now) == script.now + 600.0
    assert len(happened(script.feed("+10m"), Overdue)) == 1


def test_due_time_of_a_phase_counts_from_its_first_step() -> None:
    plan = make_plan(do("a"), do("b", due=Within(seconds=600.0, steps=("a",))))
    script = Script(plan).feed("start\n+9m\nana done a\n+1m")
    assert happened(script, Overdue) == [Overdue(step="b", due=1600.0)]


def test_what_ended_late_while_no_engine_ran_is_told() -> None:
    script = Script(make_plan(step("wait", "a", seconds=60.0, due=Within(seconds=90.0)), do("b"))).feed("start")
    script.now += 100.0
    assert [type(each).__name__ for each in advance(script.state, script.now)] == [
        "StepPassed",
        "Overdue",
        "StepStarted",
    ]


def test_gate_that_is_late_is_a_no_go() -> None:
    plan = make_plan(step("gate", "go", sign={"sre": 1}, due=ONE, if_late="hold"))
    script = Script(plan).feed("start\nchen sign go sre yes\n+1h")
    assert script.state.held_note == "go is late: it was due Thu 1970-01-01 01:00 UTC"
    assert script.state.steps["go"].signatures == ()
    assert script.state.steps["go"].by == "cockpit"
    assert isinstance(script.state.steps["go"].step, Gate)


def test_late_step_rolls_back_unless_that_cannot_be_undone() -> None:
    late = do("a", due=ONE, if_late="roll back")
    assert Script(make_plan(late, back=(do("undo"),))).feed("start\n+1h").state.rolling_back
    firm = make_plan(msgspec.structs.replace(late, no_return=True), back=(do("undo"),))
    script = Script(firm).feed("start\n+1h")
    assert not script.state.rolling_back
    assert script.state.held_note.endswith("a cannot be undone: rolling back is for a person to say")


def test_nothing_is_late_once_it_is_skipped_aborted_or_rolled_back() -> None:
    plan = make_plan(do("a", due=ONE), back=(do("undo"),))
    for line in ("ana abort", "ana rollback rel", "ana skip a"):
        assert happened(Script(plan).feed(f"start\n{line}\n+2h"), Overdue) == []


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        (NEW_YORK, "2026-03-07", 9 * 60, "2026-03-07 14:00"),
        (NEW_YORK, "2026-03-08", 9 * 60, "2026-03-08 13:00"),
        (NEW_YORK, "2026-11-01", 9 * 60, "2026-11-01 14:00"),
        (LONDON, "2026-03-29", 9 * 60, "2026-03-29 08:00"),
        (LONDON, "2026-10-25", 9 * 60, "2026-10-25 09:00"),
    ],
)
def test_time_of_day_keeps_to_its_zone_where_the_clock_changes(zone: str, day: str, minute: int, expected: str) -> None:
    frame = frame_at(utc(f"{day} 12:00"), zone, day)
    assert at_clock(At(minute=minute), frame) == utc(expected)


def test_days_are_counted_over_changes_of_the_clock_and_leap_days() -> None:
    assert at_clock(At(day=7, minute=540), frame_at(utc("2026-03-05 12:00"), NEW_YORK)) == utc("2026-03-11 13:00")
    assert at_clock(At(day=3, minute=0), frame_at(utc("2028-02-28 12:00"), "UTC")) == utc("2028-03-01 00:00")


def test_time_that_is_there_twice_or_not_at_all_locks_longer_and_is_due_sooner() -> None:
    spring, autumn = frame_at(utc("2026-03-08 12:00"), NEW_YORK), frame_at(utc("2026-11-01 12:00"), NEW_YORK)
    missing, twice = At(minute=150), At(minute=90)
    assert [at_clock(missing, spring, late=late) for late in (False, True)] == [
        utc("2026-03-08 06:30"),
        utc("2026-03-08 07:30"),
    ]
    assert [at_clock(twice, autumn, late=late) for late in (False, True)] == [
        utc("2026-11-01 05:30"),
        utc("2026-11-01 06:30"),
    ]


def test_release_day_is_the_one_of_its_zone() -> None:
    plan = make_plan(do("a", not_before=At(minute=1380)), calendar=Calendar(zone=NEW_YORK))
    script = Script(plan)
    assert lock_end(script.state, script.state.steps["a"]) == utc("1970-01-01 04:00")


def test_weeks_of_waiting_wake_for_each_time_and_for_nothing_else() -> None:
    days = tuple(
        do(f"day-{day}", after=("go",), not_before=At(day=day), due=At(day=day, minute=720)) for day in (2, 8, 15)
    )
    script = Script(make_plan(do("go"), *days)).feed("start\nana done go")
    woken = []
    while (moment := due(script.state, script.now)) is not None:
        script.feed(f"+{moment - script.now}s")
        woken.append(moment / 86400.0 + 1)
    assert woken == [2.0, 2.5, 8.0, 8.5, 15.0, 15.5]
    assert [event.step for event in happened(script, Overdue)] == ["day-2", "day-8", "day-15"]  # type: ignore[union-attr]


def test_day_and_moment_of_a_release_are_told_as_it_begins() -> None:
    plan = make_plan(do("a"))
    assert [
        say(Script(plan, **said).records[0].event, {})[0] for said in ({"day": "2026-12-01"}, {"not_before": 0.0})
    ] == [
        "release rel began for 2026-12-01, ana drives",
        "release rel began, and waits until 1970-01-01T00:00:00.000Z, ana drives",
    ]


def test_both_are_told_in_words() -> None:
    early = EarlyOrdered(step="a", by="ana", note="agreed")
    assert say(early, {}) == ("a begins before its time, said ana: agreed", "warn")
    assert say(Overdue(step="a", due=3600.0), {}) == ("a is late: it was due 1970-01-01T01:00:00.000Z", "warn")


def test_journal_of_before_there_were_times_still_loads() -> None:
    plan: Plan = make_plan(do("a"))
    opened = Opened(release="rel", nonce="n", mode="live", plan=plan, digest=plan.digest, captain="ana")
    text = msgspec.json.encode(opened)
    assert b"not_before" not in text
    assert msgspec.json.decode(text, type=Opened) == opened
