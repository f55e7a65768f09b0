"""Guards: what a rule's verdict causes, on its own clock, and how that ends."""

from __future__ import annotations

from typing import Any

import pytest

from cockpit.analysis.rule import NoData, Rule
from cockpit.playbook.plan import Action, Decision, Plan, Step, Within
from cockpit.release.people import rollback_word
from tests.release.script import Script, make_plan, step

ASK = Decision(
    name="r", ask="Slow. Back?", options=("roll back", "wait", "fix forward"), deadline=60, default="roll back"
)


def guarded(
    action: Action, *before: Step, no_data: NoData = "hold", rule: dict[str, Any] | None = None, **fields: Any
) -> Plan:
    """A plan with a guard of one rule `r` at its end, and a way back."""
    guard = step("guard", "watch", rules={"r": action}, **{"seconds": 600.0, **fields})
    rules = {"r": Rule(name="r", metric="m", no_data=no_data, **(rule or {}))}
    return make_plan(*before, guard, back=(step("run", "undo"),), rules=rules, decisions={"r": ASK})


def test_guard_ends_after_its_period_when_its_rules_pass() -> None:
    script = Script(guarded("roll back")).feed("r is passing")
    script.play("""
        < +599s
        < +1s
        step-passed watch
        ended done
    """)


def test_period_of_a_guard_is_longer_by_what_nobody_measured() -> None:
    script = Script(guarded("roll back")).feed("r is passing\n+500s")
    script.play("""
        < restarted 345
        < +54s
        < +1s
        step-passed watch
        ended done
    """)


@pytest.mark.parametrize("verdict", ["failing", "inconclusive", "no-data", "error"])
def test_guard_does_not_end_by_itself_while_a_rule_does_not_pass(verdict: str) -> None:
    script = Script(guarded("hold")).feed(f"r is {verdict}\n+600s")
    assert "decision watch r" in script.waiting()
    script.feed("ana decide r accept")
    assert script.state.steps["watch"].waived["r"].by == "ana"
    script.feed("ana resume")
    assert script.state.end == "done"


def test_guard_does_not_end_over_a_rule_that_was_never_measured() -> None:
    script = Script(guarded("roll back")).feed("+600s")
    assert script.entries()[0].text == "watch is over, but r was not measured yet"


def test_rule_of_two_guards_is_accepted_for_one_after_the_other() -> None:
    plan = guarded("hold")
    other = step("guard", "other", rules={"r": "hold"}, seconds=600.0)
    script = Script(_beside(plan, other)).feed("r is inconclusive\n+600s")
    assert script.waiting() == ["decision other r"]
    script.feed("ana decide r accept")
    assert script.waiting() == ["decision watch r"]
    assert script.feed("ana decide r accept").state.end == "done"


def test_rule_that_only_warns_does_not_keep_a_guard_from_ending() -> None:
    assert Script(guarded("warn")).feed("r is failing\n+600s").state.end == "done"


def test_rollback_is_announced_and_goes_ahead_when_nobody_answers() -> None:
    script = Script(guarded("roll back", countdown=30.0)).feed("start")
    script.play("""
        < r is failing
        rollback-announced watch r 1030.0
        < +29s
        < +1s
        rollback-started
        step-started undo
        ! reach web-1
    """)


def test_nothing_new_starts_during_a_countdown() -> None:
    plan = make_plan(
        step("wait", "pause", seconds=10.0, after=()),
        step("do", "call", text="call"),
        rules={"r": Rule(name="r", metric="m")},
        back=(step("run", "undo"),),
    )
    side = step("guard", "watch", rules={"r": "roll back"}, seconds=600.0)
    phase = plan.phases[0]
    plan = make_plan(*phase.steps, rules=plan.rules, back=(step("run", "undo"),))
    script = Script(_beside(plan, side)).feed("r is failing\n+10s")
    assert script.state.steps["pause"].status == "passed"
    assert script.state.steps["call"].status == "pending"


def _beside(plan: Plan, side: Step) -> Plan:
    from msgspec.structs import replace  # noqa: PLC0415

    phase = plan.phases[0]
    return replace(plan, phases=(replace(phase, steps=(side, *phase.steps)),))


def test_rollback_is_called_off_when_the_rule_passes_again() -> None:
    script = Script(guarded("roll back")).feed("r is failing")
    script.play("""
        < r is passing
        called-off r r is passing
        < +30s
    """)


def test_veto_stops_the_rollback_until_the_rule_has_passed() -> None:
    script = Script(guarded("roll back")).feed("r is failing")
    script.play("""
        < ana veto r
        vetoed r
        < r is inconclusive
        < r is failing
        < +30s
        < r is passing
        < r is failing
        rollback-announced watch r 1060.0
    """)


def test_only_the_captain_vetoes_and_says_why() -> None:
    script = Script(guarded("roll back")).feed("r is failing")
    assert "only the captain" in script.refusal("chen veto r")
    assert script.refusal("ana veto r ''") == "this needs a note"


def test_rule_holds_and_the_hold_ends_once_it_was_steady() -> None:
    script = Script(guarded("hold", steady=60.0)).feed("start")
    script.play("""
        < r is failing
        held r watch
        < r is passing
        < +59s
        < r is inconclusive
        < r is passing
        < +59s
        < +1s
        resumed
    """)


def test_hold_does_not_end_by_time_in_which_nothing_was_measured() -> None:
    script = Script(guarded("hold", steady=60.0)).feed("r is failing\nr is passing\n+50s\nrestarted 145\n+59s")
    assert script.state.held_by
    assert not script.feed("+1s").state.held_by


def test_hold_without_steady_waits_for_a_person() -> None:
    script = Script(guarded("hold")).feed("r is failing\nr is passing\n+1h")
    assert script.state.held_by == "cockpit"


def test_hold_of_a_person_never_ends_by_itself() -> None:
    script = Script(guarded("hold", steady=60.0)).feed("ana hold\nr is failing\nr is passing\n+1h")
    assert script.state.held_by == "ana"


def test_person_who_resumes_excuses_the_rule_until_it_has_passed() -> None:
    script = Script(guarded("hold")).feed("r is failing\nana resume")
    assert not script.state.held_by
    assert script.feed("r is passing\nr is failing").state.held_by == "cockpit"


@pytest.mark.parametrize(
    ("no_data", "held", "announced"), [("hold", True, False), ("fail", False, True), ("pass", False, False)]
)
@pytest.mark.parametrize("verdict", ["no-data", "error"])
def test_no_data_leads_to_what_the_metric_says(verdict: str, no_data: NoData, held: bool, announced: bool) -> None:
    script = Script(guarded("roll back", no_data=no_data)).feed(f"r is {verdict}")
    assert (bool(script.state.held_by), script.state.rules["r"].announced is not None) == (held, announced)


def test_guard_works_through_a_hold_of_a_person() -> None:
    script = Script(guarded("roll back")).feed("ana hold\nr is failing\n+30s")
    assert script.state.rolling_back


def test_guard_works_while_a_gate_is_open() -> None:
    plan = _beside(
        make_plan(step("gate", "go"), back=(step("run", "undo"),), rules={"r": Rule(name="r", metric="m")}),
        step("guard", "watch", rules={"r": "roll back"}, seconds=600.0),
    )
    script = Script(plan).feed("r is failing")
    assert "r is to be settled first" in script.refusal("ana go go")
    assert script.feed("+30s").state.rolling_back


def test_decision_is_asked_and_its_default_taken_at_the_deadline() -> None:
    script = Script(guarded("decide")).feed("start")
    script.play("""
        < r is failing
        decision-opened watch r decision 1060.0
        < +59s
        < +1s
        decided r roll back 0.0
        rollback-started
        step-started undo
        ! reach web-1
    """)


def test_decision_is_recorded_with_who_and_why_and_is_not_asked_again() -> None:
    script = Script(guarded("decide")).feed("r is failing")
    assert script.refusal("ana decide r nonsense") == "no option 'nonsense'"
    assert script.refusal("ana decide r 'fix forward' ''") == "a decision needs a note"
    script.play("""
        < ana decide r "fix forward" cause-known
        decided r fix forward 0.0
        < r is inconclusive
        < r is failing
        < +1h
        decision-opened watch r end
    """)


def test_decision_to_wait_is_asked_again() -> None:
    script = Script(guarded("decide")).feed("r is failing\nana decide r wait\n+59s")
    script.play("""
        < +1s
        decision-opened watch r decision 1120.0
    """)


def test_decision_that_no_longer_matters_is_called_off() -> None:
    script = Script(guarded("decide")).feed("r is failing\nr is passing\n+1h")
    assert script.state.end == "done"


def test_restarted_engine_goes_on_with_the_countdown() -> None:
    script = Script(guarded("roll back")).feed("r is failing\nrestarted\n+30s")
    assert script.state.rolling_back


def test_past_the_point_of_no_return_a_person_is_asked() -> None:
    plan = guarded("roll back", step("run", "migrate", no_return=True))
    script = Script(plan).feed("hosts answer\nall pass\nr is failing\n+1h")
    assert not script.state.rolling_back
    assert script.entries()[0].options == ("roll back", "go on")
    assert rollback_word(script.state) == "rel past migrate"
    assert script.refusal("ana rollback rel") == "migrate cannot be undone: rolling back past it asks again"
    assert script.feed("ana decide r 'roll back'").state.rolling_back


def test_default_does_not_go_back_past_the_point_of_no_return() -> None:
    plan = guarded("decide", step("run", "migrate", no_return=True))
    script = Script(plan).feed("hosts answer\nall pass\nr is failing\n+60s")
    assert (script.state.rolling_back, script.state.held_by) == (False, "cockpit")


def test_unanswered_rule_is_waited_for_until_somebody_has_seen_it() -> None:
    script = Script(guarded("warn", rule={"answer_within": 300.0})).feed("r is failing")
    assert script.waiting() == ["acknowledgement watch r"]
    assert script.entries()[0].due == 1300.0
    assert script.feed("chen ack r").waiting() == []
    assert script.feed("r is passing\nr is failing").waiting() == ["acknowledgement watch r"]


def test_aborted_release_is_not_rolled_back_by_a_guard() -> None:
    script = Script(guarded("roll back")).feed("r is failing\nana abort\n+1h")
    assert (script.state.end, script.state.rolling_back) == ("aborted", False)


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("ana hold wait", "wait"),
        ("ana no-go go later", "no-go: later"),
        ("+20s", "call is late: it was due Thu 1970-01-01 00:17 UTC"),
        ("ended deploy web-1 run 1 1", "deploy failed on web-1"),
    ],
)
def test_what_holds_beside_a_rule_is_not_over_when_the_rule_is_well_again(line: str, note: str) -> None:
    plan = make_plan(
        step("wait", "pause", seconds=1),
        step("guard", "watch", rules={"r": "hold"}, seconds=600.0, steady=60.0, after=("pause",)),
        step("gate", "go", after=("pause",)),
        step("do", "call", text="call", due=Within(seconds=20.0), if_late="hold", after=("pause",)),
        step("run", "deploy", if_fails="hold", after=("pause",)),
        rules={"r": Rule(name="r", metric="m")},
    )
    script = Script(plan).feed(f"+1s\nhosts answer\nr is failing\n{line}\nr is passing\n+1h")
    assert script.state.held_note == note
    script.feed("ana resume")
    assert not script.state.held_by
