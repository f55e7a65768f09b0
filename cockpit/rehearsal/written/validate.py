"""A tree to a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec.structs import replace

from cockpit.playbook.model.fit import fit, without_value
from cockpit.playbook.node import Listing, Node, Path, Table, child, find
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.written.model import Scenario
from cockpit.rehearsal.written.rules import own
from cockpit.rehearsal.written.scene import Book

MAX_ENTRIES = 1000
"""Acts, and the same for curves, faults, orders, and everything else that is listed."""

MAX_OF_ONE = 100
"""Acts of one step, and curves of one metric."""


def validate(root: Node) -> tuple[Book | None, list[Finding]]:
    """The scenario of a tree, as far as it can be understood, and what is wrong with it."""
    too_many = next(_too_many(root), None)
    if too_many is not None:
        return None, [too_many]
    empty = list(without_value(root))
    book, findings = fit(root, Scenario, [found for _, found in empty], [path for path, _ in empty])
    return book, owned(findings)


def owned(findings: list[Finding]) -> list[Finding]:
    """Findings of what scenarios have in common with playbooks, under codes of their own."""
    return [replace(found, code=own(found.code)) for found in findings]


def _too_many(root: Node) -> Iterator[Finding]:
    for key in Scenario.model_fields:
        path = next(islice(_entries(root, key), MAX_ENTRIES, None), None)
        if path is not None:
            at = find(root, path).at
            yield Finding(at, "S014", f"more than {MAX_ENTRIES} {key}", "nobody can follow that many: leave some out")
    for key in ("steps", "metrics"):
        for path in _entries(root, key):
            if path[-1] == MAX_OF_ONE:
                message = f"more than {MAX_OF_ONE} entries of `{path[1]}`"
                yield Finding(find(root, path).at, "S014", message, "leave some out")


def _entries(root: Node, key: str) -> Iterator[Path]:
    """The entries of a part, and those of lists in it."""
    part = child(root, key)
    match part:
        case Listing(items=items):
            yield from ((key, index) for index, _ in enumerate(items))
        case Table(values=values):
            for name, value in values.items():
                below = value.items if isinstance(value, Listing) else [value]
                yield from ((key, name, index) for index, _ in enumerate(below))
        case _:
            return
