"""Items of checklists that tick themselves: what they become in a plan, and what is wrong with them."""

from __future__ import annotations

import pytest

from cockpit.playbook import plan
from cockpit.playbook.load import understand
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import parse
from tests.playbook.books import found, problems

HEAD = """\
playbook: p
params: {change: {default: schema}}
roles: {captain: [ana], sre: [bo]}
hosts: {db: 'db-[1:2]'}
metrics: {site: {probe: 'https://example.com/', no_data: hold}}
rules: {up: {metric: site, bad: fails 3 times}}
phases:
- phase: main
  steps:
"""
LIST = """\
  - {id: before, do: call}
  - id: ready
    owner: sre
    checklist:
    - {item: Disk is free, run: 'df /; echo "free=5" >> "$COCKPIT_CAPTURE"', on: db, dir: /srv, as: root, timeout: 1m}
    - {item: The site answers, http: 'https://example.com/', deadline: 1m}
    - {item: Nothing fails, passing: up, for: 5m}
    - {item: Migrations are tested, when: change == "schema"}
    - {item: Config is checked, when: change == "config", run: ./check}
    - Support knows
  - {id: next, run: 'echo "$free"', on: here}
"""


def made(steps: str = LIST) -> plan.Plan:
    """The plan of these steps."""
    loaded = understand("book.yaml", *parse((HEAD + steps).encode()))
    assert loaded.world is not None
    return resolve(loaded.world, {"change": "schema"}, "ana")


def _step(name: str) -> plan.Step:
    return next(each for each in made().steps if each.id == name)


def test_nothing_is_wrong_with_them() -> None:
    assert problems(HEAD + LIST) == []


def test_each_becomes_a_step_that_begins_with_the_checklist() -> None:
    step = _step("ready-disk-is-free")
    assert isinstance(step, plan.Run)
    assert (step.after, step.ticks, step.owner, step.title) == (("before",), "ready", ("sre",), "Disk is free")
    assert (step.hosts, step.directory, step.user, step.timeout) == (("db-1", "db-2"), "/srv", "root", 60.0)


def test_a_request_and_a_rule_become_steps_too() -> None:
    request, rule = _step("ready-the-site-answers"), _step("ready-nothing-fails")
    assert isinstance(request, plan.Http)
    assert isinstance(rule, plan.Steady)
    assert (request.deadline, rule.rules, rule.seconds) == (60.0, ("up",), 300.0)


def test_an_item_names_the_step_that_ticks_it() -> None:
    step = _step("ready")
    assert isinstance(step, plan.Checklist)
    assert {item.id: item.by for item in step.items} == {
        "disk-is-free": "ready-disk-is-free",
        "the-site-answers": "ready-the-site-answers",
        "nothing-fails": "ready-nothing-fails",
        "migrations-are-tested": "",
        "support-knows": "",
    }


def test_what_comes_next_waits_for_the_checklist_alone() -> None:
    assert _step("next").after == ("ready",)


def test_a_checklist_takes_as_long_as_rules_must_pass_for_it() -> None:
    assert _step("ready").takes == 300.0


def test_an_item_that_does_not_apply_to_these_params_is_left_out_with_its_step() -> None:
    assert "ready-config-is-checked" not in {step.id for step in made().steps}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("{item: x, run: 'true', http: 'http://x/'}", "P102"),
        ("{item: x, http: 'http://x/', dir: /srv}", "P102"),
        ("{item: x, deadline: 1m}", "P102"),
        ("{item: x, run: 'true', on: nowhere}", "P201"),
        ("{item: x, run: 'echo \"$nothing\"'}", "P605"),
        ("{item: x, http: 'http://x/{{ nothing }}'}", "P204"),
        ("{item: x, passing: nothing}", "P210"),
        ("{item: x, when: 'change =='}", "P702"),
        ('{item: x, when: nothing == "y"}', "P204"),
        ("{item: x, when: other.passed}", "P204"),
        ("{item: x, http: 'http://x/', times: 3, every: 10s, deadline: 5s}", "P802"),
    ],
)
def test_what_is_wrong_with_an_item_is_said_where_it_is_written(item: str, code: str) -> None:
    steps = f"  - {{id: other, do: call}}\n  - id: a\n    checklist:\n    - {item}\n"
    said = [each for each in found(HEAD + steps) if "P803" not in each]
    assert [each.split(": ")[1] for each in said] == [code]
    assert said[0].startswith("13:")


def test_a_step_cannot_be_called_as_one_that_ticks_an_item() -> None:
    steps = "  - {id: a, checklist: [{id: x, item: x, run: 'true'}]}\n  - {id: a-x, do: call}\n"
    assert [each for each in found(HEAD + steps) if "P205" in each] == ["11:10: P205"]


def test_a_value_that_an_item_captures_is_there_behind_its_checklist_and_not_beside_it() -> None:
    beside = LIST.replace("'echo \"$free\"', on: here", "'echo \"$free\"', on: here, after: before")
    assert [each for each in found(HEAD + beside) if "P207" in each] == ["20:28: P207"]
