"""Rules that people judge: they pass until somebody reports them."""

from __future__ import annotations

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Severity
from cockpit.release import events
from tests.release.script import Script, make_plan, step

RULES = {
    "corruption": Rule(name="corruption", reported="Data corruption detected", by=("sre",), every=0.0),
    "errors": Rule(name="errors", metric="errors"),
}
BACK = (step("run", "undo"),)


def _guarded(action: str = "roll back", **fields: object) -> Script:
    guard = step("guard", "watch", rules={"corruption": action}, seconds=600.0, **fields)
    return Script(make_plan(guard, back=BACK, rules=RULES)).feed("start")


def test_what_nobody_has_reported_passes() -> None:
    script = _guarded()
    assert script.state.rules["corruption"].verdict == "passing"
    assert script.feed("+600s").state.end == "done"


def test_a_report_rolls_back_like_any_rule_that_fails() -> None:
    _guarded().play("""
        < chen raise corruption "orders have no lines"
        verdict-changed corruption failing orders have no lines
        rollback-announced watch corruption 1030.0
    """)


def test_it_says_who_reported_it_and_why() -> None:
    script = _guarded("warn").feed("chen raise corruption seen")
    event = script.records[-1].event
    assert isinstance(event, events.VerdictChanged)
    assert (event.by, script.state.rules["corruption"].reason) == ("chen", "seen")


def test_clearing_it_calls_a_rollback_off() -> None:
    script = _guarded().feed("chen raise corruption\nchen clear corruption")
    assert script.state.rules["corruption"].verdict == "passing"
    assert script.state.rules["corruption"].announced is None


def test_a_hold_by_a_report_ends_some_time_after_it_was_cleared() -> None:
    script = _guarded("hold", steady=60.0).feed("ana raise corruption")
    assert script.state.held_rules == ("corruption",)
    script.feed("ana clear corruption\n+59s")
    assert script.state.held_by
    assert not script.feed("+1s").state.held_by


def test_a_gate_stays_shut_over_a_report() -> None:
    gate = step("gate", "go", passing=("corruption",))
    script = Script(make_plan(gate, rules=RULES)).feed("chen raise corruption 'as bo says'")
    assert script.refusal("ana go go") == "go stays shut: corruption is failing: as bo says"
    assert script.feed("chen clear corruption\nana go go").state.end == "done"


def test_a_step_that_waits_for_it_needs_no_sample() -> None:
    script = Script(make_plan(step("steady", "calm", rules=("corruption",)), rules=RULES)).feed("start")
    assert script.state.end == "done"


def test_only_its_roles_and_the_captain_report() -> None:
    assert _guarded().refusal("mallory raise corruption") == "mallory may not report corruption"


def test_a_report_says_why() -> None:
    assert _guarded().refusal("chen raise corruption ''") == "this needs a note"


def test_what_is_measured_is_not_reported() -> None:
    assert _guarded().refusal("ana raise errors") == "nobody reports errors"
    assert _guarded().refusal("ana raise other") == "nobody reports other"


def test_it_is_reported_and_cleared_once() -> None:
    script = _guarded("warn")
    assert script.refusal("ana clear corruption") == "corruption is passing"
    assert script.feed("ana raise corruption x").refusal("chen raise corruption y") == "corruption is failing: x"


def test_nothing_is_reported_after_the_end() -> None:
    assert _guarded().feed("ana abort").refusal("ana raise corruption") == "rel is aborted"


def test_whose_business_its_severity_is_is_asked_beside_the_captain() -> None:
    rule = Rule(name="ugly", reported="It looks wrong", every=0.0, severity="sev-3", answer_within=600.0)
    bad = Severity(name="sev-3", means="a workaround exists", action="warn", owner=("captain", "sre"))
    guard = step("guard", "watch", rules={"ugly": "warn"}, seconds=600.0)
    script = Script(make_plan(guard, rules={"ugly": rule}, severities=(bad,))).feed("ana raise ugly")
    assert [each.who for each in script.entries()] == [("ana", "sre")]
