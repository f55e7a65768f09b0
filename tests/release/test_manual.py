"""Commands that only a person orders."""

from __future__ import annotations

from cockpit.playbook.plan import Manual, Run
from tests.release.script import Script, make_plan, step


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
