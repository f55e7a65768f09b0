"""The reference of the playbook language, made from the model and the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cockpit.playbook.model.schema import schema
from cockpit.playbook.problem import RULES
from cockpit.playbook.reserved import BUILTINS

_ORDER = (
    ("Playbook", ""),
    ("Param", "An entry of `params`"),
    ("Secret", "An entry of `secrets`"),
    ("Role", "An entry of `roles`"),
    ("Ssh", "`ssh`"),
    ("Phase", "An item of `phases`"),
    ("RunStep", "A step: `run`"),
    ("HttpStep", "A step: `http`"),
    ("ChecklistStep", "A step: `checklist`"),
    ("DoStep", "A step: `do`"),
    ("WaitStep", "A step: `wait`"),
    ("GateStep", "A step: `gate`"),
    ("Request", "A request"),
    ("Expect", "`expect`"),
    ("Check", "`check`"),
    ("Item", "An item of a checklist"),
    ("Rollback", "`rollback`"),
)


def reference() -> str:
    """The whole language as one page of Markdown."""
    whole = schema()
    parts = {"Playbook": whole, **whole["$defs"]}
    lines = ["# Playbooks", "", whole["description"], ""]
    for name, heading in _ORDER:
        lines += _section(heading or "A playbook", parts[name])
    return "\n".join([*lines, *_variables(), *_rules()]) + "\n"


def _section(heading: str, part: dict[str, Any]) -> Iterator[str]:
    yield from (f"## {heading}", "", part["description"], "", "| key | what it is | default |", "|---|---|---|")
    required = part.get("required", [])
    for name, field in part["properties"].items():
        default = "required" if name in required else _shown(field.get("default"))
        yield f"| `{name}` | {_cell(field)} | {default} |"
    yield ""


def _cell(field: dict[str, Any]) -> str:
    text = str(field.get("description", ""))
    choices = next((part["enum"] for part in (field, *field.get("anyOf", ())) if "enum" in part), None)
    if choices:
        text += f" One of {', '.join(f'`{choice}`' for choice in choices)}."
    if examples := field.get("examples"):
        text += f" Example: `{examples[0]}`" if not isinstance(examples[0], (dict, list)) else ""
    return text.replace("|", "\\|").replace("\n", " ")


def _shown(default: Any) -> str:
    return "" if default is None else f"`{default}`"


def _variables() -> Iterator[str]:
    yield from ("## Variables that are always there", "", "| name | value |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in BUILTINS.items())
    yield ""


def _rules() -> Iterator[str]:
    yield from ("## Rules", "", "| code | what is wrong |", "|---|---|")
    yield from (f"| {code} | {meaning} |" for code, meaning in RULES.items())
