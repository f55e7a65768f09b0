"""The score as a whole: how it ended, planned against actual, the way back."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.playbook.calendar import Calendar, Window
from cockpit.playbook.plan import Item
from cockpit.release.events import Opened, Record
from cockpit.report.score import score
from tests.release.script import make_plan, step
from tests.report.played import Played, deployed, guarded


def test_rehearsal_that_ends_as_expected_counts() -> None:
    found = Played(make_plan(step("run", "a"))).then("hosts answer\nall pass").score("done")
    assert (found.ended, found.as_expected, found.counts) == ("done", True, True)


def test_rehearsal_that_ends_otherwise_does_not_count() -> None:
    found = Played(make_plan(step("run", "a"))).then("hosts answer\nall pass").score("rolled_back")
    assert (found.ended, found.as_expected, found.counts) == ("done", False, False)


def test_rehearsal_that_goes_on_does_not_count() -> None:
    found = Played(make_plan(step("run", "a"))).then("hosts answer").score(None)
    assert (found.ended, found.as_expected, found.counts) == (None, False, False)


def test_live_release_never_counts_as_rehearsed() -> None:
    first, *others = Played(make_plan(step("run", "a"))).then("hosts answer\nall pass").records
    assert isinstance(first.event, Opened)
    live = Record(first.seq, first.at, replace(first.event, mode="live", rehearsal=None))
    assert not score([live, *others]).counts


def test_rollback_after_the_end_that_goes_on_has_not_ended() -> None:
    played = deployed().then("+10m\nana rollback rel")
    assert (played.score().ended, played.then("hosts answer\nall pass").score().ended) == (None, "rolled_back")


def test_what_comes_after_the_end_is_not_scored() -> None:
    played = Played(make_plan(step("run", "a"))).then("hosts answer\n+1m\nall pass\n+1h\nana close")
    assert played.score().elapsed == 60.0


def test_planned_and_actual_are_those_of_done_steps_that_say_how_long() -> None:
    plan = make_plan(step("run", "a", takes=60.0), step("run", "b"), step("run", "c", takes=30.0))
    found = Played(plan).then("hosts answer\n+90s\nall pass\n+1h\nall pass\n+10s\nall pass").score()
    assert (found.planned, found.actual, found.drift) == (90.0, 100.0, 10.0)
    assert [(each.id, each.planned, each.actual, each.drift) for each in found.steps] == [
        ("a", 60.0, 90.0, 30.0),
        ("b", None, 3600.0, 30.0),
        ("c", 30.0, 10.0, 10.0),
    ]


def test_step_cut_short_by_the_way_back_adds_no_drift() -> None:
    found = deployed().then("+1m\nana rollback rel\nhosts answer\n+5s\nall pass").score()
    assert [(each.id, each.done, each.actual, each.drift) for each in found.steps] == [
        ("deploy", True, 300.0, 0.0),
        ("watch", False, 60.0, 0.0),
        ("undo", True, 5.0, 0.0),
    ]


def test_rollback_that_is_ordered_again_goes_on_with_its_steps() -> None:
    played = deployed().then("ana rollback rel\nhosts answer\n+5s\nana abort\nall fail\n+1m\nana rollback rel")
    found = played.then("hosts answer\n+5s\nall pass").score()
    assert (found.ended, found.steps[-1].id, found.steps[-1].done, found.steps[-1].actual) == (
        "rolled_back",
        "undo",
        True,
        10.0,
    )


def test_gate_waits_for_people_all_the_while() -> None:
    found = Played(make_plan(step("gate", "go", takes=60.0))).then("+90s\nana go go").score()
    assert (found.steps[0].waited, found.waited) == (90.0, 90.0)


def test_notice_waits_for_people_while_it_asks_for_something() -> None:
    asks = {"why": "Why it was rolled back"}
    plan = make_plan(step("notice", "tell", name="out", to=("slack:#x",), text="{{ why }}", asks=asks))
    told = Played(plan).then("+90s\nana done tell why=errors")
    assert (told.score().steps[0].done, told.score().waited) == (True, 90.0)


def test_gate_waits_for_no_people_before_its_time() -> None:
    early = Window(name="w", zone="UTC", start=60, end=180)
    plan = make_plan(step("gate", "go", fits=True), step("run", "a"), calendar=Calendar(zone="UTC", windows=(early,)))
    played = Played(plan).then("+2600s\n+1000s")
    assert played.state.steps["go"].started == 1000.0
    gate = played.then("ana go go").score().steps[0]
    assert (gate.actual, gate.shut, gate.waited) == (3600.0, 2600.0, 1000.0)
    assert "the calendar kept go shut for 43:20: begin so that it fits by then" in played.score().advice


def test_checklist_waits_for_people_while_their_items_are_open() -> None:
    items = (Item(id="keys", title="Keys"), Item(id="disk", title="Disk", by="ready-disk"))
    checks = step("run", "ready-disk", after=("first",), ticks="ready", hosts=("web-1",))
    checklist = step("checklist", "ready", items=items, after=("first",))
    played = Played(make_plan(step("do", "first", text="x"), checklist, checks)).then("ana done first\nhosts answer")
    ready = played.then("+10s\nana tick ready keys\n+50s\nall pass").score().steps[1]
    assert (ready.id, ready.actual, ready.waited) == ("ready", 60.0, 10.0)


def test_failed_host_waits_for_a_person_until_it_is_answered() -> None:
    played = Played(make_plan(step("run", "a"))).then("hosts answer\n+10s\nall fail\n+30s\nana retry a web-1\n+5s")
    found = played.then("all pass").score()
    assert (found.steps[0].actual, found.steps[0].waited) == (45.0, 30.0)


def test_hold_counts_as_waiting_only_once_nothing_of_the_step_runs() -> None:
    plan = make_plan(step("run", "a", batches=(("web-1",), ("web-2",))))
    played = Played(plan).then(
        "hosts answer\nana hold\n+10s\nended a web-1 run 1 0\n+20s\nana resume\nhosts answer\n+5s\nall pass"
    )
    assert (played.score().steps[0].actual, played.score().steps[0].waited) == (35.0, 20.0)


def test_full_rollback_is_told() -> None:
    rolled = deployed().then("ana rollback rel\nhosts answer\nall pass").score("rolled_back")
    done = deployed().then("+10m").score("done")
    assert (rolled.rolled_back, done.rolled_back) == (True, False)
    missing = "no full rollback was among it: rehearse a scenario that ends `rolled_back`"
    assert (missing in rolled.advice, missing in done.advice) == (False, True)


def test_plan_without_a_way_back_is_not_told_to_rehearse_it() -> None:
    assert Played(make_plan(step("run", "a"))).then("hosts answer\nall pass").score().advice == ()


def test_score_names_what_was_played() -> None:
    found = Played(guarded()).score()
    assert (found.release, found.playbook, found.scenario, found.digest) == ("rel", "test", "storm", guarded().digest)
