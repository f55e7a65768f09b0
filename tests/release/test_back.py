"""A batch taken back: undone, and then everything waits as it did before."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Plan, Run
from cockpit.release.facts import known
from tests.release.script import Script, make_plan, step

BATCHES = (("web-1",), ("web-2", "web-3"))


def staged(action: str = "back") -> Plan:
    """A release in two batches with a guard after it."""
    plan = make_plan(
        step("run", "deploy", batches=BATCHES, undo="deploy-undo", hosts=()),
        step("guard", "watch", rules={"r": action}, seconds=600.0),
        rules={"r": Rule(name="r", metric="m")},
        groups={"web": ("web-1", "web-2", "web-3")},
    )
    undo = step("run", "deploy-undo", hosts=("web-1", "web-2", "web-3"), phase="back")
    assert isinstance(undo, Run)
    return replace(plan, undos=(undo,))


def deployed() -> Script:
    return Script(staged()).feed("hosts answer\nall pass\nhosts answer\nall pass")


def test_failing_rule_undoes_the_last_batch_and_holds() -> None:
    script = deployed()
    script.play("""
        < r is failing
        back-ordered deploy web-2,web-3 r
        step-started deploy-undo
        attempt-started deploy-undo web-2 run 1
        attempt-started deploy-undo web-3 run 1
        ! try deploy-undo web-2 run 1
        ! try deploy-undo web-3 run 1
        < all pass
        host-passed deploy-undo web-2
        host-passed deploy-undo web-3
        step-passed deploy-undo
        back-done deploy
        held
    """)
    assert script.statuses("deploy") == {"web-1": "passed", "web-2": "waiting", "web-3": "waiting"}
    assert script.state.steps["watch"].status == "pending"


def test_batch_goes_out_again_after_the_hold_with_new_attempts() -> None:
    script = deployed().feed("r is failing\nall pass\nr is passing")
    script.play("""
        < ana resume
        resumed
        attempt-started deploy web-2 run 2
        attempt-started deploy web-3 run 2
        ! try deploy web-2 run 2
        ! try deploy web-3 run 2
    """)
    assert script.feed("all pass\n+600s").state.end == "done"


def test_second_time_goes_one_batch_further_back() -> None:
    script = deployed().feed("r is failing\nall pass\nana back")
    assert script.state.back_hosts == ("web-1",)
    script.feed("all pass")
    assert script.state.steps["deploy"].status == "pending"
    assert "no batch to take back" in script.refusal("ana back")


def test_rollback_goes_ahead_in_the_middle_of_a_step_back() -> None:
    plan = replace(staged(), rollback=make_plan(step("do", "x", text="x"), back=(step("run", "all-back"),)).rollback)
    script = Script(plan).feed("hosts answer\nall pass\nhosts answer\nall pass\nr is failing\nana rollback rel")
    assert script.state.rolling_back
    assert {each.stopping for each in script.state.live.values()} == {"the release is rolled back"}


def test_failed_undo_waits_for_an_answer_as_any_failure_does() -> None:
    script = deployed().feed("r is failing\nall fail")
    assert script.waiting() == ["answer deploy-undo web-2", "answer deploy-undo web-3"]
    assert script.feed("ana retry deploy-undo all\nhosts answer\nall pass").state.held_by == "cockpit"


def test_without_anything_to_undo_the_rule_holds() -> None:
    plan = make_plan(
        step("guard", "watch", rules={"r": "back"}, seconds=600.0), rules={"r": Rule(name="r", metric="m")}
    )
    assert Script(plan).feed("r is failing").state.held_by == "cockpit"


def test_what_is_unknown_on_a_host_is_settled_before_it_is_undone() -> None:
    script = Script(staged()).feed("hosts answer\nall pass\nhosts answer")
    script.feed("ended deploy web-2 run 1 unknown\nended deploy web-3 run 1 0\nana back")
    assert script.waiting() == ["settle deploy web-2"]
    assert [each.host for each in script.state.live.values()] == ["web-3"]


def beside() -> Script:
    """A deployment that has gone out, and a guard beside it that is not renewed with it."""
    plan = staged()
    deploy, guard = plan.steps
    plan = replace(plan, phases=(replace(plan.phases[0], steps=(deploy, replace(guard, after=()))),))
    return Script(plan).feed("hosts answer\nall pass\nhosts answer\nall pass")


def test_batch_that_is_under_way_is_the_last_one() -> None:
    script = Script(staged()).feed("hosts answer\nall pass\nhosts answer\nana back")
    assert script.state.back_hosts == ("web-2", "web-3")
    script.feed("ended deploy web-2 run 1 stopped\nended deploy web-3 run 1 stopped\nall pass")
    assert script.statuses("deploy") == {"web-1": "passed", "web-2": "waiting", "web-3": "waiting"}


def test_rule_takes_one_batch_back_and_holds_until_it_has_passed() -> None:
    script = beside().feed("r is failing\nall pass")
    assert (script.state.back, script.state.held_by) == ("", "cockpit")
    assert script.statuses("deploy")["web-1"] == "passed"
    assert script.feed("ana resume").state.held_rules == ("r",)
    assert script.feed("r is passing\nr is failing").state.back_hosts == ("web-1",)


def test_batch_of_which_a_host_was_skipped_is_taken_back_once() -> None:
    script = beside().feed("ana back\nall pass\nana resume\nhosts answer\nall fail")
    script.feed("ana skip deploy web-2\nana skip deploy web-3\nana back\nall pass")
    assert script.feed("ana back").state.back_hosts == ("web-1",)


def test_what_ran_behind_the_batch_still_counts_as_begun() -> None:
    plan = staged()
    deploy, guard = plan.steps
    migrate = step("run", "migrate", hosts=("web-1",), after=("deploy",), no_return=True)
    call = step("do", "call", text="call", after=("migrate",), no_return=True)
    plan = replace(plan, phases=(replace(plan.phases[0], steps=(deploy, migrate, call, guard)),))
    script = Script(plan).feed(
        "hosts answer\nall pass\nhosts answer\nall pass\nhosts answer\nall pass\nana back\nall pass"
    )
    assert script.state.steps["migrate"].status == "pending"
    assert known(script.state.steps["migrate"], "started") is True
    assert known(script.state.steps["call"], "started") is True
