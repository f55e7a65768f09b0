"""An engine that dies and comes back: the same state, the same wishes, nothing twice."""

from __future__ import annotations

from cockpit.release.apply import fold
from cockpit.release.effects import Try, wanted
from tests.release.script import Script, checked, make_plan, step


def test_what_runs_is_followed_again_and_nothing_is_started() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer")
    script.play("""
        < restarted
    """)
    assert Try(script.id_of("deploy web-1 run 1")) in script.wanted


def test_a_journal_that_is_read_again_wants_what_was_wanted() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nall pass\nana stop deploy")
    assert wanted(fold(script.records)) == script.wanted


def test_an_id_is_the_same_in_a_release_with_the_same_nonce_and_unlike_any_other() -> None:
    scripts = [Script(make_plan(step("run", name))).feed("hosts answer") for name in ("deploy", "deploy", "restart")]
    first, again, other = [next(iter(script.state.attempts)) for script in scripts]
    assert first == again != other


def test_a_host_is_reached_again_before_the_next_attempt() -> None:
    script = Script(make_plan(step("run", "stop"), step("run", "start"))).feed("hosts answer\nrestarted")
    script.play("""
        < ended stop web-1 run 1 0
        host-passed stop web-1
        step-passed stop
        step-started start
        ! reach web-1
        < reached web-1
        < locked web-1
        attempt-started start web-1 run 1
        ! try start web-1 run 1
    """)


def test_an_open_gate_stays_open_with_its_signatures() -> None:
    script = Script(make_plan(step("gate", "go", sign={"sre": 1}))).feed("chen sign go sre yes\nrestarted")
    assert script.waiting() == ["gate go"]


def test_a_hold_and_an_unknown_stay() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nended deploy web-1 run 1 unknown\nana hold")
    assert script.feed("restarted").waiting() == ["resume", "settle deploy web-1"]


def test_a_lost_link_says_nothing_about_the_command() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer")
    script.play("""
        < lost web-1
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_a_host_that_was_lost_while_waiting_is_reached_again() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("reached web-1")
    script.play("""
        < lost web-1
        ! reach web-1
        < reached web-1
        ! keeplock web-1
        < locked web-1
        attempt-started deploy web-1 run 1
        ! try deploy web-1 run 1
    """)
