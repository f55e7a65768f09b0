"""A playbook as its rules see it: steps with their ids and order, hosts by group, and every name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import msgspec
from msgspec.structs import replace

from cockpit.playbook.checklists import ticking
from cockpit.playbook.hosts import Groups, HostError, UnknownHostError, resolved, targets
from cockpit.playbook.model.commands import Check
from cockpit.playbook.model.metrics import MetricBase
from cockpit.playbook.model.proofs import HttpProof, RunProof
from cockpit.playbook.model.steps import (
    AnyStep,
    AssignStep,
    ChecklistStep,
    DoStep,
    GateStep,
    GuardStep,
    NoticeStep,
    PassingStep,
    RecordStep,
    RunStep,
    SoakStep,
    WaitStep,
)
from cockpit.playbook.model.validate import Book
from cockpit.playbook.names import Names, declared, slug, unique
from cockpit.playbook.node import Node, Path, Scalar
from cockpit.playbook.plan import HERE
from cockpit.playbook.problem import Position
from cockpit.playbook.sayings import Saying, saying
from cockpit.playbook.shell.captures import captured

PROOF = "proof"
"""The phase of what proves the way back."""

BACK = "back"
"""The phase of what undoes a batch."""

MANUAL = "manual"
"""The phase of what only a person orders."""

PROVEN = "rollback-proven"
"""What a gate's `passing` says beside rules: that the way back is proven."""


class Placed(msgspec.Struct, frozen=True, dict=True):
    """A step where it is written. `after` is what it waits for, said or not; `back`: part of the way back.

    `ticks` is the checklist of which it ticks an item, and `ticked` are the steps that tick items of it.
    """

    path: Path
    id: str
    phase: str
    step: AnyStep
    after: tuple[str, ...]
    back: bool
    ticks: str = ""
    ticked: tuple[str, ...] = ()

    @cached_property
    def captures(self) -> frozenset[str]:
        """The names that the step hands on."""
        return (
            frozenset(self.step.captures) | captured(self.step.run) if isinstance(self.step, RunStep) else frozenset()
        )

    @property
    def undo_id(self) -> str:
        """The id of the plan's step that undoes it; empty where there is none."""
        return f"{self.id}-undo" if isinstance(self.step, RunStep) and self.step.undo else ""

    @property
    def checks(self) -> Iterator[tuple[Path, Check]]:
        """The checks of the step and of what undoes it, each with where it is written."""
        if isinstance(self.step, RunStep):
            if self.step.check:
                yield (*self.path, "check"), self.step.check
            if self.step.undo and self.step.undo.check:
                yield (*self.path, "undo", "check"), self.step.undo.check


class World(msgspec.Struct, frozen=True, dict=True):
    """All that a rule may look at. `groups` are those that could be resolved, `wrong_groups` the others.

    `forward` begins with what proves the way back, if anything does.
    """

    book: Book
    names: Names
    groups: Groups
    wrong_groups: Mapping[str, HostError]
    forward: tuple[Placed, ...]
    backward: tuple[Placed, ...]
    manual: tuple[Placed, ...] = ()

    @property
    def steps(self) -> tuple[Placed, ...]:
        """Every step, as written; also what only a person orders."""
        return self.forward + self.backward + self.manual

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

    @cached_property
    def _distinct(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {}

    def distinct(self, on: Sequence[str]) -> tuple[str, ...]:
        """The hosts that `on` names, each once; none where that cannot be told."""
        key = tuple(on)
        if key not in self._distinct:
            try:
                self._distinct[key] = tuple(dict.fromkeys(host for _, host in self.hosts_of(on)))
            except (HostError, UnknownHostError):
                self._distinct[key] = ()
        return self._distinct[key]

    def count_of(self, on: Sequence[str]) -> int:
        """How many hosts `on` names; 0 where that cannot be told."""
        return len(self.distinct(on))

    @cached_property
    def sayings(self) -> dict[str, Saying]:
        """What each rule says, by name; none of those whose metric is not known, or was not understood."""
        model = self.book.model
        units = {name: unit_of(metric) for name, metric in model.metrics.items()}
        return {name: saying(rule, units) for name, rule in model.rules.items() if rule.measured in units}

    @cached_property
    def ids(self) -> frozenset[str]:
        """The id of every step, also of those that could not be understood."""
        return frozenset(self.by_id) | self.names.steps

    @cached_property
    def before(self) -> dict[str, frozenset[str]]:
        """For each step the ids of all steps that are complete when it starts, of its own way (forward or back)."""
        after = {placed.id: (*placed.after, *placed.ticked) for placed in self.steps}
        return {name: frozenset(_reachable(name, after)) for name in after}

    def place(self, path: Path, offset: int = 0) -> Position:
        """Where the character at this offset of the text at the path is written."""
        return self.book.place(path, offset)

    def place_at(self, path: Path, row: int, column: int) -> Position:
        """Where this row and column, from 0, of the text at the path are written."""
        node = self.book.node(*path)
        return node.place(row, column) if isinstance(node, Scalar) else node.at


def world_of(book: Book, root: Node) -> World:
    """The playbook as rules see it; `root` is the tree as written."""
    groups, wrong = resolved(book.model.hosts)
    names = declared(root)
    taken = set(names.steps)
    forward = list(_placed(_forward(book), taken))
    proofs = list(_placed(_proofs(book), taken))
    backward = _placed(_backward(book), taken)
    manual = tuple(
        Placed(("manual", name), name, MANUAL, step, (), back=False) for name, step in book.model.manual.items()
    )
    return World(book, names, groups, wrong, tuple(_with_proofs(proofs, forward)), tuple(backward), manual)


def unit_of(metric: MetricBase, *, said: bool = True) -> str:
    """What a metric's numbers are in; `said`: as it says, where it does."""
    return (metric.unit if said else "") or {"latency": "s", "expiry": "d"}.get(str(getattr(metric, "take", "")), "")


def is_by_host(metric: MetricBase) -> bool:
    """Whether a metric has one value for each of several hosts."""
    return metric.on is not None and metric.on != [HERE]


_Written = tuple[Path, str, AnyStep]


def _forward(book: Book) -> Iterator[_Written]:
    for number, phase in enumerate(book.model.phases):
        for index, step in enumerate(phase.steps):
            yield ("phases", number, "steps", index), phase.phase, step


def _proofs(book: Book) -> Iterator[_Written]:
    back = book.model.rollback
    for index, step in enumerate(back.proven_by if back else ()):
        yield ("rollback", "proven_by", index), PROOF, step


def _with_proofs(proofs: Sequence[Placed], forward: Sequence[Placed]) -> Iterator[Placed]:
    """A proof waits for what the step waits for that it is to come before, and that step for the proof too."""
    after = {placed.id: placed.after for placed in reversed(forward)}
    wanted: dict[str, list[str]] = {}
    for proof in proofs:
        before = proof_before(proof)
        wanted.setdefault(before, []).append(proof.id)
        yield replace(proof, after=after.get(before, ()))
    for placed in forward:
        extra = wanted.get(placed.ticks or placed.id, ())
        yield replace(placed, after=(*placed.after, *extra)) if extra else placed


def proof_before(placed: Placed) -> str:
    """The step that a proof is to come before; empty where there is none."""
    return (placed.step.before or "") if isinstance(placed.step, (RunProof, HttpProof)) else ""


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
        placed = Placed(path, name, phase, step, after, phase in ("rollback", "verify") and path[0] == "rollback")
        taken.add(name)
        earlier.append(name)
        awaited.update(after)
        parts = tuple(_parts(placed, step)) if isinstance(step, ChecklistStep) else ()
        taken.update(part.id for part in parts)
        yield replace(placed, ticked=tuple(part.id for part in parts))
        yield from parts


def _parts(placed: Placed, checklist: ChecklistStep) -> Iterator[Placed]:
    """The steps that tick items of a checklist: each starts when it does."""
    for each in ticking(placed.id, checklist):
        path = (*placed.path, "checklist", each.index)
        yield Placed(path, each.id, placed.phase, each.step, placed.after, placed.back, ticks=placed.id)


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
        case NoticeStep():
            return step.title or f"tell {step.notice}"
        case RecordStep():
            return step.title or "record"
        case AssignStep():
            return step.title or f"assign {step.assign}"
        case WaitStep():
            return step.title or "wait"
        case GuardStep():
            return step.title or "guard"
        case PassingStep():
            return step.title or "passing"
        case SoakStep():
            return step.title or "soak"
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
