"""Ages and places at gates and checklists, as a playbook has them."""

from __future__ import annotations

import pytest

from cockpit.playbook import plan
from cockpit.playbook.load import understand
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import parse
from tests.playbook.books import found, problems

BOOK = """\
playbook: p
roles: {captain: ['{{ login }}'], sre: [bo, chen]}
people: {'{{ login }}': Europe/London, bo: Europe/London, chen: Asia/Singapore}
metrics: {site: {probe: 'https://example.com/', no_data: hold}}
rules: {up: {metric: site, bad: fails 3 times}}
phases:
- phase: main
  steps:
  - {id: ready, checklist: [{item: Audit, fresh: 7d}, Other]}
  - {id: go, gate: Go, sign: [sre, sre], zones: 2, passing: up, waiver: sre, waiver_expires: 2h}
"""


def test_nothing_is_wrong_with_it() -> None:
    assert problems(BOOK) == []


def test_the_plan_has_them() -> None:
    world = understand("book.yaml", *parse(BOOK.encode())).world
    assert world is not None
    made = resolve(world, {}, "ana")
    ready, go = made.steps
    assert made.people == {"ana": "Europe/London", "bo": "Europe/London", "chen": "Asia/Singapore"}
    assert isinstance(ready, plan.Checklist)
    assert [item.fresh for item in ready.items] == [604800.0, 0.0]
    assert isinstance(go, plan.Gate)
    assert (go.zones, go.waiver_expires) == (2, 7200.0)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("Asia/Singapore", "Asia/Singapur", "3:65: P104"),
        ("chen: Asia/Singapore", "chen: Europe/London", "10:49: P501"),
        ("sign: [sre, sre], ", "", "10:24: P803"),
        ("waiver: sre, ", "", "10:65: P803"),
        ("fresh: 7d", "fresh: 7", "9:50: P104"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_written(before: str, after: str, code: str) -> None:
    assert code in found(BOOK.replace(before, after))
