"""Commands that only a person orders."""

from __future__ import annotations

from cockpit.playbook.plan import Manual, Run
from tests.release.script import Script, make_plan, step
from tests.release.test_broken import broken


def reset(**fields: object) -> Manual:
    run = step("run", "reset", **{"hosts": ("web-1",), "owner": ("sre",), "phase": "manual", **fields})
    assert isinstance(run, Run)
    return Manual(ask="Is it a false alarm?", confirm="FALSE ALARM", step=run)


def begun(*lines: str) -> Script:
    plan = make_plan(
        step("run", "deploy"), step("do", "look", text="x"), back=(step("run", "undo"),), manual={"reset": reset()}
    )
    return Script(plan).feed("\n".join(["start", "hosts answer", "all pass", *lines]))


def test_it_runs_only_once_its_question_is_answered_word_for_word() -> None:
    script = begun()
    assert script.refusal("chen manual reset yes") == "reset asks first: Is it a false alarm?"
    assert script.refusal("dee manual reset 'FALSE ALARM'") == "dee may not run reset"
    script.feed("chen manual reset 'FALSE ALARM'")
    assert script.state.is_running("reset")
    script.feed("ended reset web-1 run 1 0")
    assert (script.state.steps["reset"].status, script.waiting()) == ("passed", ["step look"])


def test_it_runs_in_a_hold_and_on_the_way_back_and_not_after_the_end() -> None:
    script = begun("ana hold", "ana manual reset 'FALSE ALARM'", "ended reset web-1 run 1 0")
    assert not script.state.is_running("reset")
    script.feed("ana rollback rel\nana manual reset 'FALSE ALARM'")
    assert script.state.is_running("reset")
    assert script.refusal("ana manual reset 'FALSE ALARM'") == "reset is running already"
    script.feed("hosts answer\nall pass\nall pass")
    assert script.state.end == "rolled_back"
    assert script.refusal("ana manual reset 'FALSE ALARM'") == "rel is rolled_back"


def test_each_order_is_a_new_attempt() -> None:
    script = begun("ana manual reset 'FALSE ALARM'", "ended reset web-1 run 1 0", "ana manual reset 'FALSE ALARM'")
    script.feed("ended reset web-1 run 2 1")
    assert script.waiting() == ["step look", "answer reset web-1"]
    script.feed("ana skip reset web-1\nana done look")
    assert script.state.end == "done"


def test_it_is_no_part_of_the_release_unless_it_is_ordered() -> None:
    script = begun("ana done look")
    assert (script.state.end, script.state.steps["reset"].status) == ("done", "pending")


def test_one_that_runs_when_the_release_turns_back_is_stopped_first() -> None:
    script = begun("ana manual reset 'FALSE ALARM'")
    script.play("""
        < ana rollback rel
        rollback-started
        stop-ordered reset web-1 run 1
        ! kill reset web-1 run 1
        < ended reset web-1 run 1 stopped
        host-failed reset web-1 stopped stopped: the release is rolled back; stopped
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
        < all pass
        host-passed undo web-1
        step-passed undo
        ended rolled_back
    """)


def test_one_that_had_not_begun_is_not_begun_on_the_way_back() -> None:
    script = begun("lost web-1", "ana hold", "ana manual reset 'FALSE ALARM'", "ana abort", "ana rollback rel")
    script.feed("hosts answer")
    assert [attempt.step for attempt in script.state.live.values()] == ["undo"]
    script.feed("all pass")
    assert script.state.end == "rolled_back"


def test_one_that_failed_before_does_not_keep_a_rollback_from_its_end() -> None:
    script = begun("ana manual reset 'FALSE ALARM'", "ended reset web-1 run 1 1", "ana rollback rel", "all pass")
    assert (script.waiting(), script.state.end) == ([], "rolled_back")


def test_where_one_is_unknown_nothing_is_undone_until_that_is_settled() -> None:
    script = begun("ana manual reset 'FALSE ALARM'", "ended reset web-1 run 1 unknown", "ana rollback rel")
    assert (script.waiting(), script.state.live) == (["settle reset web-1"], {})
    assert script.refusal("ana manual reset 'FALSE ALARM'") == "how reset ended on web-1 is not known"
    script.feed("ana settle reset web-1 failed\nana manual reset 'FALSE ALARM'")
    assert sorted(script.names[each] for each in script.state.live) == ["reset web-1 run 2", "undo web-1 run 1"]


def test_behind_a_broken_journal_its_host_is_asked_and_it_is_ordered_under_the_next_number() -> None:
    script = broken(begun("ana manual reset 'FALSE ALARM'", "all pass"), feed="")
    only = "the journal of rel is broken: there is only the way back"
    assert script.refusal("ana manual reset 'FALSE ALARM'") == only
    script.feed("ana rollback rel")
    assert [(each.number, each.sought, bool(each.stopping)) for each in script.state.live.values()] == [(2, True, True)]
    assert script.refusal("ana manual reset 'FALSE ALARM'") == "reset is running already"
    script.feed("ended reset web-1 run 2 0\nended reset web-1 run 3 error\nana manual reset 'FALSE ALARM'")
    assert "reset web-1 run 4" in {script.names[each] for each in script.state.live}
