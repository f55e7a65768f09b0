"""Locks: on the first host of each group, so that no two releases work on its hosts."""

from __future__ import annotations

from cockpit.release.effects import KeepLock
from cockpit.release.locks import lock_hosts
from tests.release.script import Script, make_plan, step

TWO = ("web-1", "web-2")


def _release() -> Script:
    return Script(make_plan(step("run", "deploy", hosts=TWO)))


def test_a_group_is_locked_on_its_first_host_even_if_that_is_not_touched() -> None:
    plan = make_plan(step("run", "deploy", hosts=("web-2",)), groups={"web": TWO})
    script = Script(plan)
    script.play("""
        < start
        step-started deploy
        ! reach web-1
        ! reach web-2
        < reached web-1
        ! keeplock web-1
        < reached web-2
        < locked web-1
        attempt-started deploy web-2 run 1
        ! try deploy web-2 run 1
    """)


def test_a_host_in_two_groups_needs_both_locks() -> None:
    plan = make_plan(step("run", "deploy", hosts=("web-2",)), groups={"web": TWO, "db": ("db-1", "web-2")})
    script = Script(plan).feed("reached web-2\nreached web-1\nreached db-1")
    assert lock_hosts(script.state, ("web-2",)) == ("web-1", "db-1")
    script.play("""
        < locked web-1
        < locked db-1
        attempt-started deploy web-2 run 1
        ! try deploy web-2 run 1
    """)


def test_this_machine_needs_no_lock() -> None:
    script = Script(make_plan(step("run", "build", hosts=("here",)), groups={}))
    script.play("""
        < start
        step-started build
        ! reach here
        < reached here
        attempt-started build here run 1
        ! try build here run 1
    """)


def test_a_host_without_a_group_is_locked_itself() -> None:
    assert lock_hosts(Script(make_plan(step("run", "deploy"), groups={})).state, ("web-1",)) == ("web-1",)


def test_a_refused_lock_starts_nothing_and_asks_the_captain() -> None:
    script = _release().feed("reached web-1\nreached web-2")
    script.play("""
        < locked-out web-1
    """)
    assert script.waiting() == ["lock lock-web-1 web-1"]


def test_a_lock_that_becomes_free_is_taken_and_it_goes_on() -> None:
    script = _release().feed("reached web-1\nreached web-2\nlocked-out web-1")
    script.play("""
        < locked web-1
        attempt-started deploy web-1 run 1
        attempt-started deploy web-2 run 1
        ! try deploy web-1 run 1
        ! try deploy web-2 run 1
    """)


def test_a_lock_is_taken_over_by_the_captain_with_a_note() -> None:
    script = _release().feed("reached web-1\nreached web-2\nlocked-out web-1")
    assert script.refusal("ana decide lock-web-1 'take over' ' '") == "taking a lock over needs a note"
    assert script.refusal("ana decide lock-web-1 wait") == "no option 'wait'"
    script.play("""
        < ana decide lock-web-1 "take over"
        lock-takeover-ordered web-1
        ! keeplock web-1 True
        < locked web-1
        attempt-started deploy web-1 run 1
        attempt-started deploy web-2 run 1
        ! keeplock web-1
        ! try deploy web-1 run 1
        ! try deploy web-2 run 1
    """)


def test_a_lock_that_is_not_refused_is_no_decision() -> None:
    script = _release().feed("hosts answer")
    assert script.refusal("ana decide lock-web-1 'take over'") == "no decision 'lock-web-1' is open"


def test_a_lock_that_another_release_takes_from_us_holds_once_and_starts_nothing() -> None:
    plan = make_plan(step("run", "deploy", batches=(("web-1",), ("web-2",))))
    script = Script(plan).feed("hosts answer")
    script.play("""
        < locked-out web-1
        held
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        < ana resume
        resumed
        ! reach web-2
        < ana decide lock-web-1 "take over"
        lock-takeover-ordered web-1
        ! keeplock web-1 True
        < locked web-1
        ! keeplock web-1
    """)


def test_a_lock_lost_under_a_hold_holds_again_after_it() -> None:
    script = _release().feed("hosts answer\nana hold\nlocked-out web-1")
    assert script.waiting() == ["resume", "lock lock-web-1 web-1"]
    script.play("""
        < ana resume
        resumed
        held
    """)


def test_a_lock_lost_while_the_engine_was_away_holds_too() -> None:
    script = _release().feed("hosts answer\nrestarted")
    script.play("""
        < locked-out web-1
        held
    """)


def test_an_ordered_takeover_is_still_wanted_after_a_restart() -> None:
    script = _release().feed("reached web-1\nlocked-out web-1\nana decide lock-web-1 'take over'\nrestarted")
    assert KeepLock("web-1", take_over=True) in script.wanted


def test_a_dead_host_with_the_lock_does_not_stop_the_others_once_the_lock_is_ours() -> None:
    plan = make_plan(step("run", "stop", hosts=TWO), step("run", "start", hosts=TWO))
    script = Script(plan).feed("hosts answer\nlost web-1")
    script.play("""
        < all pass
        host-passed stop web-1
        host-passed stop web-2
        step-passed stop
        step-started start
        attempt-started start web-2 run 1
        ! reach web-1
        ! try start web-2 run 1
        < unreachable web-1 no route
        host-failed start web-1 error nothing was started: web-1 is unreachable: no route
    """)


def test_without_its_lock_host_a_group_is_not_touched() -> None:
    script = _release().feed("reached web-2")
    script.play("""
        < unreachable web-1 no route
        host-failed deploy web-1 error nothing was started: web-1 is unreachable: no route
        host-failed deploy web-2 error nothing was started: web-1 is unreachable: no route
    """)


def test_a_retry_tries_to_reach_the_lock_host_again() -> None:
    script = _release().feed("reached web-2\nunreachable web-1 no route")
    script.play("""
        < ana retry deploy web-2
        retry-ordered deploy web-2
        ! reach web-1
    """)


def test_dropping_a_dead_lock_host_moves_the_lock_to_the_next() -> None:
    script = _release().feed("reached web-2\nunreachable web-1 no route")
    script.play("""
        < ana drop deploy web-1
        host-dropped deploy web-1
        < ana retry deploy web-2
        retry-ordered deploy web-2
        ! keeplock web-2
        < locked web-2
        attempt-started deploy web-2 run 1
        ! try deploy web-2 run 1
    """)


def test_dropping_the_lock_host_keeps_a_lock_that_is_ours() -> None:
    script = Script(make_plan(step("run", "deploy", batches=(("web-1",), ("web-2",))))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 1\nana drop deploy web-1\nhosts answer")
    assert script.state.hosts["web-2"].lock == "none"
    assert script.statuses("deploy") == {"web-1": "dropped", "web-2": "running"}


def test_a_lock_that_cannot_be_looked_at_after_a_restart_is_not_asked_for_without_end() -> None:
    script = _release().feed("hosts answer\nrestarted\nunreachable web-1 no route")
    assert KeepLock("web-1") not in script.wanted


def test_locks_are_kept_until_the_release_is_closed() -> None:
    script = _release().feed("hosts answer\nall pass")
    assert script.state.end == "done"
    assert KeepLock("web-1") in script.wanted
    assert KeepLock("web-1") not in script.feed("ana close").wanted


def test_dropping_a_host_does_not_get_round_the_lock_that_another_release_holds_on_it() -> None:
    script = Script(make_plan(step("run", "deploy", batches=(("web-1",), ("web-2",))))).feed("hosts answer")
    script.feed("ended deploy web-1 run 1 1\nlocked-out web-1\nana drop deploy web-1\nana resume\nreached web-2")
    assert script.waiting() == ["lock lock-web-1 web-1"]
    script.play("""
        < ana decide lock-web-1 "take over"
        lock-takeover-ordered web-1
        ! keeplock web-1 True
        < locked web-1
        attempt-started deploy web-2 run 1
        ! keeplock web-1
        ! try deploy web-2 run 1
    """)
