"""A playbook as its rules see it: steps with their ids and order, hosts by group, and every name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from cockpit.playbook.hosts import Groups, HostError, UnknownHostError, resolved, targets
from cockpit.playbook.model.steps import AnyStep, DoStep, GateStep, RunStep, WaitStep
from cockpit.playbook.model.validate import Book
from cockpit.playbook.names import Names, declared, slug, unique
from cockpit.playbook.node import Node, Path, Scalar
from cockpit.playbook.problem import Position
from cockpit.playbook.shell.captures import captured


class Placed(msgspec.Struct, frozen=True, dict=True):
    """A step where it is written. `after` is what it waits for, said or not; `back`: part of the way back."""

    path: Path
    id: str
    phase: str
    step: AnyStep
    after: tuple[str, ...]
    back: bool

    @cached_property
    def captures(self) -> frozenset[str]:
        """The names that the step hands on."""
        return (
            frozenset(self.step.captures) | captured(self.step.run) if isinstance(self.step, RunStep) else frozenset()
        )


class World(msgspec.Struct, frozen=True, dict=True):
    """All that a rule may look at. `groups` are those that could be resolved, `wrong_groups` the others."""

    book: Book
    names: Names
    groups: Groups
    wrong_groups: Mapping[str, HostError]
    forward: tuple[Placed, ...]
    backward: tuple[Placed, ...]

    @property
    def steps(self) -> tuple[Placed, ...]:
        """Every step, as written."""
        return self.forward + self.backward

    @cached_property
    def by_id(self) -> dict[str, Placed]:
        """Steps by id; of several with the same id, the first."""
        return {placed.id: placed for placed in reversed(self.steps)}

    @cached_property
    def _named(self) -> dict[tuple[str, ...], tuple[tuple[int, str], ...]]:
        return {}

    def hosts_of(self, on: Sequence[str]) -> tuple[tuple[int, str], ...]:
        """The hosts that `on` names, each with the index of the entry that names it; HostError, UnknownHostError."""
        key = tuple(on)
        if key not in self._named:
            self._named[key] = tuple(targets(key, self.groups))
        return self._named[key]

    def count_of(self, on: Sequence[str]) -> int:
        """How many hosts `on` names; 0 where that cannot be told."""
        try:
            return len({host for _, host in self.hosts_of(on)})
        except (HostError, UnknownHostError):
            return 0

    @cached_property
    def ids(self) -> frozenset[str]:
        """The id of every step, also of those that could not be understood."""
        return frozenset(self.by_id) | self.names.steps

    @cached_property
    def before(self) -> dict[str, frozenset[str]]:
        """For each step the ids of all steps that are complete when it starts, of its own way (forward or back)."""
        after = {placed.id: placed.after for placed in self.steps}
        return {name: frozenset(_reachable(name, after)) for name in after}

    def place(self, path: Path, offset: int = 0) -> Position:
        """Where the character at this offset of the text at the path is written."""
        node = self.book.node(*path)
        if not isinstance(node, Scalar):
            return node.at
        before = node.value[:offset]
        return node.place(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def place_at(self, path: Path, row: int, column: int) -> Position:
        """Where this row and column, from 0, of the text at the path are written."""
        node = self.book.node(*path)
        return node.place(row, column) if isinstance(node, Scalar) else node.at


def world_of(book: Book, root: Node) -> World:
    """The playbook as rules see it; `root` is the tree as written."""
    groups, wrong = resolved(book.model.hosts)
    taken: set[str] = set()
    forward = _placed(_forward(book), taken)
    backward = _placed(_backward(book), taken)
    return World(book, declared(root), groups, wrong, tuple(forward), tuple(backward))


_Written = tuple[Path, str, AnyStep]


def _forward(book: Book) -> Iterator[_Written]:
    for number, phase in enumerate(book.model.phases):
        for index, step in enumerate(phase.steps):
            yield ("phases", number, "steps", index), phase.phase, step


def _backward(book: Book) -> Iterator[_Written]:
    back = book.model.rollback
    if back is not None:
        yield from ((("rollback", "steps", index), "rollback", step) for index, step in enumerate(back.steps))
        yield from ((("rollback", "verify", index), "verify", step) for index, step in enumerate(back.verify))


def _placed(written: Iterator[_Written], taken: set[str]) -> Iterator[Placed]:
    """Give each step its id and what it waits for: without `after`, all before it that nothing else waits for."""
    earlier: list[str] = []
    awaited: set[str] = set()
    for number, (path, phase, step) in _numbered(written):
        name = step.id or unique(slug(_heading(step), f"{phase}-{number}"), taken)
        after = (
            tuple(other for other in earlier if other not in awaited)
            if step.after is None
            else tuple(dict.fromkeys(step.after))
        )
        yield Placed(path, name, phase, step, after, path[0] == "rollback")
        taken.add(name)
        earlier.append(name)
        awaited.update(after)


def _numbered(written: Iterator[_Written]) -> Iterator[tuple[int, _Written]]:
    """Each step with its number in its phase, from 1."""
    counts: Counter[Path] = Counter()
    for place in written:
        counts[place[0][:-1]] += 1
        yield counts[place[0][:-1]], place


def _heading(step: AnyStep) -> str:
    match step:
        case GateStep():
            return step.gate
        case DoStep():
            return step.title or step.do.strip().split("\n")[0]
        case WaitStep():
            return step.title or "wait"
        case _:
            return step.title or ""


def _reachable(start: str, after: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    stack = list(after.get(start, ()))
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += after.get(name, ())
    return found
