"""Roll back: what runs is stopped first, then the way back is gone, from anywhere."""

from __future__ import annotations

from tests.release.script import Script, checked, make_plan, step

UNDO = step("run", "undo", hosts=("web-1", "web-2"))


def _release(*steps: str, **fields: object) -> Script:
    forward = [step("run", name, hosts=("web-1", "web-2"), **fields) for name in steps or ("deploy",)]
    return Script(make_plan(*forward, back=(UNDO, step("do", "tell", text="tell")))).feed("hosts answer")


def test_it_begins_once_everything_that_runs_is_confirmed_to_be_stopped() -> None:
    script = _release("deploy", "restart")
    script.play("""
        < ana rollback rel
        rollback-started
        stop-ordered deploy web-1 run 1
        stop-ordered deploy web-2 run 1
        ! kill deploy web-1 run 1
        ! kill deploy web-2 run 1
        < ended deploy web-1 run 1 stopped
        host-failed deploy web-1 stopped stopped: the release is rolled back; stopped
        < ended deploy web-2 run 1 stopped
        host-failed deploy web-2 stopped stopped: the release is rolled back; stopped
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
        < all pass
        host-passed undo web-1
        host-passed undo web-2
        step-passed undo
        step-started tell
        < ana done tell
        step-done tell
        step-passed tell
        ended rolled_back
    """)


def test_a_lost_link_keeps_it_waiting_until_the_stop_is_decided() -> None:
    script = _release().feed("ended deploy web-1 run 1 0\nlost web-2\nana rollback rel")
    script.play("""
        < +1h
        < ended deploy web-2 run 1 unknown
        host-failed deploy web-2 unknown unknown: the release is rolled back; unknown
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
        < ana settle deploy web-2 failed
        attempt-settled deploy web-2 run 1 failed
        host-failed deploy web-2 failed failed: the release is rolled back; settled as failed by ana: seen
        ! reach web-2
        < reached web-2
        attempt-started undo web-2 run 1
        ! try undo web-2 run 1
    """)


def test_a_host_where_something_is_unknown_waits_until_that_is_settled() -> None:
    script = _release().feed("ended deploy web-1 run 1 unknown\nended deploy web-2 run 1 0")
    script.play("""
        < ana rollback rel
        rollback-started
        step-started undo
        attempt-started undo web-2 run 1
        ! try undo web-2 run 1
        < ended undo web-2 run 1 0
        host-passed undo web-2
        < ana settle deploy web-1 failed
        attempt-settled deploy web-1 run 1 failed
        host-failed deploy web-1 failed settled as failed by ana: seen
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
    """)


def test_what_was_skipped_or_dropped_while_unknown_keeps_its_host_waiting_too() -> None:
    script = _release()
    script.feed("ended deploy web-1 run 1 unknown\nended deploy web-2 run 1 unknown")
    script.feed("ana skip deploy web-1\nana drop deploy web-2\nana rollback rel")
    assert script.waiting() == ["settle deploy web-1", "settle deploy web-2"]
    script.play("""
        < ana settle deploy web-2 passed
        attempt-settled deploy web-2 run 1 passed
        attempt-started undo web-2 run 1
        ! try undo web-2 run 1
    """)
    assert script.statuses("deploy") == {"web-1": "skipped", "web-2": "dropped"}


def test_forward_steps_take_no_answer_but_the_settling_of_what_is_unknown() -> None:
    script = _release().feed("ended deploy web-1 run 1 unknown\nended deploy web-2 run 1 1\nana rollback rel")
    for line in ("retry deploy web-1", "skip deploy web-1", "drop deploy web-2"):
        assert script.refusal(f"ana {line}") == "deploy is not part of what is being done now"


def test_a_forward_check_is_not_asked_any_more() -> None:
    script = _release(check=checked()).feed("all pass\nended deploy web-1 check 1 1")
    script.play("""
        < ana rollback rel
        rollback-started
        stop-ordered deploy web-2 check 1
        ! kill deploy web-2 check 1
        < ended deploy web-2 check 1 stopped
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
        < +5s
    """)


def test_it_asks_for_the_name_of_the_release() -> None:
    assert _release().refusal("ana rollback") == "rolling back asks for the release's name to be typed"


def test_only_the_captain_rolls_back() -> None:
    assert _release().refusal("chen rollback rel") == "only the captain may do this, and chen is not"


def test_it_needs_a_way_back() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("start")
    assert script.refusal("ana rollback rel") == "this playbook has no rollback"


def test_it_pre_empts_a_hold() -> None:
    script = _release().feed("ana hold\nall pass")
    script.play("""
        < ana rollback rel
        rollback-started
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
    """)


def test_it_is_possible_after_an_abort() -> None:
    script = _release().feed("ana abort\nended deploy web-1 run 1 stopped\nended deploy web-2 run 1 unknown")
    script.play("""
        < ana rollback rel
        rollback-started
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
    """)


def test_it_is_possible_while_an_abort_still_stops_what_runs() -> None:
    script = _release().feed("ana abort")
    script.play("""
        < ana rollback rel
        rollback-started
        < ended deploy web-1 run 1 stopped
        host-failed deploy web-1 stopped stopped: the release was aborted; stopped
        < ended deploy web-2 run 1 stopped
        host-failed deploy web-2 stopped stopped: the release was aborted; stopped
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
    """)


def test_it_is_possible_after_a_failure() -> None:
    script = _release(if_fails="stop").feed("ended deploy web-1 run 1 1\nended deploy web-2 run 1 0")
    assert script.state.end == "failed"
    script.play("""
        < ana rollback rel
        rollback-started
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
    """)


def test_it_is_possible_when_done_as_long_as_the_release_is_not_closed() -> None:
    script = _release().feed("all pass")
    assert script.state.end == "done"
    script.play("""
        < ana rollback rel
        rollback-started
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
    """)
    done = _release().feed("all pass\nana close")
    assert done.refusal("ana rollback rel") == "rel is closed"


def test_it_is_not_done_twice() -> None:
    script = _release().feed("all pass\nana rollback rel")
    assert script.refusal("ana rollback rel") == "rel is being rolled back already"
    script.feed("all pass\nana done tell")
    assert script.refusal("ana rollback rel") == "rel is rolled back already"


def test_a_failed_one_that_is_resumed_repeats_only_what_has_not_passed() -> None:
    script = _release().feed(
        "all pass\nana rollback rel\nended undo web-1 run 1 0\nended undo web-2 run 1 1\nana abort"
    )
    script.play("""
        < ana rollback rel
        rollback-started
        attempt-started undo web-2 run 2
        ! try undo web-2 run 2
        < ended undo web-2 run 2 0
        host-passed undo web-2
        step-passed undo
        step-started tell
    """)


def test_a_resumed_one_keeps_what_people_dropped_and_skipped() -> None:
    script = _release().feed("all pass\nana rollback rel\nended undo web-1 run 1 1\nana drop undo web-1\nana abort")
    script.feed("ended undo web-2 run 1 stopped")
    script.play("""
        < ana rollback rel
        rollback-started
        attempt-started undo web-2 run 2
        ! try undo web-2 run 2
        < ended undo web-2 run 2 0
        host-passed undo web-2
        step-passed undo
        step-started tell
    """)
    assert script.statuses("undo") == {"web-1": "dropped", "web-2": "passed"}


def test_a_resumed_one_goes_on_with_a_check_and_does_not_run_its_command_again() -> None:
    plan = make_plan(step("do", "call", text="call"), back=(step("run", "undo", check=checked()),))
    script = Script(plan).feed("ana rollback rel\nhosts answer\nall pass\nended undo web-1 check 1 1\nana abort")
    script.play("""
        < ana rollback rel
        rollback-started
        attempt-started undo web-1 check 2
        ! try undo web-1 check 2
    """)


def test_a_resumed_one_waits_for_what_is_still_being_stopped() -> None:
    script = _release().feed("all pass\nana rollback rel\nended undo web-1 run 1 1\nana abort")
    script.play("""
        < ana rollback rel
        rollback-started
        attempt-started undo web-1 run 2
        ! try undo web-1 run 2
        < ended undo web-2 run 1 stopped
        host-failed undo web-2 stopped stopped: the release was aborted; stopped
    """)


def test_a_resumed_one_does_not_repeat_what_is_unknown() -> None:
    script = _release().feed("all pass\nana rollback rel\nended undo web-1 run 1 unknown\nended undo web-2 run 1 0")
    script.feed("ana abort\nana rollback rel")
    assert script.waiting() == ["settle undo web-1"]


def test_what_verifies_it_is_part_of_it() -> None:
    plan = make_plan(
        step("do", "call", text="call"), back=(step("run", "undo"),), verify=(step("run", "smoke", hosts=("here",)),)
    )
    script = Script(plan).feed("ana rollback rel\nhosts answer\nall pass")
    script.play("""
        < hosts answer
        attempt-started smoke here run 1
        ! try smoke here run 1
        < ended smoke here run 1 0
        host-passed smoke here
        step-passed smoke
        ended rolled_back
    """)


def test_it_drops_open_steps_of_people() -> None:
    plan = make_plan(step("do", "call", text="call"), back=(step("do", "undo", text="undo"),))
    script = Script(plan).feed("ana rollback rel")
    assert script.refusal("ana done call") == "call is not part of what is being done now"
    assert script.waiting() == ["step undo"]
