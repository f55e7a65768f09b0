"""Conditions: on params, captured values and facts of steps."""

from __future__ import annotations

from cockpit.release.facts import known
from tests.release.script import Script, make_plan, step

DONE = step("do", "call", text="call")


def _rollback(when: str) -> Script:
    undo = step("do", "undo", text="undo", when=when)
    return Script(make_plan(step("run", "migrate"), back=(undo,)))


def test_a_step_whose_condition_does_not_hold_is_skipped() -> None:
    script = Script(make_plan(step("do", "call", text="call", when='version == "3"'), step("do", "tell", text="tell")))
    script.play("""
        < start
        step-skipped call
        step-started tell
    """)


def test_a_captured_value_decides() -> None:
    script = Script(make_plan(step("run", "probe"), step("do", "call", text="call", when='mode == "slow"')))
    script.feed("hosts answer")
    script.play("""
        < captured probe web-1 mode slow
        host-passed probe web-1
        step-passed probe
        step-started call
    """)


def test_a_value_that_was_not_captured_asks_a_person() -> None:
    script = Script(make_plan(step("run", "probe"), step("do", "call", text="call", when='mode == "slow"')))
    script.feed("hosts answer\nall pass")
    assert script.waiting() == ["condition call"]


def test_what_depends_on_the_unknown_is_decided_by_the_captain() -> None:
    script = _rollback("migrate.passed").feed("hosts answer\nended migrate web-1 run 1 unknown")
    script.play("""
        < ana rollback rel
        rollback-started
        condition-unknown undo
        < ana decide undo run
        step-ordered undo
        step-started undo
        < ana done undo
        step-done undo
        step-passed undo
        ended rolled_back unknown: migrate on web-1
    """)


def test_the_captain_may_decide_that_it_is_skipped() -> None:
    script = _rollback("migrate.failed").feed("hosts answer\nended migrate web-1 run 1 unknown\nana rollback rel")
    script.play("""
        < ana decide undo skip
        step-skipped undo
        ended rolled_back unknown: migrate on web-1
    """)


def test_a_decision_needs_a_note_and_a_known_option_and_is_taken_once() -> None:
    script = _rollback("migrate.failed").feed("hosts answer\nended migrate web-1 run 1 unknown\nana rollback rel")
    assert script.refusal("ana decide undo run ' '") == "a decision needs a note"
    assert script.refusal("ana decide undo perhaps") == "no option 'perhaps'"
    assert script.refusal("ana done undo") == "whether undo is done is to be decided first"
    assert script.feed("ana decide undo run").refusal("ana decide undo skip") == "no decision 'undo' is open"


def test_a_question_of_the_forward_steps_is_closed_by_a_rollback_and_by_an_abort() -> None:
    plan = make_plan(step("do", "a", text="a", when='mode == "slow"'), back=(DONE,))
    script = Script(plan).feed("ana rollback rel")
    assert script.refusal("ana decide a run") == "no decision 'a' is open"
    assert Script(plan).feed("ana abort").refusal("ana decide a run") == "no decision 'a' is open"


def test_a_question_stays_open_under_a_hold_and_its_answer_starts_nothing() -> None:
    script = Script(make_plan(step("do", "a", text="a", when='mode == "slow"'))).feed("start\nana hold")
    script.play("""
        < ana decide a run
        step-ordered a
        < ana resume
        resumed
        step-started a
    """)


def test_a_step_on_which_nothing_was_started_has_not_started() -> None:
    script = _rollback("migrate.started").feed("unreachable web-1 no route")
    script.play("""
        < ana rollback rel
        rollback-started
        step-skipped undo
        ended rolled_back
    """)


def test_an_attempt_that_never_began_has_not_started_either() -> None:
    script = _rollback("migrate.started").feed("hosts answer\nended migrate web-1 run 1 error")
    assert known(script.state.steps["migrate"], "started") is False
    assert known(script.feed("ana retry migrate").state.steps["migrate"], "started") is True
    assert known(script.feed("ended migrate web-1 run 2 1").state.steps["migrate"], "started") is True


def test_facts_of_a_step_that_failed() -> None:
    one = _rollback("").feed("hosts answer\nended migrate web-1 run 1 1").state.steps["migrate"]
    assert [known(one, fact) for fact in ("started", "passed", "failed", "unknown")] == [True, False, True, False]


def test_facts_of_a_step_that_is_unknown() -> None:
    one = _rollback("").feed("hosts answer\nended migrate web-1 run 1 unknown").state.steps["migrate"]
    assert [known(one, fact) for fact in ("started", "passed", "failed", "unknown")] == [True, None, None, True]


def test_facts_of_an_unknown_that_was_skipped_stay_open() -> None:
    script = _rollback("").feed("hosts answer\nended migrate web-1 run 1 unknown\nana skip migrate")
    assert known(script.state.steps["migrate"], "failed") is None


def test_facts_of_a_step_that_passed_while_it_was_being_stopped() -> None:
    script = _rollback("migrate.passed").feed("hosts answer\nana rollback rel")
    script.play("""
        < ended migrate web-1 run 1 0
        host-passed migrate web-1
        step-passed migrate
        step-started undo
    """)


def test_facts_of_a_step_of_a_person() -> None:
    script = Script(make_plan(DONE, step("do", "tell", text="tell"))).feed("start")
    assert [known(script.state.steps[name], "started") for name in ("call", "tell")] == [True, False]
    assert known(script.feed("ana done call").state.steps["call"], "passed") is True
