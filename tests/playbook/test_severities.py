"""The decision matrix: severities in order, what rules of each lead to, and gates that want none."""

from __future__ import annotations

import pytest

from cockpit.playbook import plan
from cockpit.playbook.load import understand
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import parse
from tests.playbook.books import found, problems

BOOK = """\
playbook: p
params: {app: {default: orders}}
roles: {captain: [ana], sre: [bo], po: [dee]}
metrics:
  site: {probe: 'https://example.com/', no_data: hold}
  slow: {probe: 'https://example.com/', take: latency, no_data: hold}
severities:
  sev-1: {means: '{{ app }} is down', action: roll back, owner: captain}
  sev-2:
    {means: A core workflow is slow, action: decide, owner: sre, deadline: 15m,
     options: [hotfix, roll back], default: roll back, guide: {hotfix: under an hour}}
  sev-3: {means: There is a workaround, action: warn, owner: po, deadline: 24h}
rules:
  down: {metric: site, bad: fails 3 times, severity: sev-1}
  slow: {metric: slow, bad: above 5s for 5m, severity: sev-2}
  wrong: {reported: Numbers are wrong, severity: sev-2}
  ugly: {reported: It looks wrong, severity: sev-3}
  other: {reported: Something else}
decisions:
  wrong: {ask: Are they?, options: [hold, go on]}
phases:
- phase: main
  steps:
  - {id: go, gate: Go, passing: [other, no sev-2]}
  - {id: watch, guard: [down, slow, wrong, ugly], for: 1h}
rollback:
  steps: [{id: undo, do: undo}]
  verify: [{id: proof, do: look}]
"""


def made(book: str = BOOK) -> plan.Plan:
    """The plan of a playbook."""
    loaded = understand("book.yaml", *parse(book.encode()))
    assert loaded.world is not None
    return resolve(loaded.world, {"app": "orders"}, "ana")


def test_nothing_is_wrong_with_it() -> None:
    assert problems(BOOK) == []


def test_the_worst_is_the_first_in_the_plan() -> None:
    assert [each.name for each in made().severities] == ["sev-1", "sev-2", "sev-3"]
    assert made().severities[0].means == "orders is down"


def test_another_order_is_another_plan() -> None:
    lines = BOOK.splitlines()
    lines[7:11] = [*lines[8:11], lines[7]]
    assert made("\n".join(lines)).digest != made().digest


def test_each_rule_of_a_list_leads_to_what_its_severity_says() -> None:
    guard = made().steps[-1]
    assert isinstance(guard, plan.Guard)
    assert guard.rules == {"down": "roll back", "slow": "decide", "wrong": "decide", "ugly": "warn"}


def test_a_guard_may_say_itself_what_one_rule_leads_to() -> None:
    guard = made(BOOK.replace("[down, slow, wrong, ugly]", "{down: hold, ugly: by severity}")).steps[-1]
    assert isinstance(guard, plan.Guard)
    assert guard.rules == {"down": "hold", "ugly": "warn"}


def test_a_decision_is_made_from_the_severity() -> None:
    decision = made().decisions["slow"]
    assert decision.ask == "slow is failing: above 5s for 5m (sev-2: A core workflow is slow)"
    assert (decision.options, decision.default, decision.deadline) == (("hotfix", "roll back"), "roll back", 900.0)
    assert (decision.owner, decision.guide) == (("sre",), {"hotfix": "under an hour"})


def test_a_decision_of_a_rule_s_own_goes_first() -> None:
    assert made().decisions["wrong"].ask == "Are they?"


def test_a_gate_that_wants_none_of_a_severity_asks_for_its_rules_and_worse_ones() -> None:
    gate = made().steps[0]
    assert isinstance(gate, plan.Gate)
    assert (gate.passing, gate.without) == (("other", "down", "slow", "wrong"), ("sev-2",))


def test_what_a_warning_severity_gives_as_deadline_is_when_it_must_be_seen() -> None:
    assert made().rules["ugly"].answer_within == 86400.0
    assert made().rules["slow"].answer_within == 0.0


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("severity: sev-1}", "severity: sev-0}", "14:54: P210"),
        ("no sev-2]", "no sev-9]", "24:41: P210"),
        ("no sev-2]", "'no sev 2']", "24:41: P104"),
        ("owner: captain}", "owner: capten}", "8:65: P203"),
        ("'{{ app }} is down'", "'{{ ap }} is down'", "8:22: P204"),
        ("default: roll back", "default: rollback", "11:45: P210"),
        ("[down, slow, wrong, ugly]", "[down, slow, wrong, ugly, other]", "25:50: P806"),
        ("[down, slow, wrong, ugly]", "[down, slow, wrong, ugly, none]", "25:50: P210"),
        ("ugly: {reported: It looks wrong, severity: sev-3}", "ugly: {reported: x}", "12:3: P803"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_written(before: str, after: str, code: str) -> None:
    assert code in found(BOOK.replace(before, after))


def test_nothing_rolls_back_by_its_severity_where_there_is_no_rollback() -> None:
    assert "8:47: P806" in found(BOOK[: BOOK.index("rollback:\n")])
