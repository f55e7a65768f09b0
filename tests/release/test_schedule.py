"""When steps were meant to start and end, and when they are to be expected."""

from __future__ import annotations

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Step
from cockpit.release.schedule import lateness, schedule
from tests.release.script import Script, make_plan, step


def _do(name: str, takes: float, *after: str) -> Step:
    return step("do", name, text=name, takes=takes, after=after)


def _spans(script: Script) -> dict[str, tuple[float, ...]]:
    times = schedule(script.state, script.now)
    began = script.state.opened
    return {
        name: tuple(each - began for each in (one.planned_start, one.planned_end, one.expected_start, one.expected_end))
        for name, one in times.items()
    }


def test_steps_follow_each_other() -> None:
    script = Script(make_plan(_do("a", 60), _do("b", 30))).feed("start")
    assert _spans(script) == {"a": (0, 60, 0, 60), "b": (60, 90, 60, 90)}


def test_steps_side_by_side_begin_together_and_the_next_waits_for_the_longer() -> None:
    plan = make_plan(_do("a", 10), _do("b", 60, "a"), _do("c", 20, "a"), _do("d", 5, "b", "c"))
    spans = _spans(Script(plan).feed("start"))
    assert [spans[name][:2] for name in "abcd"] == [(0, 10), (10, 70), (10, 30), (70, 75)]


def test_a_step_that_waits_for_one_written_behind_it_comes_after_it() -> None:
    plan = make_plan(_do("a", 10), _do("b", 5, "c"), _do("c", 20, "a"))
    assert _spans(Script(plan).feed("start"))["b"] == (30, 35, 30, 35)


def test_a_step_that_takes_longer_pushes_the_rest_away() -> None:
    script = Script(make_plan(_do("a", 60), _do("b", 30))).feed("start\n+90s")
    assert _spans(script) == {"a": (0, 60, 0, 90), "b": (60, 90, 90, 120)}
    assert lateness(script.state, script.now) == 30


def test_a_step_that_ended_early_pulls_the_rest_along() -> None:
    script = Script(make_plan(_do("a", 60), _do("b", 30))).feed("start\n+20s\nana done a")
    assert _spans(script)["b"] == (60, 90, 20, 50)
    assert lateness(script.state, script.now) == -40


def test_a_step_that_should_have_begun_is_expected_now() -> None:
    script = Script(make_plan(_do("a", 60), _do("b", 30))).feed("start\nana hold\n+20s\nana done a\n+10s")
    assert _spans(script)["b"][2:] == (30, 60)


def test_a_rollback_has_its_own_schedule() -> None:
    script = Script(make_plan(_do("a", 60), back=(_do("undo", 20),))).feed("start\n+30s\nana rollback rel\n+5s")
    assert _spans(script) == {"undo": (30, 50, 30, 50)}


def _soaking(lines: str) -> tuple[float, ...]:
    rules = {"r": Rule(name="r", metric="m")}
    plan = make_plan(step("soak", "soak", rules=("r",), seconds=3600.0), _do("after", 60), rules=rules)
    return _spans(Script(plan).feed(f"r is passing\n{lines}"))["after"][2:]


def test_what_comes_after_a_soak_is_expected_at_its_end() -> None:
    assert _soaking("+30m") == (3600, 3660)


def test_broken_soak_moves_what_comes_after_it_away() -> None:
    assert _soaking("+30m\nr is failing\n+10m") == (6000, 6060)
    assert _soaking("+30m\nr is failing\n+10m\nr is passing\n+20m") == (6000, 6060)


def test_gap_of_a_soak_moves_what_comes_after_it_away() -> None:
    assert _soaking("+30m\nr is no-data\n+10m") == (4200, 4260)
    assert _soaking("+30m\nrestarted 645") == (4200, 4260)


def test_guard_that_nobody_measured_for_a_while_is_expected_to_end_later() -> None:
    plan = make_plan(
        step("guard", "watch", rules={"r": "warn"}, seconds=600.0), rules={"r": Rule(name="r", metric="m")}
    )
    assert _spans(Script(plan).feed("r is passing\nrestarted 105"))["watch"][2:] == (0, 660)
