"""The reference of scenarios' files, made from the model, the faults and the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cockpit.playbook.model.reference import rules, sections
from cockpit.playbook.model.schema import schema as schema_of
from cockpit.rehearsal.written.model import Scenario
from cockpit.rehearsal.written.needs import MEANINGS, NEEDS
from cockpit.rehearsal.written.rules import RULES

_ORDER = (
    ("Scenario", "A scenario"),
    ("Act", "An entry of `steps`"),
    ("CheckAct", "`check`"),
    ("Curve", "An entry of `metrics`"),
    ("Fault", "An item of `faults`"),
    ("Person", "An entry of `people`"),
    ("Order", "An item of `orders`"),
)


def schema() -> dict[str, Any]:
    """What an editor needs to complete and check a scenario: JSON Schema, draft 2020-12."""
    return schema_of(Scenario)


def reference() -> str:
    """The whole language as one page of Markdown."""
    lines = sections("Scenarios", schema(), _ORDER, {"Fault": _faults()})
    return "\n".join([*lines, *rules(RULES)]) + "\n"


def _faults() -> Iterator[str]:
    yield from ("| `fault` | what goes wrong | needs | can have |", "|---|---|---|---|")
    for kind, needs in NEEDS.items():
        yield f"| `{kind}` | {MEANINGS[kind]} | {_keys(needs.must)} | {_keys(needs.usable - needs.must)} |"
    yield ""


def _keys(keys: frozenset[str]) -> str:
    return ", ".join(f"`{key}`" for key in sorted(keys))
