"""The JSON Schema and the reference page say what the model says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cockpit.playbook.model.fields import _natural
from cockpit.playbook.model.playbook import Playbook
from cockpit.playbook.model.reference import reference
from cockpit.playbook.model.schema import schema, written
from cockpit.playbook.model.steps import KINDS
from cockpit.playbook.model.validate import validate
from cockpit.playbook.node import data
from cockpit.playbook.problem import RULES
from cockpit.playbook.source import parse
from tests.playbook.books import HEAD
from tests.playbook.schemas import holds

QUICKSTART = Path(__file__).parents[2] / "playbooks" / "quickstart.yaml"
WHOLE = schema()

GOOD = [
    "- {id: a, run: ls, on: web}",
    "- {run: ls, on: [web, db-1], dir: /x, env: {A: 1, B: b}, as: app, shell: bash, captures: [c], timeout: 1h 30m}",
    "- {run: ls, on: web, batches: [1, 25%, 100%], fail_above: 10%, if_fails: roll back, quiet: 2m}",
    "- {run: ls, on: web, check: {run: ls, times: 2, every: 500ms, deadline: 1m}}",
    "- {run: ls, on: web, check: {http: 'http://x/'}}",
    "- {http: 'http://x/'}",
    "- {http: 'http://x/', advice: [look, {say: x, output: refused, run: [a, b]}]}",
    "- {run: ls, on: web, advice: [{say: x, output: [refused, reset], exit: [1, 137], run: ls}, {say: y, exit: 2}]}",
    "- {http: {url: 'http://x/', method: POST, headers: {A: 1}, body: {a: [1, true]}, expect: {status: [200, 204]}}}",
    "- {http: {url: 'http://x/', body: b, expect: {status: 201, contains: x, json: {a: {b: 1}}}}, on: web, times: 3}",
    "- {checklist: [a, {item: b, id: b, text: c, evidence: required, not_applicable: allowed}]}",
    "- {do: look, title: x, owner: [sre, captain], after: [], when: version == '1', takes: 1d}",
    "- {wait: 90s, after: a, owner: sre}",
    "- {gate: Go, sign: {sre: 2}, distinct: 1, confirm: x}",
    "- {gate: Go, sign: [sre, captain]}",
    "- {gate: Go, sign: [sre], expires: 1h 30m, without_starter: true}",
]
BAD = [
    "- {id: a}",
    "- just text",
    "- {id: 1a, wait: 1s}",
    "- {wait: 1s, do: x}",
    "- {wait: 5}",
    "- {wait: 5 parsecs}",
    "- {wait: 1s, tkes: 1s}",
    "- {run: '', on: web}",
    "- {run: ls, on: []}",
    "- {run: ls}",
    "- {run: ls, on: web, env: {1A: x}}",
    "- {run: ls, on: web, env: {A: [x]}}",
    "- {run: ls, on: web, shell: zsh}",
    "- {run: ls, on: web, batches: []}",
    "- {run: ls, on: web, batches: [x]}",
    "- {run: ls, on: web, batches: [0]}",
    "- {run: ls, on: web, fail_above: 10}",
    "- {run: ls, on: web, if_fails: explode}",
    "- {run: ls, on: web, check: {times: 2}}",
    "- {run: ls, on: web, check: {run: ls, http: 'http://x'}}",
    "- {http: {method: GET}}",
    "- {http: {url: 'http://x/', method: BREW}}",
    "- {http: {url: 'http://x/', headers: {'a b': c}}}",
    "- {http: {url: 'http://x/', expect: {status: 99}}}",
    "- {checklist: []}",
    "- {checklist: [{text: x}]}",
    "- {checklist: [{item: x, evidence: yes please}]}",
    "- {gate: ''}",
    "- {gate: Go, sign: {sre: 0}}",
    "- {gate: Go, sign: []}",
    "- {gate: Go, sign: {}}",
    "- {gate: Go, sign: {'a b': 1}}",
    "- {gate: Go, distinct: many}",
    "- {gate: Go, confirm: ''}",
    "- {gate: Go, title: x}",
]
BAD_WHOLE = [
    "playbook: x\n",
    "playbook: x\nphases: []\n",
    "playbook: x\nphases: [{phase: p, steps: []}]\n",
    "playbook: 'a b'\nphases: [{phase: p, steps: [{wait: 1s}]}]\n",
    "playbook: x\nrevision: 0\nphases: [{phase: p, steps: [{wait: 1s}]}]\n",
    "playbook: x\nparams: {a-b: }\nphases: [{phase: p, steps: [{wait: 1s}]}]\n",
    "playbook: x\nroles: {a: {people: ['A B']}}\nphases: [{phase: p, steps: [{wait: 1s}]}]\n",
    "playbook: x\nsecrets: {a: {env: A, file: b}}\nphases: [{phase: p, steps: [{wait: 1s}]}]\n",
    "playbook: x\nhosts: {1: x}\nphases: [{phase: p, steps: [{wait: 1s}]}]\n",
    "playbook: x\nphases: [{phase: p, steps: [{wait: 1s}]}]\nrollback: {verify: [{wait: 1s}]}\n",
]


def verdicts(text: str) -> tuple[bool, bool]:
    """What the schema and what the model say of a playbook."""
    root, findings = parse(text.encode())
    assert root is not None
    assert findings == []
    return holds(_natural(data(root)), WHOLE, WHOLE), validate(root)[1] == []


@pytest.mark.parametrize("steps", GOOD)
def test_schema_and_model_take_what_is_right(steps: str) -> None:
    assert verdicts(f"{HEAD}  {steps}\n") == (True, True)


@pytest.mark.parametrize("steps", BAD)
def test_schema_and_model_refuse_what_is_wrong(steps: str) -> None:
    assert verdicts(f"{HEAD}  {steps}\n") == (False, False)


@pytest.mark.parametrize("text", BAD_WHOLE)
def test_schema_and_model_refuse_a_wrong_playbook(text: str) -> None:
    assert verdicts(text) == (False, False)


def test_the_quickstart_is_as_the_schema_says() -> None:
    assert verdicts(QUICKSTART.read_text()) == (True, True)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a schema."""
    if isinstance(schema, dict):
        yield schema
        yield from (part for below in schema.values() for part in parts(below))
    elif isinstance(schema, list):
        yield from (part for below in schema for part in parts(below))


def test_every_reference_leads_somewhere_and_every_part_is_used() -> None:
    used = {part["$ref"].removeprefix("#/$defs/") for part in parts(WHOLE) if "$ref" in part}
    assert used == set(WHOLE["$defs"])


def test_every_pattern_is_one() -> None:
    patterns = [pattern for part in parts(WHOLE) for pattern in part.get("patternProperties", {})]
    patterns += [part["pattern"] for part in parts(WHOLE) if isinstance(part.get("pattern"), str)]
    assert all(re.compile(pattern) for pattern in patterns)
    assert len(patterns) > 30


def test_every_key_is_described_in_the_schema() -> None:
    fields = [(name, key) for name, part in WHOLE["$defs"].items() for key in part["properties"]]
    silent = [(name, key) for name, key in fields if not WHOLE["$defs"][name]["properties"][key].get("description")]
    assert silent == []


def test_the_schema_is_json_of_the_2020_draft() -> None:
    assert json.loads(json.dumps(WHOLE))["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_defaults_stand_as_they_are_written() -> None:
    check = WHOLE["$defs"]["Check"]["properties"]
    assert (check["every"]["default"], check["deadline"]["default"]) == ("5s", "2m")
    assert [written(seconds) for seconds in (0.5, 90.0, 3600.0, 172800.0)] == ["0.5s", "90s", "1h", "2d"]


def models() -> Iterator[tuple[str, list[str]]]:
    """The name and the keys of every part of the model."""
    yield "Playbook", [field.alias or name for name, field in Playbook.model_fields.items()]
    yield from ((name, list(part["properties"])) for name, part in WHOLE["$defs"].items())


@pytest.mark.parametrize(("name", "keys"), models())
def test_every_key_is_on_the_reference_page(name: str, keys: list[str]) -> None:
    page = reference()
    sections = page.split("\n## ")
    assert any(all(f"| `{key}` | " in section for key in keys) for section in sections), name


def test_every_kind_of_step_and_every_rule_is_on_the_reference_page() -> None:
    page = reference()
    assert [kind for kind in KINDS if f"## A step: `{kind}`" not in page] == []
    assert [code for code, meaning in RULES.items() if f"| {code} | {meaning} |" not in page] == []


def test_every_row_of_the_reference_page_has_three_cells() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `") and "required" in line]
    assert len(rows) > 10
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows)


def test_the_committed_reference_page_is_the_present_one() -> None:
    committed = Path(__file__).parents[2] / "playbooks" / "REFERENCE.md"
    assert committed.read_text() == reference(), "`make reference` writes it anew"
