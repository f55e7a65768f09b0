"""Every name that a playbook declares, taken from what is written: a mistake elsewhere makes none of them unknown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import msgspec

from cockpit.playbook.model.validate import step_paths, ticking_paths
from cockpit.playbook.node import Listing, Node, Path, Scalar, Table, child, find
from cockpit.playbook.shell.captures import captured

_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


class Names(msgspec.Struct, frozen=True):
    """What there is to refer to, by sort."""

    params: frozenset[str]
    secrets: frozenset[str]
    roles: frozenset[str]
    groups: frozenset[str]
    steps: frozenset[str]
    captures: frozenset[str]
    metrics: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    phases: frozenset[str] = frozenset()

    @property
    def values(self) -> frozenset[str]:
        """The variables that come from outside a command."""
        return self.params | self.secrets | self.captures


def declared(root: Node) -> Names:
    """The names in a tree."""
    return Names(
        params=_keys(root, "params"),
        secrets=_keys(root, "secrets"),
        roles=_keys(root, "roles"),
        groups=_keys(root, "hosts"),
        steps=frozenset(
            node.value for path in step_paths(root) if isinstance(node := child(find(root, path), "id"), Scalar)
        ),
        captures=frozenset(name for path in _runs(root) for name in _captures(root, path)),
        metrics=_keys(root, "metrics"),
        rules=_keys(root, "rules"),
        severities=_keys(root, "severities"),
        phases=frozenset(_phases(root)),
    )


def slug(text: str, otherwise: str) -> str:
    """A name made from a title: `Go / no-go` becomes `go-no-go`."""
    found = _NOT_IN_SLUG.sub("-", text.lower()).strip("-")[:40].strip("-")
    return found if found[:1].isalpha() else otherwise


def spoken(name: str) -> str:
    """A title made from a name: `old-version` becomes `Old version`."""
    words = name.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def unique(name: str, taken: Collection[str]) -> str:
    """The name, with a number where it is taken."""
    numbered, number = name, 1
    while numbered in taken:
        number += 1
        numbered = f"{name}-{number}"
    return numbered


def _keys(root: Node, key: str) -> frozenset[str]:
    table = child(root, key)
    return frozenset(table.keys) if isinstance(table, Table) else frozenset()


def _phases(root: Node) -> Iterator[str]:
    phases = child(root, "phases")
    for phase in phases.items if isinstance(phases, Listing) else ():
        if isinstance(name := child(phase, "phase"), Scalar):
            yield name.value


def _runs(root: Node) -> Iterator[Path]:
    """Where commands may be: steps, and items that tick themselves."""
    yield from step_paths(root)
    yield from ticking_paths(root)


def _captures(root: Node, path: Path) -> Iterator[str]:
    step = find(root, path)
    command = child(step, "run")
    if isinstance(command, Scalar):
        yield from captured(command.value)
    listed = child(step, "captures")
    yield from (item.value for item in getattr(listed, "items", []) if isinstance(item, Scalar))
