"""From a path to a playbook, its problems, or its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cockpit.errors import PlaybookError
from cockpit.playbook.lint.rules import lint
from cockpit.playbook.model.validate import validate
from cockpit.playbook.plan import Plan
from cockpit.playbook.problem import Finding, Problem, errors, in_order
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import read
from cockpit.playbook.values import settle
from cockpit.playbook.world import World, world_of


@dataclass(frozen=True)
class Loaded:
    """A playbook as far as it could be understood (`world` is None when not at all), with everything found wrong."""

    file: str
    world: World | None
    problems: tuple[Problem, ...]


def load(path: Path, login: str = "") -> Loaded:
    """Read and check a playbook; `login`, where it is known, takes the place of '{{ login }}' among people."""
    root, findings = read(path)
    book = None
    if root is not None:
        book, refused = validate(root)
        findings += refused
    world = world_of(book, root) if book and root else None
    findings += lint(world, login) if world else []
    return Loaded(str(path), world, tuple(in_order(str(path), findings)))


def check(path: Path) -> list[Problem]:
    """Everything that is wrong with a playbook, by line and column; warnings too."""
    return list(load(path).problems)


def plan(path: Path, params: Mapping[str, str], login: str) -> Plan:
    """The plan of a playbook for these params and whoever starts it; PlaybookError with every problem instead."""
    loaded = load(path, login)
    wrong = errors(loaded.problems)
    found: list[Finding] = []
    values: dict[str, str] = {}
    if loaded.world is not None:
        values, found = settle(loaded.world.book, params)
    wrong += in_order(loaded.file, found)
    if wrong or loaded.world is None:
        raise PlaybookError(tuple(str(problem) for problem in sorted(wrong, key=lambda p: (p.line, p.column, p.code))))
    return resolve(loaded.world, values, login)
