"""What the playbook says of failures, and what the captain answers."""

from __future__ import annotations

import pytest

from tests.release.script import Script, make_plan, step

TWO = ("web-1", "web-2")


def _failed(if_fails: str, **fields: object) -> Script:
    plan = make_plan(step("run", "deploy", if_fails=if_fails, **fields), back=(step("run", "undo"),))
    return Script(plan).feed("hosts answer")


def test_ask_waits_for_the_captain() -> None:
    script = _failed("ask")
    script.play("""
        < ended deploy web-1 run 1 2
        host-failed deploy web-1 failed exit status 2
    """)
    assert script.waiting() == ["answer deploy web-1"]


def test_hold_asks_and_holds() -> None:
    script = _failed("hold")
    script.play("""
        < ended deploy web-1 run 1 3
        host-failed deploy web-1 failed exit status 3
        held
    """)
    assert script.waiting() == ["resume", "answer deploy web-1"]


def test_a_hold_for_a_failure_is_not_repeated_after_resume() -> None:
    script = _failed("hold").feed("ended deploy web-1 run 1 1")
    script.play("""
        < ana resume
        resumed
        < +1h
    """)
    assert script.waiting() == ["answer deploy web-1"]


def test_drop_lets_the_host_go_while_it_is_tolerated() -> None:
    script = _failed("drop", hosts=TWO, fail_above=0.5)
    script.play("""
        < ended deploy web-1 run 1 4
        host-failed deploy web-1 failed exit status 4
        host-dropped deploy web-1
        < ended deploy web-2 run 1 0
        host-passed deploy web-2
        step-passed deploy
        ended done
    """)


def test_drop_asks_when_more_would_be_gone_than_tolerated() -> None:
    script = _failed("drop", hosts=TWO, fail_above=0.5)
    script.play("""
        < ended deploy web-1 run 1 5
        host-failed deploy web-1 failed exit status 5
        host-dropped deploy web-1
        < ended deploy web-2 run 1 5
        host-failed deploy web-2 failed exit status 5
    """)
    assert script.waiting() == ["answer deploy web-2"]


def test_roll_back_rolls_back_once_what_runs_was_stopped() -> None:
    script = _failed("roll back", hosts=TWO)
    script.play("""
        < ended deploy web-1 run 1 6
        host-failed deploy web-1 failed exit status 6
        rollback-started
        stop-ordered deploy web-2 run 1
        ! kill deploy web-2 run 1
        < ended deploy web-2 run 1 stopped
        host-failed deploy web-2 stopped stopped: the release is rolled back; stopped
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
    """)


def test_roll_back_tolerates_what_fail_above_does() -> None:
    script = _failed("roll back", hosts=TWO, fail_above=0.5)
    script.play("""
        < ended deploy web-1 run 1 7
        host-failed deploy web-1 failed exit status 7
    """)


def test_roll_back_is_not_put_off_by_a_hold() -> None:
    script = _failed("roll back").feed("ana hold")
    script.play("""
        < ended deploy web-1 run 1 8
        host-failed deploy web-1 failed exit status 8
        rollback-started
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
    """)


def test_roll_back_without_a_rollback_asks() -> None:
    script = Script(make_plan(step("run", "deploy", if_fails="roll back"))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 1")
    assert script.waiting() == ["answer deploy web-1"]


def test_stop_ends_the_release_as_failed_and_lets_the_others_finish() -> None:
    script = _failed("stop", hosts=TWO)
    script.play("""
        < ended deploy web-1 run 1 9
        host-failed deploy web-1 failed exit status 9
        aborted True
        < ended deploy web-2 run 1 0
        host-passed deploy web-2
        ended failed
    """)


def test_a_failed_stop_that_is_hurried_is_still_a_failure() -> None:
    script = _failed("stop", hosts=TWO).feed("ended deploy web-1 run 1 1")
    script.play("""
        < ana abort
        aborted
        stop-ordered deploy web-2 run 1
        ! kill deploy web-2 run 1
        < ended deploy web-2 run 1 stopped
        host-failed deploy web-2 stopped stopped: the release was aborted; stopped
        ended failed
    """)


def test_two_steps_that_fail_at_once_hold_once() -> None:
    steps = [step("wait", "ready", seconds=1)]
    steps += [step("run", name, if_fails="hold", after=("ready",)) for name in ("a", "b")]
    script = Script(make_plan(*steps)).feed("+1s\nhosts answer")
    script.play("""
        < all fail
        host-failed a web-1 failed failed
        host-failed b web-1 failed failed
        held
    """)


def test_a_failed_rollback_step_asks_though_it_says_roll_back() -> None:
    plan = make_plan(step("run", "deploy"), back=(step("run", "undo", if_fails="roll back"),))
    script = Script(plan).feed("hosts answer\nana rollback rel\nended deploy web-1 run 1 stopped")
    script.play("""
        < ended undo web-1 run 1 1
        host-failed undo web-1 failed exit status 1
    """)
    assert script.waiting() == ["answer undo web-1"]


def test_a_retry_is_a_new_attempt_on_that_host_alone() -> None:
    script = _failed("ask", hosts=TWO).feed("ended deploy web-1 run 1 1\nended deploy web-2 run 1 1")
    script.play("""
        < ana retry deploy web-2
        retry-ordered deploy web-2
        attempt-started deploy web-2 run 2
        ! try deploy web-2 run 2
    """)
    assert script.statuses("deploy") == {"web-1": "failed", "web-2": "running"}


def test_one_answer_is_for_one_host() -> None:
    script = _failed("ask", hosts=TWO).feed("ended deploy web-1 run 1 1\nended deploy web-2 run 1 1")
    assert script.refusal("ana retry deploy") == "one answer is for one host"


def test_all_answers_every_host_that_waits() -> None:
    script = _failed("ask", hosts=TWO).feed("ended deploy web-1 run 1 1\nended deploy web-2 run 1 1")
    script.play("""
        < ana skip deploy all
        step-skipped deploy web-1
        step-skipped deploy web-2
        step-skipped deploy
        ended done
    """)


def test_an_answer_needs_a_note() -> None:
    script = _failed("ask").feed("ended deploy web-1 run 1 1")
    assert script.refusal('ana retry deploy web-1 " "') == "this needs a note"


@pytest.mark.parametrize("answer", ["retry", "skip", "drop"])
def test_a_host_that_has_not_failed_takes_no_answer(answer: str) -> None:
    script = _failed("ask")
    assert script.refusal(f"ana {answer} deploy web-1") == "web-1 does not wait for an answer at deploy"
    assert script.refusal(f"ana {answer} deploy all") == "no host of deploy waits for an answer"


def test_an_answer_under_a_hold_is_taken_and_starts_nothing() -> None:
    script = _failed("ask").feed("ended deploy web-1 run 1 1\nana hold")
    script.play("""
        < ana retry deploy
        retry-ordered deploy web-1
        < ana resume
        resumed
        attempt-started deploy web-1 run 2
        ! try deploy web-1 run 2
    """)


def test_an_unreachable_host_is_an_error_and_a_retry_tries_to_reach_it_again() -> None:
    script = Script(make_plan(step("run", "deploy")))
    script.play("""
        < start
        step-started deploy
        ! reach web-1
        < unreachable web-1 no route
        host-failed deploy web-1 error nothing was started: web-1 is unreachable: no route
        < ana retry deploy
        retry-ordered deploy web-1
        ! reach web-1
        < hosts answer
        attempt-started deploy web-1 run 1
        ! keeplock web-1
        ! try deploy web-1 run 1
    """)


def test_a_step_is_skipped_between_its_batches() -> None:
    plan = make_plan(step("run", "deploy", batches=(("web-1",), ("web-2",))))
    script = Script(plan).feed("hosts answer\nana hold\nended deploy web-1 run 1 0")
    script.play("""
        < ana skip deploy
        step-skipped deploy
        < ana resume
        resumed
        ended done
    """)


def test_a_step_that_runs_cannot_be_skipped() -> None:
    assert _failed("ask").refusal("ana skip deploy") == "deploy is running"


def test_a_step_cannot_be_skipped_before_its_turn() -> None:
    plan = make_plan(step("gate", "go"), step("do", "call", text="call"), step("run", "deploy"))
    assert Script(plan).feed("start").refusal("ana skip call") == "it is not call's turn yet"


def test_a_complete_step_has_nothing_left_to_skip() -> None:
    plan = make_plan(step("do", "a", text="call"), step("do", "b", text="call"))
    assert Script(plan).feed("ana done a").refusal("ana skip a") == "a has nothing left to skip"


def test_a_step_that_does_not_exist_takes_no_answer() -> None:
    assert _failed("ask").refusal("ana skip nothing") == "no step 'nothing' in rel"


def test_nothing_is_stopped_where_nothing_runs() -> None:
    script = _failed("ask").feed("ended deploy web-1 run 1 1")
    assert script.refusal("ana stop deploy") == "nothing of deploy runs"
    assert script.refusal("ana stop deploy web-1") == "nothing of deploy runs on web-1"


def test_stopping_one_of_several_needs_its_name() -> None:
    script = _failed("ask", hosts=TWO)
    assert script.refusal("ana stop deploy") == "one answer is for one host"
    script.play("""
        < ana stop deploy web-2
        stop-ordered deploy web-2 run 1
        ! kill deploy web-2 run 1
        < ana stop deploy all
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
    """)


def test_what_is_being_stopped_is_not_stopped_twice() -> None:
    assert _failed("ask").feed("ana stop deploy").refusal("ana stop deploy") == "nothing of deploy runs"


def test_failure_that_only_a_role_lets_pass() -> None:
    plan = make_plan(step("run", "config", waiver=("sre",)), step("run", "deploy"))
    script = Script(plan).feed("start\nhosts answer\nall fail")
    entry = script.entries()[0]
    assert (entry.options, entry.who) == (("retry", "waive", "hold"), ("ana", "sre"))
    assert script.refusal("ana skip config") == "config passes only by a waiver of sre"
    assert script.refusal("ana drop config") == "config passes only by a waiver of sre"
    assert script.refusal("ana waive config sre") == "ana is not sre"
    assert script.refusal("chen waive config qa") == "qa may not waive config"
    script.feed("chen waive config sre")
    assert script.state.steps["config"].status == "skipped"
    assert script.state.steps["config"].waived["config"].by == "chen"
    assert script.state.steps["deploy"].status == "running"


def test_what_is_unknown_is_waived_by_that_role_too() -> None:
    plan = make_plan(step("run", "config", waiver=("sre",)), step("do", "look", text="x"))
    script = Script(plan).feed("hosts answer\nended config web-1 run 1 unknown")
    (entry,) = script.entries()
    assert (entry.who, entry.options) == (("ana", "sre"), ("passed", "failed", "retry", "waive"))
    script.feed("chen waive config sre")
    assert (script.statuses("config"), script.waiting()) == ({"web-1": "skipped"}, ["step look"])


def test_nothing_is_dropped_by_itself_where_only_a_role_lets_it_pass() -> None:
    both = ("web-1", "web-2")
    plan = make_plan(step("run", "deploy", hosts=both, fail_above=0.5, if_fails="drop", waiver=("sre",)))
    script = Script(plan).feed("hosts answer\nended deploy web-1 run 1 1\nended deploy web-2 run 1 0")
    assert script.waiting() == ["answer deploy web-1"]
