"""Abort: what runs is stopped, or finishes; nothing else begins."""

from __future__ import annotations

import pytest

from tests.release.script import Script, checked, make_plan, step


def test_what_runs_is_stopped_and_then_it_has_ended() -> None:
    script = Script(make_plan(step("run", "deploy"), step("do", "call", text="call"))).feed("hosts answer")
    script.play("""
        < ana abort
        aborted
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
        < ended deploy web-1 run 1 stopped
        host-failed deploy web-1 stopped stopped: the release was aborted; stopped
        ended aborted
        < +1h
    """)


def test_what_runs_may_finish_and_nothing_follows() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()), step("do", "call", text="call")))
    script.feed("hosts answer")
    script.play("""
        < ana abort finish
        aborted True
        < ended deploy web-1 run 1 0
        ended aborted
    """)


def test_a_step_that_finishes_after_an_abort_has_passed() -> None:
    script = Script(make_plan(step("run", "deploy"), step("do", "call", text="call"))).feed("hosts answer")
    script.play("""
        < ana abort finish
        aborted True
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        step-passed deploy
        ended aborted
    """)


def test_letting_finish_can_be_changed_into_a_stop() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nana abort finish")
    script.play("""
        < ana abort
        aborted
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
    """)


@pytest.mark.parametrize("again", ["abort", "abort finish"])
def test_a_second_abort_is_refused(again: str) -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nana abort")
    assert script.refusal(f"ana {again}") == "rel is aborted already"


def test_an_ended_release_is_not_aborted() -> None:
    script = Script(make_plan(step("do", "call", text="call"))).feed("ana done call")
    assert script.refusal("ana abort") == "rel is done already"


def test_what_stays_unknown_is_named() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer")
    script.play("""
        < ana abort
        aborted
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
        < lost web-1
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown: the release was aborted; unknown
        ended aborted unknown: deploy on web-1
    """)


def test_the_check_of_what_is_unknown_is_not_asked_any_more() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nana abort")
    script.play("""
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown: the release was aborted; unknown
        ended aborted unknown: deploy on web-1
        < +1h
    """)


def test_an_abort_pre_empts_a_hold_and_an_open_gate() -> None:
    script = Script(make_plan(step("gate", "go"))).feed("ana hold")
    script.play("""
        < ana abort
        aborted
        ended aborted
    """)
    assert script.waiting() == []


def test_no_failure_causes_anything_after_an_abort() -> None:
    plan = make_plan(step("run", "deploy", if_fails="roll back"), back=(step("run", "undo"),))
    script = Script(plan).feed("hosts answer\nana abort finish")
    script.play("""
        < ended deploy web-1 run 1 1
        host-failed deploy web-1 failed exit status 1
        ended aborted
    """)


def test_answers_are_refused_after_an_abort() -> None:
    script = Script(make_plan(step("run", "deploy", hosts=("web-1", "web-2")))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 1\nana abort finish")
    for line in ("retry deploy web-1", "skip deploy web-1", "drop deploy web-1", "hold", "resume"):
        assert script.refusal(f"ana {line}") == "rel is aborted"


def test_what_is_unknown_can_be_settled_after_the_end() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nana abort\nended deploy web-1 run 1 unknown")
    script.play("""
        < ana settle deploy web-1 passed
        attempt-settled deploy web-1 run 1 passed
        host-passed deploy web-1
        step-passed deploy
    """)


def test_an_aborted_rollback_has_failed() -> None:
    plan = make_plan(step("do", "call", text="call"), back=(step("run", "undo"),))
    script = Script(plan).feed("ana rollback rel\nhosts answer")
    script.play("""
        < ana abort
        aborted
        stop-ordered undo web-1 run 1
        ! kill undo web-1 run 1
        < ended undo web-1 run 1 stopped
        host-failed undo web-1 stopped stopped: the release was aborted; stopped
        ended failed
    """)


def test_a_time_box_still_ends_what_may_finish() -> None:
    script = Script(make_plan(step("run", "deploy", timeout=60))).feed("hosts answer\nana abort finish")
    script.play("""
        < +60s
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
    """)
