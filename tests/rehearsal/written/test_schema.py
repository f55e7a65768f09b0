"""The JSON Schema and the reference page say what the model says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from cockpit.playbook.model.fields import _natural
from cockpit.playbook.model.kinds import keys_of
from cockpit.playbook.node import data
from cockpit.playbook.source import parse
from cockpit.rehearsal.written.model import Act, CheckAct, Curve, Fault, Order, Person, Scenario
from cockpit.rehearsal.written.needs import MEANINGS, NEEDS, SPECIFIC
from cockpit.rehearsal.written.reference import reference, schema
from cockpit.rehearsal.written.rules import RULES
from cockpit.rehearsal.written.validate import validate
from cockpit.release.events import FaultKind
from tests.playbook.schemas import holds
from tests.rehearsal.written.scenes import HEAD

SHIPPED = sorted((Path(__file__).parents[3] / "playbooks" / "scenarios").glob("*/*.yaml"))
WHOLE = schema()
GOOD = [
    "",
    "starts: 2026-03-10T14:00:00Z\nparams: {version: 1.10}\nends: rolled_back\nhosts: {'web-[1:2]': {version: 1.10}}",
    "steps: {a: {on: web-1, given: {x: 1}, tries: 1, takes: 0s, exits: 1, prints: x, check: {takes: 1s, exits: 0}}}",
    "steps: {a: [{hangs: true}, {sets: {version: 1}, captures: {file: x}}]}",
    "metrics: {a: 1.5, b: {steady: 1, noise: 1%, wave: 5%, drift: 2 per 1h, settles: 5s}, c: [1, {silent: true}]}",
    "faults: [{fault: hang, id: x, with: a, later: 5s}, {fault: lie, after: x, metric: m, to: 1, for: 5m, on: web}]",
    "faults: [{fault: host-slow, at: 5m, times: 2}, {fault: leak, at: '2026-03-10 14:00', grows: 1 per m}]",
    "people: {everybody: 5s, sre: no, qa: {answers: 0s, says: nothing}}",
    "answers: {a: retry, b: [skip, roll back]}\ndecisions: {a: b}\nvetoes: a\nwaives: {a: b}",
    "orders: [{does: hold}, {does: roll back, at: 5m, note: x}]",
]
BAD = [
    "ends: over",
    "starts: tomorrow",
    "hosts: [web]",
    "steps: {a: x}",
    "steps: {a: []}",
    "steps: {a: {exits: 256}}",
    "steps: {a: {exits: many}}",
    "steps: {a: {takes: 5}}",
    "steps: {a: {check: {tries: 0}}}",
    "steps: {1a: {exits: 1}}",
    "metrics: {a: high}",
    "metrics: {a: {noise: 1%}}",
    "metrics: {a: {steady: 1, drift: 2}}",
    "faults: [{at: 5m}]",
    "faults: [{fault: rain}]",
    "faults: [{fault: hang, at: soon}]",
    "faults: [{fault: hang, begins: 5m}]",
    "people: {sre: {says: maybe}}",
    "answers: {a: explode}",
    "answers: {a: []}",
    "orders: [{does: nothing}]",
    "waives: {a: ''}",
    "who: me",
]


def verdicts(text: str) -> tuple[bool, bool]:
    """What the schema and what the model say of a scenario."""
    root, findings = parse(text.encode())
    assert root is not None
    assert findings == []
    return holds(_natural(data(root)), WHOLE, WHOLE), validate(root)[1] == []


@pytest.mark.parametrize("part", GOOD)
def test_schema_and_model_take_what_is_right(part: str) -> None:
    assert verdicts(HEAD + part) == (True, True)


@pytest.mark.parametrize("part", BAD)
def test_schema_and_model_refuse_what_is_wrong(part: str) -> None:
    assert verdicts(HEAD + part) == (False, False)


@pytest.mark.parametrize("text", ["scenario: s\n", "playbook: p\n"])
def test_schema_and_model_refuse_what_lacks_its_title_or_playbook(text: str) -> None:
    assert verdicts(text) == (False, False)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_is_as_the_schema_says(path: Path) -> None:
    assert verdicts(path.read_text()) == (True, True)


def test_every_key_is_described_in_the_schema() -> None:
    parts = {"": WHOLE, **WHOLE["$defs"]}
    keys = [(name, key, field) for name, part in parts.items() for key, field in part["properties"].items()]
    assert [(name, key) for name, key, field in keys if not field.get("description")] == []


@pytest.mark.parametrize(
    "model", [Scenario, Act, CheckAct, Curve, Fault, Person, Order], ids=lambda model: model.__name__
)
def test_every_key_is_on_the_reference_page(model: type[Scenario]) -> None:
    sections = reference().split("\n## ")
    assert any(all(f"| `{key}` | " in section for key in keys_of(model)) for section in sections)


def test_every_fault_and_every_rule_is_on_the_reference_page() -> None:
    page = reference()
    assert NEEDS.keys() == MEANINGS.keys() == set(get_args(FaultKind))
    assert [kind for kind, meaning in MEANINGS.items() if f"| `{kind}` | {meaning} | " not in page] == []
    assert [code for code, meaning in RULES.items() if f"| {code} | {meaning} |" not in page] == []


def test_faults_need_and_use_only_keys_that_they_have() -> None:
    assert {key for needs in NEEDS.values() for key in needs.usable} == set(SPECIFIC)
    assert set(SPECIFIC) <= set(keys_of(Fault))


def test_every_row_of_the_reference_page_has_its_cells() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4, 5}


def test_the_committed_reference_page_is_the_present_one() -> None:
    committed = Path(__file__).parents[3] / "playbooks" / "SCENARIOS.md"
    assert committed.read_text() == reference(), "`make reference` writes it anew"
