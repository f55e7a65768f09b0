"""The one word for where a release stands, and what it waits for."""

from __future__ import annotations

from cockpit.release.order import next_gate
from cockpit.release.standing import current, standing
from tests.release.script import Script, make_plan, step

BACK = (step("do", "undo", text="undo"),)


def _standing(script: Script) -> str:
    return standing(script.state)


def test_running_while_a_command_runs_or_a_pause_lasts() -> None:
    assert _standing(Script(make_plan(step("run", "deploy"))).feed("hosts answer")) == "running"
    assert _standing(Script(make_plan(step("wait", "soak", seconds=5))).feed("start")) == "running"


def test_waiting_for_a_person() -> None:
    assert _standing(Script(make_plan(step("gate", "go"))).feed("start")) == "waiting"


def test_running_while_another_step_waits_for_a_person() -> None:
    plan = make_plan(
        step("wait", "ready", seconds=1), step("do", "call", text="call"), step("run", "deploy", after=("ready",))
    )
    assert _standing(Script(plan).feed("+1s\nhosts answer")) == "running"


def test_holding_rolling_back_and_the_ends() -> None:
    plan = make_plan(step("do", "call", text="call"), back=BACK)
    assert _standing(Script(plan).feed("ana hold")) == "holding"
    assert _standing(Script(plan).feed("ana rollback rel")) == "rolling_back"
    assert _standing(Script(plan).feed("ana rollback rel\nana done undo")) == "rolled_back"
    assert _standing(Script(plan).feed("ana rollback rel\nana abort")) == "failed"
    assert _standing(Script(plan).feed("ana abort")) == "aborted"
    assert _standing(Script(plan).feed("start\nana done call")) == "done"
    assert _standing(Script(plan).feed("start\nana done call\nana close")) == "closed"


def test_a_release_without_steps_is_done() -> None:
    assert _standing(Script(make_plan()).feed("start")) == "done"


def test_the_current_step_is_the_one_that_waits_for_a_person() -> None:
    plan = make_plan(
        step("wait", "ready", seconds=1), step("run", "deploy"), step("do", "call", text="call", after=("ready",))
    )
    one = current(Script(plan).feed("+1s\nhosts answer").state)
    assert one is not None
    assert one.step.id == "call"


def test_the_current_step_of_an_ended_release_is_its_last() -> None:
    one = current(
        Script(make_plan(step("do", "a", text="a"), step("do", "b", text="b"))).feed("ana done a\nana done b").state
    )
    assert one is not None
    assert one.step.id == "b"


def test_what_a_gate_frees_goes_up_to_the_next_gate() -> None:
    plan = make_plan(
        step("gate", "go"),
        step("run", "deploy"),
        step("wait", "soak", seconds=5),
        step("gate", "on"),
        step("do", "tell", text="tell"),
    )
    freed = next_gate(Script(plan).feed("start").state, plan.steps[0])
    assert [each.id for each in freed] == ["deploy", "soak"]


def test_an_answer_offers_a_rollback_only_where_there_is_one() -> None:
    for back, offered in ((BACK, True), ((), False)):
        plan = make_plan(step("run", "deploy"), back=back)
        script = Script(plan).feed("hosts answer\nended deploy web-1 run 1 1")
        assert ("rollback" in _options(script)) is offered


def _options(script: Script) -> tuple[str, ...]:
    return next(iter(script.entries())).options
