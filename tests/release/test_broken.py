"""Behind the end of a broken journal: hosts are asked what was started, and there is only the way back."""

from __future__ import annotations

from cockpit.playbook.plan import Request, Step
from cockpit.release.events import HostReached, JournalContinued
from cockpit.release.standing import standing
from tests.release.script import Script, make_plan, step

BOTH = ("web-1", "web-2")
UNDO = step("run", "undo", hosts=BOTH)


def release(*back: Step) -> Script:
    """A release of two steps and a gate between them."""
    plan = make_plan(
        step("run", "deploy", hosts=BOTH), step("gate", "go"), step("run", "migrate", hosts=BOTH), back=back or (UNDO,)
    )
    return Script(plan)


def broken(script: Script, feed: str = "ana rollback rel") -> Script:
    """Its journal breaks behind what has happened; whoever goes on rolls back."""
    last = script.state.seq
    script._record(
        JournalContinued(
            journal="journal.db", first_bad=last + 1, last_good=last, head="h", problem="p", by="ana", note="n"
        ),
        quiet=True,
    )
    return script.feed(feed)


def test_nothing_goes_forward() -> None:
    script = broken(release().feed("hosts answer\nall pass"), feed="+1h")
    assert script.state.steps["migrate"].status == "pending"
    assert script.refusal("ana resume") == "nothing is held"
    assert not script.state.live


def test_hosts_are_asked_before_anything_is_undone() -> None:
    script = broken(release().feed("hosts answer\nall pass"), feed="")
    script.play("""
        < ana rollback rel
        rollback-started
        attempt-started migrate web-1 run 1 True
        attempt-started migrate web-2 run 1 True
        stop-ordered migrate web-1 run 1
        stop-ordered migrate web-2 run 1
        ! kill migrate web-1 run 1
        ! kill migrate web-2 run 1
        < ended migrate web-1 run 1 error
        < ended migrate web-2 run 1 error
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
        < all pass
        host-passed undo web-1
        host-passed undo web-2
        step-passed undo
        ended rolled_back
    """)


def test_what_was_found_is_asked_for_again_under_the_next_number() -> None:
    script = broken(release().feed("hosts answer\nall pass"))
    script.feed("ended migrate web-2 run 1 error")
    script.play("""
        < ended migrate web-1 run 1 7
        attempt-started migrate web-1 run 2 True
        stop-ordered migrate web-1 run 2
        ! kill migrate web-1 run 2
        < ended migrate web-1 run 2 error
        step-started undo
        attempt-started undo web-1 run 1
        attempt-started undo web-2 run 1
        ! try undo web-1 run 1
        ! try undo web-2 run 1
    """)
    assert script.statuses("migrate") == {"web-1": "failed", "web-2": "waiting"}


def test_attempt_that_ran_at_the_break_is_stopped_first() -> None:
    script = broken(release().feed("hosts answer"))
    assert [script.names[each] for each in script.state.live] == ["deploy web-1 run 1", "deploy web-2 run 1"] + [
        f"migrate {host} run 1" for host in BOTH
    ]
    assert all(not attempt.sought for attempt in script.state.live.values() if attempt.step == "deploy")
    script.feed("ended deploy web-1 run 1 stopped")
    assert script.names[list(script.state.live)[-1]] == "deploy web-1 run 2"


def conditional(condition: str) -> Script:
    undo = step("run", "undo", hosts=BOTH, when=condition)
    return broken(release(undo).feed("hosts answer\nall pass"))


def test_step_is_skipped_where_hosts_know_that_nothing_was_started() -> None:
    script = conditional("migrate.started")
    script.feed("ended migrate web-1 run 1 error\nended migrate web-2 run 1 error")
    assert script.state.steps["undo"].status == "skipped"


def test_step_is_done_where_a_host_knows_that_something_was_started() -> None:
    script = conditional("migrate.started")
    script.feed("ended migrate web-1 run 1 0\nended migrate web-2 run 1 error\nended migrate web-1 run 2 error")
    assert script.state.steps["undo"].status == "running"


def test_step_that_hosts_found_passed_has_passed() -> None:
    script = conditional("migrate.passed")
    script.feed("all pass\nall pass")
    script.feed("ended migrate web-1 run 3 error\nended migrate web-2 run 3 error")
    assert script.state.steps["undo"].status == "running"


def test_what_no_host_can_tell_asks_a_person() -> None:
    script = conditional("migrate.started")
    script.feed("ended migrate web-1 run 1 unknown\nended migrate web-2 run 1 error")
    assert script.waiting() == ["condition undo", "settle migrate web-1"]
    script.feed("ana decide undo run\nana settle migrate web-1 failed")
    assert script.statuses("undo") == {"web-1": "running", "web-2": "running"}


def test_gate_that_may_have_been_opened_asks_a_person() -> None:
    script = conditional("go.passed")
    script.feed("ended migrate web-1 run 1 error\nended migrate web-2 run 1 error")
    assert script.waiting() == ["condition undo"]


def test_host_that_does_not_answer_leaves_it_unknown() -> None:
    script = broken(release().feed("hosts answer\nall pass\nrestarted"))
    script.feed("reached web-1\nunreachable web-2 dead")
    assert script.state.steps["migrate"].hosts["web-2"].reason == "web-2 is unreachable: dead"
    assert script.statuses("migrate") == {"web-1": "waiting", "web-2": "unknown"}


def test_host_that_could_not_tell_is_asked_again_by_a_second_rollback() -> None:
    script = broken(release().feed("hosts answer\nall pass"))
    script.feed("ended migrate web-1 run 1 unknown\nended migrate web-2 run 1 error\nana abort\nall fail")
    script.feed("ana rollback rel")
    assert "migrate web-1 run 1" in [script.names[each] for each in script.state.live]


def test_host_with_another_marker_knows_nothing() -> None:
    script = broken(release().feed("hosts answer\nall pass\nlost web-1"), feed="")
    script._record(HostReached(host="web-1", address="a", key="k", boot="b", marker="other"), quiet=True)
    script.feed("ana rollback rel\nended migrate web-2 run 1 error")
    assert script.statuses("migrate") == {"web-1": "unknown", "web-2": "waiting"}


def test_request_that_may_have_been_sent_is_not_sent_again_unasked() -> None:
    tell = step("http", "tell", request=Request(url="http://here/", method="POST"), hosts=("here",))
    script = broken(release(tell).feed("hosts answer\nall pass"))
    script.feed("ended migrate web-1 run 1 error\nended migrate web-2 run 1 error")
    assert script.waiting() == ["condition tell"]
    script.feed("ana decide tell skip")
    assert standing(script.state) == "rolled_back"


def test_restarted_engine_asks_the_same() -> None:
    script = broken(release().feed("hosts answer\nall pass"))
    before = script.wanted
    script.feed("restarted")
    assert before <= script.wanted


def test_rollback_that_was_going_on_goes_on() -> None:
    script = release().feed("hosts answer\nall pass\nana rollback rel\nended undo web-1 run 1 0")
    broken(script, feed="ended migrate web-1 run 1 error\nended migrate web-2 run 1 error")
    assert script.statuses("undo") == {"web-1": "passed", "web-2": "running"}
