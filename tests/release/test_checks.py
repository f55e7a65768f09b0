"""What shows that a host is well: polled until it passes often enough, or its time is over."""

from __future__ import annotations

from cockpit.playbook.plan import Check, Request
from cockpit.release.advance import due
from tests.release.script import Script, checked, make_plan, step


def test_a_check_must_pass_so_many_times_in_a_row() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(times=2, every=5)))).feed("hosts answer\nall pass")
    script.play("""
        < ended deploy web-1 check 1 0
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < ended deploy web-1 check 2 1
        < +5s
        attempt-started deploy web-1 check 3
        ! try deploy web-1 check 3
        < ended deploy web-1 check 3 0
        < +4s
        < +1s
        attempt-started deploy web-1 check 4
        ! try deploy web-1 check 4
        < ended deploy web-1 check 4 0
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_the_next_poll_is_due_so_many_seconds_after_the_last_one_ended() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(every=7)))).feed("hosts answer\nall pass\n+3s")
    script.feed("ended deploy web-1 check 1 1")
    assert due(script.state, script.now) == script.now + 7


def test_a_host_fails_when_its_deadline_is_over() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(every=5, deadline=8)))).feed("hosts answer\nall pass")
    script.play("""
        < ended deploy web-1 check 1 1
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < ended deploy web-1 check 2 1
        host-failed deploy web-1 failed did not pass within 0:05, last: exit status 1
    """)


def test_a_row_of_passes_that_has_begun_may_be_completed() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(times=2, every=5, deadline=0))))
    script.feed("hosts answer\nall pass\nended deploy web-1 check 1 0")
    script.play("""
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < ended deploy web-1 check 2 0
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_a_check_that_hangs_is_stopped_at_the_deadline() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(deadline=20)))).feed("hosts answer\nall pass")
    script.play("""
        < +19s
        < +1s
        stop-ordered deploy web-1 check 1
        ! kill deploy web-1 check 1
        < ended deploy web-1 check 1 stopped
        host-failed deploy web-1 failed did not pass within 0:20, last: stopped: over its time of 0:20; stopped
    """)


def test_a_check_asked_again_after_a_restart_has_time_to_answer() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(deadline=20)))).feed("hosts answer\nall pass")
    script.feed("ended deploy web-1 check 1 1")
    script.play("""
        < restarted
        ! reach web-1
        < +1h
        < hosts answer
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < +1s
        < ended deploy web-1 check 2 0
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_polling_goes_on_under_a_hold() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nall pass\nana hold")
    script.play("""
        < ended deploy web-1 check 1 1
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < ended deploy web-1 check 2 0
        host-passed deploy web-1
        step-passed deploy
    """)


def test_a_command_that_hangs_is_stopped_at_its_timeout() -> None:
    script = Script(make_plan(step("run", "deploy", timeout=60))).feed("hosts answer")
    script.play("""
        < +59s
        < +1s
        stop-ordered deploy web-1 run 1
        ! kill deploy web-1 run 1
        < ended deploy web-1 run 1 stopped
        host-failed deploy web-1 stopped stopped: over its time of 1:00; stopped
    """)


def test_a_captain_stops_a_check_and_the_host_fails() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nall pass")
    script.play("""
        < ana stop deploy
        stop-ordered deploy web-1 check 1
        ! kill deploy web-1 check 1
        < ended deploy web-1 check 1 stopped
        host-failed deploy web-1 failed did not pass within 0:00, last: stopped: because; stopped
    """)


def test_a_captain_stops_the_polling_between_two_polls() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nall pass")
    script.feed("ended deploy web-1 check 1 1")
    script.play("""
        < ana stop deploy
        stop-ordered deploy web-1 check 1
        host-failed deploy web-1 failed did not pass within 0:00, last: failed: because
        < +5s
    """)


def test_a_retry_after_a_failed_check_runs_the_command_again_and_then_its_check() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked(deadline=0)))).feed("hosts answer\nall pass")
    script.play("""
        < ended deploy web-1 check 1 1
        host-failed deploy web-1 failed did not pass within 0:00, last: exit status 1
        < ana retry deploy
        retry-ordered deploy web-1
        attempt-started deploy web-1 run 2
        ! try deploy web-1 run 2
        < ended deploy web-1 run 2 0
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
    """)


def test_a_request_as_check_needs_no_link_to_the_host() -> None:
    check = Check(request=Request(url="http://{{ host }}/"), every=5)
    script = Script(make_plan(step("run", "deploy", check=check))).feed("hosts answer\nall pass\nlost web-1")
    script.play("""
        < ended deploy web-1 check 1 1
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
    """)


def test_a_command_as_check_waits_for_the_link() -> None:
    script = Script(make_plan(step("run", "deploy", check=checked()))).feed("hosts answer\nall pass\nlost web-1")
    script.play("""
        < ended deploy web-1 check 1 1
        ! reach web-1
        < +5s
        < reached web-1
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
    """)


def test_an_http_step_is_repeated_until_its_deadline() -> None:
    script = Script(make_plan(step("http", "smoke", every=5, deadline=8))).feed("hosts answer")
    script.play("""
        < ended smoke here run 1 1
        < +5s
        attempt-started smoke here run 2
        ! try smoke here run 2
        < ended smoke here run 2 1
        host-failed smoke here failed did not pass within 0:05, last: exit status 1
    """)


def test_an_http_step_without_a_deadline_is_sent_once() -> None:
    script = Script(make_plan(step("http", "smoke"))).feed("hosts answer")
    script.play("""
        < ended smoke here run 1 1
        host-failed smoke here failed exit status 1
    """)


def test_a_request_over_its_time_is_one_failed_poll_of_several() -> None:
    script = Script(make_plan(step("http", "smoke", every=5, deadline=120, timeout=30))).feed("hosts answer")
    script.play("""
        < +30s
        stop-ordered smoke here run 1
        ! kill smoke here run 1
        < ended smoke here run 1 stopped
        < +5s
        attempt-started smoke here run 2
        ! try smoke here run 2
    """)


def test_a_request_that_a_captain_stops_is_not_sent_again() -> None:
    script = Script(make_plan(step("http", "smoke", deadline=120))).feed("hosts answer")
    script.play("""
        < ana stop smoke
        stop-ordered smoke here run 1
        ! kill smoke here run 1
        < ended smoke here run 1 stopped
        host-failed smoke here stopped stopped: because; stopped
    """)
