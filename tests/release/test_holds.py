"""Hold: what runs finishes, everything else waits."""

from __future__ import annotations

from tests.release.script import Script, make_plan, step


def test_what_runs_finishes_and_pending_steps_wait() -> None:
    script = Script(make_plan(step("run", "deploy"), step("do", "call", text="call"))).feed("hosts answer")
    script.play("""
        < ana hold
        held
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        step-passed deploy
        < ana resume
        resumed
        step-started call
    """)


def test_the_next_batch_waits_and_is_not_even_reached() -> None:
    plan = make_plan(step("run", "deploy", batches=(("web-1",), ("web-2",))))
    script = Script(plan).feed("hosts answer\nana hold")
    script.play("""
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        < ana resume
        resumed
        ! reach web-2
    """)


def test_a_release_that_is_held_before_its_end_does_not_end() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nana hold")
    script.play("""
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        step-passed deploy
        < ana resume
        resumed
        ended done
    """)


def test_people_may_finish_their_steps_under_a_hold() -> None:
    script = Script(make_plan(step("do", "call", text="call"), step("run", "deploy"))).feed("ana hold")
    script.play("""
        < ana done call
        step-done call
        step-passed call
    """)


def test_a_pause_goes_by_under_a_hold() -> None:
    script = Script(make_plan(step("wait", "soak", seconds=60), step("run", "deploy"))).feed("ana hold")
    script.play("""
        < +60s
        step-passed soak
    """)


def test_a_hold_names_who_and_why() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("ana hold look")
    assert (script.state.held_by, script.state.held_note) == ("ana", "look")
    assert script.waiting() == ["resume"]


def test_a_second_hold_is_refused() -> None:
    assert Script(make_plan(step("run", "deploy"))).feed("ana hold").refusal("ana hold") == "held by ana already"


def test_nothing_is_resumed_that_is_not_held() -> None:
    assert Script(make_plan(step("run", "deploy"))).feed("start").refusal("ana resume") == "nothing is held"


def test_a_hold_after_the_end_is_refused() -> None:
    script = Script(make_plan(step("do", "call", text="call"))).feed("ana done call")
    assert script.refusal("ana hold") == "rel is done"
    assert script.refusal("ana resume") == "rel is done"


def test_only_the_captain_holds() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("start")
    assert script.refusal("chen hold") == "only the captain may do this, and chen is not"


def test_a_rollback_can_be_held_and_resumed() -> None:
    plan = make_plan(
        step("do", "call", text="call"), back=(step("do", "undo", text="undo"), step("do", "tell", text="tell"))
    )
    script = Script(plan).feed("ana rollback rel\nana hold")
    script.play("""
        < ana done undo
        step-done undo
        step-passed undo
        < ana resume
        resumed
        step-started tell
    """)
