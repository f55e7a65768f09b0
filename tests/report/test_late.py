"""Steps that were late, in the score of a rehearsal."""

from __future__ import annotations

from cockpit.playbook.plan import After, Within
from cockpit.report.score_text import score_lines
from tests.release.script import make_plan, step
from tests.report.played import Played

PLAN = make_plan(step("do", "a", text="a", due=Within(seconds=600.0)), step("do", "b", text="b"))


def test_step_that_was_late_says_by_how_much() -> None:
    found = Played(PLAN).then("start\n+10m\n+5m\nana done a\n+1h").score()
    assert [(each.id, each.late) for each in found.steps] == [("a", 300.0), ("b", None)]
    assert found.missed == ("a was not complete by 00:26:40, when it was due",)
    assert any("a (late +05:00)" in line for line in score_lines(found))


def test_step_that_is_still_late_says_how_late_it_is_now() -> None:
    found = Played(PLAN).then("start\n+10m\nana hold\n+5m\nana resume").score()
    assert [each.late for each in found.steps] == [300.0]


def test_step_that_was_in_time_is_not_late() -> None:
    found = Played(PLAN).then("start\n+9m\nana done a\nana done b").score()
    assert ([each.late for each in found.steps], found.missed) == ([None, None], ())


def test_waiting_for_its_time_is_nobodys_waiting() -> None:
    plan = make_plan(step("do", "a", text="a"), step("do", "b", text="b", not_before=After(seconds=3600.0)))
    found = Played(plan).then("start\n+1m\nana done a\n+59m\n+2m\nana done b").score()
    assert [(each.id, each.waited) for each in found.steps] == [("a", 60.0), ("b", 120.0)]
