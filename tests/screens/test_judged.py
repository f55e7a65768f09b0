"""Rules as people see them, and where their limits lie."""

from __future__ import annotations

import pytest

from cockpit.analysis.grammar import parse
from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Guard
from cockpit.release import events as happened
from screens.judged import cutover, fires, judged, leads, limit_text, near, said, watched, worst
from screens.limits import limits
from screens.panes.watching import held
from screens.view import View
from tests.screens import measured, release
from tests.screens.measured import fields
from tests.screens.seen import view
from widgets.curve import Limit


def seen(script: release.Script, later: float = 2.0, **given: object) -> View:
    return view(script, later, **fields(script, 0.0, **given))


def test_a_failing_rule_comes_before_one_without_data() -> None:
    one = seen(measured.mixed())
    assert worst(one, tuple(one.state.rules)) == "slow"


def test_of_two_that_pass_the_nearer_one_asks_first() -> None:
    one = seen(measured.guarding(), pending={"paged": (2, 3), "errors": (30.0, 300.0)})
    assert worst(one, tuple(one.state.rules)) == "paged"


def test_how_near_a_sustained_rule_is() -> None:
    one = seen(measured.nearing(), pending={"errors": (130.0, 300.0)})
    assert near(one, "errors") == "2:10 of 5:00 above 5%"


def test_how_near_a_counted_rule_is() -> None:
    assert near(seen(measured.mixed(), pending={"paged": (2, 3)}), "paged") == "2 of 3 times above 0"


def test_a_failing_rule_says_for_how_long() -> None:
    assert near(seen(measured.counting_down(), 8.0), "errors") == "for 0:08"


def test_numbers_of_another_verdict_are_not_shown() -> None:
    script = measured.guarding()
    old = fields(script, 0.0)
    script.after(5, measured.verdict("errors", "failing", 7.2, "7.2 %: above 5%"))
    assert judged(view(script, **old), "errors").value == 7.2


def test_a_rule_says_when_it_fails() -> None:
    rule = measured.rule("x", "error_rate", ok="below 1%")
    assert (fires(rule), said(rule)) == ("not below 1%", "ok below 1%")
    assert fires(measured.RULES[0]) == "above 5% for 5m"


def test_a_threshold_of_a_baseline_is_said_as_a_number() -> None:
    one = seen(measured.guarding())
    assert limit_text(one.state.the_plan.rules["slow"], judged(one, "slow")) == "= 368 ms"
    assert limit_text(one.state.the_plan.rules["errors"], judged(one, "errors")) == ""


def test_what_a_rule_leads_to_now_and_later() -> None:
    assert leads(measured.guarding().state, "errors") == "rolls back"
    assert leads(measured.at_gate().state, "errors") == "keeps go-rest shut"
    assert leads(measured.at_gate().state, "kpi") == "holds in watch"


def test_the_cutover_is_where_the_baseline_ends() -> None:
    state = measured.guarding().state
    assert cutover(state) == state.steps["first"].started
    assert cutover(release.deploying().state) == release.deploying().state.steps["backup"].started


def test_each_host_of_a_metric_is_watched() -> None:
    keys = watched(measured.guarding().state)
    assert [host for metric, host in keys if metric == "memory"] == ["web-1", "web-2", "web-3"]


def found(rule: Rule) -> tuple[Limit, ...]:
    return limits(measured.guarding().state, rule)


def test_limits_of_a_rule_with_ok_and_bad() -> None:
    assert found(measured.RULES[0]) == (Limit(5.0, "above"), Limit(1.0, "above", hard=False))


def test_limits_relative_to_a_baseline() -> None:
    assert found(measured.RULES[1]) == (Limit(368.0, "above"),)
    assert found(measured.RULES[4]) == (Limit(36.9, "below"),)


def test_without_a_baseline_there_is_no_limit() -> None:
    assert limits(release.Script(plan=measured.plan()).state, measured.RULES[1]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outside 10 to 20", (Limit(10.0, "below"), Limit(20.0, "above"))),
        ("at most 3", (Limit(3.0, "below"),)),
        ("grows 2% per 1h", ()),
        ("above 10 per 1m", ()),
        ("reaches 85% within 2h", (Limit(85.0, "above"),)),
    ],
)
def test_limits_of_other_conditions(text: str, expected: tuple[Limit, ...]) -> None:
    unit = "%" if "%" in text else ""
    rule = Rule(name="x", metric="error_rate", unit=unit, bad=parse(text, unit))
    assert found(rule) == expected


def test_a_hold_by_rules_says_for_how_long_they_have_been_well() -> None:
    script = measured.held()
    assert held(script.state, script.at) == "well for 2:10 of 5:00, then it goes on by itself"


def test_a_hold_by_a_rule_that_is_not_well_says_so() -> None:
    script = measured.held().after(1, measured.verdict("paged", "failing", 1.0))
    assert held(script.state, script.at) == "goes on by itself after 5:00 of passing; not well yet"


def test_a_hold_without_steady_is_ended_by_a_person() -> None:
    guard = Guard(id="watch", phase="watch", rules={"paged": "hold"}, seconds=3600.0, after=("rest",))
    script = measured.guarding(guard).after(0, measured.verdict("paged", "failing", 2.0))
    script.after(0, happened.Held(by=happened.ITSELF, rules=("paged",), guard="watch"))
    assert held(script.state, script.at) == "a person ends it"


def test_a_hold_by_a_person_is_not_one_by_rules() -> None:
    assert held(release.holding().state, 0.0) == ""
