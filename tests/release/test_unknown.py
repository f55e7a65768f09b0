"""Attempts of which nobody can tell how they ended."""

from __future__ import annotations

from cockpit.playbook.plan import Request
from tests.release.script import Script, checked, make_plan, step


def test_an_unknown_attempt_waits_for_a_person_and_is_not_tried_again() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown
        < +1h
        < restarted
    """)
    assert script.waiting() == ["settle deploy web-1"]


def test_the_check_settles_what_is_unknown() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(times=2)))).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown
        attempt-started deploy web-1 check 1
        ! try deploy web-1 check 1
        < ended deploy web-1 check 1 0
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < ended deploy web-1 check 2 0
        attempt-settled deploy web-1 run 1 passed
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_a_check_that_says_no_leaves_it_unknown_for_a_person() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(deadline=5)))).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown
        attempt-started deploy web-1 check 1
        ! try deploy web-1 check 1
        < ended deploy web-1 check 1 1
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < ended deploy web-1 check 2 1
        host-failed deploy web-1 unknown did not pass within 0:05, last: exit status 1
        < +1h
    """)
    assert script.waiting() == ["settle deploy web-1"]


def test_a_person_settles_it_as_passed() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nended deploy web-1 run 1 unknown")
    script.play("""
        < ana settle deploy web-1 passed
        attempt-settled deploy web-1 run 1 passed
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_a_person_settles_it_as_passed_although_its_check_says_no() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(deadline=0)))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 unknown\nended deploy web-1 check 1 1")
    script.play("""
        < ana settle deploy web-1 passed
        attempt-settled deploy web-1 run 1 passed
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_settled_as_failed_it_causes_what_a_failure_causes() -> None:
    plan = make_plan(step("run", "deploy", if_fails="roll back"), back=(step("run", "undo"),))
    script = Script(plan).feed("hosts answer\nended deploy web-1 run 1 unknown")
    script.play("""
        < ana settle deploy web-1 failed
        attempt-settled deploy web-1 run 1 failed
        host-failed deploy web-1 failed settled as failed by ana: seen
        rollback-started
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
    """)


def test_what_is_unknown_is_no_failure_and_rolls_nothing_back() -> None:
    plan = make_plan(step("run", "deploy", if_fails="roll back"), back=(step("run", "undo"),))
    script = Script(plan).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown
    """)


def test_a_retry_of_what_is_unknown_needs_an_order_and_has_an_id_of_its_own() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nended deploy web-1 run 1 unknown")
    script.play("""
        < ana retry deploy web-1
        retry-ordered deploy web-1
        attempt-started deploy web-1 run 2
        ! try deploy web-1 run 2
    """)
    assert script.id_of("deploy web-1 run 1") != script.id_of("deploy web-1 run 2")


def test_no_answer_is_taken_while_its_check_is_being_asked() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 unknown")
    for line in ("retry deploy", "retry deploy all", "skip deploy", "drop deploy", "settle deploy web-1 passed"):
        assert script.refusal(f"ana {line}") == "the check of web-1 is being asked just now"


def test_its_check_can_be_stopped_and_a_person_settles_it() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 unknown")
    script.play("""
        < ana stop deploy
        stop-ordered deploy web-1 check 1
        ! kill deploy web-1 check 1
        < ended deploy web-1 check 1 stopped
        host-failed deploy web-1 unknown did not pass within 0:00, last: stopped: because; stopped
        < ana settle deploy web-1 passed
        attempt-settled deploy web-1 run 1 passed
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_a_hold_puts_its_check_off() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nana hold")
    script.play("""
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown
        < ana resume
        resumed
        attempt-started deploy web-1 check 1
        ! try deploy web-1 check 1
    """)


def test_a_host_that_cannot_be_reached_leaves_it_unknown() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nlost web-1")
    script.play("""
        < ended deploy web-1 run 1 unknown
        host-failed deploy web-1 unknown unknown
        ! reach web-1
        < unreachable web-1 no route
        host-failed deploy web-1 unknown the check was not asked: web-1 is unreachable: no route
    """)


def test_an_http_post_without_an_answer_is_unknown_and_not_sent_again() -> None:
    post = step("http", "switch", request=Request(url="http://lb/", method="POST"), deadline=60)
    script = Script(make_plan(post)).feed("hosts answer")
    script.play("""
        < ended switch here run 1 unknown
        host-failed switch here unknown unknown
        < +30s
        < ana settle switch here failed
        attempt-settled switch here run 1 failed
        host-failed switch here failed settled as failed by ana: seen
    """)


def test_a_skipped_unknown_is_still_named_at_the_end() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer\nended deploy web-1 run 1 unknown")
    script.play("""
        < ana skip deploy
        step-skipped deploy web-1
        step-skipped deploy
        ended done unknown: deploy on web-1
    """)


def test_an_unknown_that_is_not_asked_for_cannot_be_settled() -> None:
    script = Script(make_plan(step("run", "deploy"))).feed("hosts answer")
    assert script.refusal("ana settle deploy web-1 passed") == "deploy is not unknown on web-1"
