"""Places in a playbook as it is written: `steps.go.sign`, `rules.errors.bad`, `rollback.verify.old-logs.run`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import playbooks
from cockpit.playbook.node import Data, data
from cockpit.playbook.source import read

BOOKS = {
    "000": "netlify-trading",
    "001": "production-checklist",
    "002": "deploy-rollback",
    "003": "staged-rollout",
    "004": "tradepulse",
}
SHIPPED = Path(playbooks.__path__[0])


@cache
def document(runbook: str) -> Data:
    """The playbook of a runbook, as written."""
    root, findings = read(SHIPPED / f"{BOOKS[runbook]}.yaml")
    assert root is not None, findings
    return data(root)


def at(runbook: str, place: str) -> Data:
    """What stands at a place; KeyError where there is no such place."""
    names = place.split(".")
    found = document(runbook)
    if names[0] == "steps":
        assert isinstance(found, dict)
        found = [step for phase in _list(found["phases"]) for step in _list(_table(phase)["steps"])]
        names = names[1:]
    for name in names:
        found = _below(found, name, place)
    return found


def _below(node: Data, name: str, place: str) -> Data:
    if isinstance(node, dict) and name in node:
        return node[name]
    for item in node if isinstance(node, list) else ():
        if item == name or (isinstance(item, dict) and name in (item.get("id"), item.get("phase"), item.get("name"))):
            return item
    raise KeyError(f"{place}: there is no {name}")


def _list(node: Data) -> list[Data]:
    assert isinstance(node, list)
    return node


def _table(node: Data) -> dict[str, Data]:
    assert isinstance(node, dict)
    return node


def text_of(node: Data) -> str:
    """All the text at a place; keys as `key: value`."""
    return " ".join(_words(node))


def _words(node: Data) -> Iterator[str]:
    match node:
        case dict():
            for key, value in node.items():
                inner = text_of(value)
                yield f"{key}: {{{inner}}}" if isinstance(value, dict) else f"{key}: {inner}"
        case list():
            for item in node:
                yield text_of(item)
        case None:
            return
        case _:
            yield str(node)


def plain(text: str) -> str:
    """Text without quotes, and with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"[\"']|\*\*", "", text)).strip()


def shown(runbook: str, place: str) -> str:
    """The plain text at a place."""
    return plain(text_of(at(runbook, place)))


def json_of(runbook: str, place: str) -> str:
    """What stands at a place, for the message of a test."""
    return json.dumps(at(runbook, place))[:300]
