"""Roles that are assigned during the release, as a playbook has them."""

from __future__ import annotations

import pytest

from cockpit.playbook import plan
from cockpit.playbook.load import understand
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import parse
from tests.playbook.books import found, problems

BOOK = """\
playbook: p
roles:
  captain: [ana]
  commander: {assigned: true}
  scribe: {people: [bo, chen], assigned: true}
phases:
- phase: main
  steps:
  - {assign: commander}
  - {id: who-writes, assign: scribe, title: Who writes}
  - {id: go, gate: Go, sign: [commander, scribe], distinct: 2}
"""


def test_nothing_is_wrong_with_them() -> None:
    assert problems(BOOK) == []


def test_the_plan_has_the_steps_and_who_it_can_be() -> None:
    world = understand("book.yaml", *parse(BOOK.encode())).world
    assert world is not None
    made = resolve(world, {}, "ana")
    first, second, _ = made.steps
    assert isinstance(first, plan.Assign)
    assert (first.id, first.title, first.role, second.title) == (
        "assign-commander",
        "Assign commander",
        "commander",
        "Who writes",
    )
    assert made.roles["scribe"] == plan.Role(title="Scribe", people=("bo", "chen"), assigned=True)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("{assign: commander}", "{assign: comander}", "9:14: P203"),
        ("{assign: commander}", "{assign: captain}", "9:14: P806"),
        ("  - {assign: commander}\n", "", "4:15: P803"),
        ("[commander, scribe], distinct: 2", "{commander: 2}", "11:20: P501"),
        ("assigned: true}", "assigned: perhaps}", "4:25: P104"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_written(before: str, after: str, code: str) -> None:
    assert code in found(BOOK.replace(before, after, 1))
