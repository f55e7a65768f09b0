"""Rules that people report, as a playbook has them."""

from __future__ import annotations

import pytest

from cockpit.playbook.load import understand
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import parse
from tests.playbook.books import found, problems

BOOK = """\
playbook: p
params: {app: {default: orders}}
roles: {captain: [ana], sre: [bo]}
metrics: {site: {probe: 'https://example.com/', no_data: hold}}
rules:
  up: {metric: site, bad: fails 3 times}
  corruption: {reported: 'Data of {{ app }} is corrupt', by: [captain, sre], answer_within: 5m}
phases:
- phase: main
  steps:
  - {id: watch, guard: {up: hold, corruption: decide}, for: 1h}
"""


def test_nothing_is_wrong_with_them() -> None:
    assert problems(BOOK) == []


def test_the_plan_says_what_is_reported_and_by_whom() -> None:
    world = understand("book.yaml", *parse(BOOK.encode())).world
    assert world is not None
    plan = resolve(world, {"app": "orders"}, "ana")
    rule = plan.rules["corruption"]
    assert (rule.reported, rule.by, rule.metric) == ("Data of orders is corrupt", ("captain", "sre"), "")
    assert plan.decisions["corruption"].ask == "corruption is failing: Data of orders is corrupt"
    assert list(plan.rules) == ["up", "corruption"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("{reported: x, metric: site}", "P102"),
        ("{reported: x, bad: above 5}", "P102"),
        ("{reported: x, no_data: pass}", "P102"),
        ("{metric: site, bad: fails 3 times, by: sre}", "P102"),
        ("{bad: fails 3 times}", "P102"),
        ("{reported: x, by: [sree]}", "P203"),
        ("{reported: 'x {{ nothing }}'}", "P204"),
    ],
)
def test_what_is_wrong_with_one_is_said(rule: str, code: str) -> None:
    lines = BOOK.splitlines()
    lines[6] = f"  corruption: {rule}"
    assert [each.split(": ")[1] for each in found("\n".join(lines)) if each.startswith("7:")] == [code]


def test_a_guard_whose_only_hold_is_reported_may_be_steady() -> None:
    book = BOOK.replace("{up: hold, corruption: decide}, for: 1h", "{up: warn, corruption: hold}, for: 1h, steady: 1m")
    assert found(book) == []
    idle = book.replace("corruption: hold", "corruption: decide")
    assert [each.split(": ")[1] for each in found(idle)] == ["P803"]
