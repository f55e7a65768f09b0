"""A tree to a playbook, with everything at once that the model refuses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from typing import Any

from pydantic import BaseModel, Field, ValidationError, create_model

from cockpit.playbook.model.commands import Check
from cockpit.playbook.model.fields import Declared
from cockpit.playbook.model.fit import Fitted, fit, without_value
from cockpit.playbook.model.kinds import kinds_of
from cockpit.playbook.model.playbook import Playbook, Secret
from cockpit.playbook.model.words import FAMILIES, finding
from cockpit.playbook.node import Listing, Node, Path, Table, child, data, find
from cockpit.playbook.problem import Finding

MAX_STEPS = 1000
MAX_ENTRIES = 1000
"""Metrics, and the same for rules and decisions."""


Book = Fitted[Playbook]
"""A playbook with its tree."""


def validate(root: Node) -> tuple[Book | None, list[Finding]]:
    """The playbook of a tree, as far as it can be understood, and what is wrong with it."""
    if too_many := _too_many_steps(root) or _too_many_entries(root):
        return None, [too_many]
    empty = [(path, found) for path, found in without_value(root) if not _is_param(path)]
    findings = [found for _, found in empty]
    refused = [*(path for path, _ in empty), *_not_one_kind(root, findings)]
    return fit(root, Playbook, findings, refused)


def _is_param(path: Path) -> bool:
    """Whether a param is there, which may have nothing after it: it then has no rules."""
    return len(path) == 2 and path[0] == "params"


def _too_many_steps(root: Node) -> Finding | None:
    every = chain(step_paths(root), ticking_paths(root))
    too_many = next(islice(every, MAX_STEPS, None), None)
    if too_many is None:
        return None
    message = f"more than {MAX_STEPS} steps"
    return Finding(find(root, too_many).at, "P014", message, "a release this long cannot be flown: split it")


def _too_many_entries(root: Node) -> Finding | None:
    for key in ("metrics", "rules", "decisions", "severities"):
        table = child(root, key)
        if isinstance(table, Table) and len(table.keys) > MAX_ENTRIES:
            at = next(islice(table.keys.values(), MAX_ENTRIES, None))
            return Finding(at, "P014", f"more than {MAX_ENTRIES} {key}", "nobody can watch that many: leave some out")
    return None


def _not_one_kind(root: Node, findings: list[Finding]) -> list[Path]:
    """Parts with none, or more than one, of the keys that say what they are."""
    refused: list[Path] = []
    for path, what in _choices(root):
        table = find(root, path)
        if not isinstance(table, Table):
            continue
        family = FAMILIES.get(what)
        found = kinds_of(table.keys, family) if family else [key for key in table.keys if key in _ONE_OF[what]]
        if len(found) == 1:
            continue
        refused.append(path)
        findings.append(_kind_finding(table, found, tuple(family or _ONE_OF[what]), what))
        if family:
            findings += _other_keys(table, what)
    return refused


_ONE_OF: dict[str, tuple[str, ...]] = {"check": Check.one_of, "secret": Secret.one_of}


def _kind_finding(table: Table, found: list[str], kinds: tuple[str, ...], what: str) -> Finding:
    hint = f"a {what} has one of: {', '.join(kinds)}"
    if not found:
        return Finding(table.at, "P105", f"the {what} does not say what it is", hint)
    both = " and ".join(f"`{key}`" for key in found)
    return Finding(table.keys[found[1]], "P105", f"the {what} has {both}: it can be only one of them", hint)


def _other_keys(table: Table, what: str) -> list[Finding]:
    """What is wrong with the keys of a part that could be of any kind of its family."""
    model = _of_any_kind(what)
    try:
        model.model_validate(data(table))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return [found for detail in details if (found := finding(table, detail, model)) is not None]
    return []


@cache
def _of_any_kind(what: str) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for model in FAMILIES[what].values():
        for name, field in model.model_fields.items():
            fields[name] = (field.rebuild_annotation() | None, Field(None, alias=field.alias))
    return create_model(f"Any{what.capitalize()}", __base__=Declared, **fields)


def _choices(root: Node) -> Iterator[tuple[Path, str]]:
    for path in step_paths(root):
        yield path, "proof" if "proven_by" in path else "step"
        for key in (("check",), ("undo", "check")):
            if _has(root, (*path, *key)):
                yield (*path, *key), "check"
    for part, what in (("secrets", "secret"), ("metrics", "metric")):
        table = child(root, part)
        if isinstance(table, Table):
            yield from (((part, name), what) for name in table.values)


def _has(root: Node, path: Path) -> bool:
    node: Node | None = root
    for step in path:
        node = None if node is None else child(node, step)
    return node is not None


def step_paths(root: Node) -> Iterator[Path]:
    """Where each step is written, in order."""
    phases = _items(root, ("phases",))
    for phase, _ in enumerate(phases):
        place: Path = ("phases", phase, "steps")
        yield from ((*place, index) for index, _ in enumerate(_items(root, place)))
    for part in ("proven_by", "steps", "verify"):
        place = ("rollback", part)
        yield from ((*place, index) for index, _ in enumerate(_items(root, place)))


def ticking_paths(root: Node) -> Iterator[Path]:
    """Where each item of a checklist is written that ticks itself, in order."""
    for path in step_paths(root):
        for index, item in enumerate(_items(root, (*path, "checklist"))):
            if isinstance(item, Table) and not {"run", "http", "passing"}.isdisjoint(item.keys):
                yield (*path, "checklist", index)


def _items(root: Node, path: Path) -> list[Node]:
    node: Node | None = root
    for step in path:
        node = None if node is None else child(node, step)
    return node.items if isinstance(node, Listing) else []
