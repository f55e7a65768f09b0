"""From a path to a scenario, its problems, or its params."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from cockpit.errors import PlaybookError
from cockpit.playbook import load as playbooks
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Node, Table
from cockpit.playbook.plan import Plan
from cockpit.playbook.problem import Finding, Problem, errors, in_order
from cockpit.playbook.resolve import resolve as resolve_playbook
from cockpit.playbook.source import read
from cockpit.playbook.values import refusal
from cockpit.playbook.world import World
from cockpit.rehearsal.scenario import Scenario
from cockpit.rehearsal.written import place
from cockpit.rehearsal.written.lint.rules import lint
from cockpit.rehearsal.written.resolve import resolve
from cockpit.rehearsal.written.scene import Book, Scene
from cockpit.rehearsal.written.validate import owned, validate

KEY = "scenario"


class Loaded(msgspec.Struct, frozen=True):
    """A scenario as far as it could be understood (`scene` is None when not at all), with everything found wrong."""

    file: str
    scene: Scene | None
    problems: tuple[Problem, ...]


def load(path: Path, plan: Plan) -> Scenario:
    """The scenario of a file for a plan; PlaybookError with every problem instead."""
    loaded = understand(str(path), *_read(path), plan)
    _refuse(loaded.problems)
    assert loaded.scene is not None
    return resolve(loaded.scene, path.stem)


def params_of(path: Path) -> dict[str, str]:
    """The params that a scenario gives, which its plan is made with; PlaybookError where it cannot be understood."""
    book, findings = _book(*_read(path))
    _refuse(in_order(str(path), findings))
    return dict(book.model.params) if book else {}


def check(path: Path, playbook: Path | None = None) -> list[Problem]:
    """Everything that is wrong with a scenario, by line and column; warnings too.

    Its playbook is the one that it lies beside, where none is given; its params are those that it gives itself.
    """
    book, findings = _book(*_read(path))
    if book is not None:
        beside = place.playbook_of(path) if playbook is None else playbook
        findings += _with_playbook(book, beside)
    return in_order(str(path), findings)


def understand(file: str, root: Node | None, findings: list[Finding], plan: Plan) -> Loaded:
    """The scenario of a tree that was read from a file, with what was wrong with it already, for a plan."""
    book, found = _book(root, findings)
    scene = Scene(book, plan) if book else None
    linted = lint(scene) if scene else []
    return Loaded(file, scene, tuple(in_order(file, [*found, *linted])))


def is_scenario(path: Path) -> bool:
    """Whether a file is a scenario rather than a playbook: by its keys, or else by where it lies."""
    root, _ = read(path)
    keys = root.keys if isinstance(root, Table) else {}
    return KEY in keys or ("phases" not in keys and place.is_among_scenarios(path))


def _read(path: Path) -> tuple[Node | None, list[Finding]]:
    root, findings = read(path, KEY)
    return root, owned(findings)


def _book(root: Node | None, findings: list[Finding]) -> tuple[Book | None, list[Finding]]:
    if root is None:
        return None, findings
    book, refused = validate(root)
    return book, [*findings, *refused]


def _refuse(problems: tuple[Problem, ...] | list[Problem]) -> None:
    if wrong := errors(problems):
        raise PlaybookError(tuple(str(problem) for problem in wrong))


def _with_playbook(book: Book, path: Path) -> Iterator[Finding]:
    """What is wrong between a scenario and a playbook's file."""
    loaded = playbooks.load(path)
    wrong = errors(loaded.problems)
    if loaded.world is None or wrong:
        first = f": {wrong[0].message}" if len(wrong) == 1 else ""
        message = f"its playbook {path} cannot be used{first}"
        yield Finding(book.at("playbook"), "S220", message, f"`cockpit lint {path}` says what is wrong with it")
        return
    yield from _params(book, loaded.world)
    yield from lint(Scene(book, resolve_playbook(loaded.world, _values(book, loaded.world), "")))


def _params(book: Book, world: World) -> Iterator[Finding]:
    """Params that the playbook does not have or that it refuses, and those that nobody gives a value."""
    given, params = book.model.params, world.book.model.params
    for name, value in given.items():
        if name not in params:
            hint = suggest(name, params, "params")
            yield Finding(book.key("params", name), "S221", f"the playbook has no param `{name}`", hint)
        elif why := refusal(params[name], value):
            yield Finding(book.at("params", name), "S221", f"param `{name}` {why}", params[name].help)
    for name, param in params.items():
        if name not in given and param.default is None and book.sound("params"):
            message, hint = f"param `{name}` has no value here", f"give it one, or say -p {name}=… at each rehearsal"
            yield Finding(book.key("params"), "S222", message, hint, "warning")


def _values(book: Book, world: World) -> dict[str, str]:
    """A value for each param, so that there is a plan to look at; those without one are empty."""
    given = book.model.params
    return {name: given.get(name, param.default or "") for name, param in world.book.model.params.items()}
