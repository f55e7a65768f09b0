"""From a path to a playbook, its problems, or its plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cockpit.errors import PlaybookError
from cockpit.playbook.lint.effort import effort
from cockpit.playbook.lint.rules import lint
from cockpit.playbook.model.validate import validate
from cockpit.playbook.node import Node
from cockpit.playbook.plan import Plan
from cockpit.playbook.problem import Finding, Problem, errors, in_order
from cockpit.playbook.resolve import resolve, unconfirmable
from cockpit.playbook.source import read
from cockpit.playbook.values import settle
from cockpit.playbook.world import World, world_of


class Loaded(msgspec.Struct, frozen=True):
    """A playbook as far as it could be understood (`world` is None when not at all), with everything found wrong."""

    file: str
    world: World | None
    problems: tuple[Problem, ...]


def load(path: Path, login: str = "") -> Loaded:
    """Read and check a playbook; `login`, where it is known, takes the place of '{{ login }}' among people."""
    return understand(str(path), *read(path), login)


def understand(file: str, root: Node | None, findings: list[Finding], login: str = "") -> Loaded:
    """The playbook of a tree that was read from a file, with what was wrong with it already."""
    if root is None:
        return Loaded(file, None, tuple(in_order(file, findings)))
    book, refused = validate(root)
    too_much = list(effort(book)) if book else []
    if too_much:
        return Loaded(file, None, tuple(in_order(file, [*findings, *refused, *too_much])))
    world = world_of(book, root) if book else None
    linted = lint(world, login) if world else []
    return Loaded(file, world, tuple(in_order(file, [*findings, *refused, *linted])))


def check(path: Path) -> list[Problem]:
    """Everything that is wrong with a playbook, by line and column; warnings too."""
    return list(load(path).problems)


def plan(path: Path, params: Mapping[str, str], login: str) -> Plan:
    """The plan of a playbook for these params and whoever starts it; PlaybookError with every problem instead."""
    loaded = load(path, login)
    wrong = errors(loaded.problems)
    values: dict[str, str] = {}
    if loaded.world is not None:
        values, found = settle(loaded.world.book, params)
        wrong += in_order(loaded.file, found)
    if wrong or loaded.world is None:
        raise PlaybookError(tuple(str(problem) for problem in sorted(wrong, key=lambda p: (p.line, p.column, p.code))))
    made = resolve(loaded.world, values, login)
    if untyped := in_order(loaded.file, unconfirmable(loaded.world, made)):
        raise PlaybookError(tuple(str(problem) for problem in untyped))
    return made
