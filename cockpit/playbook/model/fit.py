"""A tree to a model, with everything at once that the model refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cockpit.playbook.model.words import finding, path_of
from cockpit.playbook.node import Listing, Node, Path, Scalar, Table, data, find, key_position, without
from cockpit.playbook.problem import Finding, Position

ROUNDS = 8
MAX_FINDINGS = 100

Model = TypeVar("Model", bound=BaseModel)


class Fitted(msgspec.Struct, Generic[Model], frozen=True):
    """A model with its tree. Parts that could not be understood are left out of both; `dropped` names them."""

    model: Model
    root: Node
    dropped: tuple[Path, ...]

    def at(self, *path: str | int) -> Position:
        """Where the value at this path stands, or as much of the path as is written."""
        return find(self.root, path).at

    def key(self, *path: str | int) -> Position:
        """Where the key at this path stands."""
        return key_position(self.root, path)

    def node(self, *path: str | int) -> Node:
        """The tree at this path."""
        return find(self.root, path)

    def place(self, path: Path, offset: int = 0) -> Position:
        """Where the character at this offset of the text at the path is written."""
        node = self.node(*path)
        if not isinstance(node, Scalar):
            return node.at
        before = node.value[:offset]
        return node.place(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def sound(self, *path: str | int) -> bool:
        """Whether nothing at or below this path was left out."""
        return not any(dropped[: len(path)] == path for dropped in self.dropped)


def fit(
    root: Node, top: type[Model], findings: list[Finding], refused: Sequence[Path] = ()
) -> tuple[Fitted[Model] | None, list[Finding]]:
    """The model of a tree, as far as it can be understood, and what is wrong with it.

    `findings` are what is wrong with it already, and `refused` the parts that they are about.
    """
    if len(refused) > MAX_FINDINGS:
        return None, cut(findings)
    dropped = list(refused)
    tree = _drop(root, dropped)
    for turn in range(ROUNDS):
        try:
            return Fitted(top.model_validate(data(tree)), tree, tuple(dropped)), findings
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
        if turn == 0:
            written = {node.at: node for _, node in nodes(root) if not isinstance(node, Scalar)}
            shown = (detail for detail in details if not _known_gap(detail, tree, written))
            findings += [found for detail in islice(shown, MAX_FINDINGS + 1) if (found := finding(tree, detail, top))]
        if len(details) > MAX_FINDINGS:
            return None, cut(findings)
        wrong = [path for detail in details if (path := path_of(tree, detail))]
        if not wrong:
            return None, findings
        dropped += wrong
        tree = _drop(tree, wrong)
    return None, findings


def cut(findings: list[Finding]) -> list[Finding]:
    """The first findings, and a word on the rest."""
    kept = sorted(findings, key=lambda found: (found.at.line, found.at.column))[:MAX_FINDINGS]
    return [*kept, Finding(kept[-1].at, "P014", "there are more problems than are shown", "mend these first")]


def nodes(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every value of a tree, with the path to it."""
    yield path, node
    match node:
        case Table():
            for key, value in node.values.items():
                yield from nodes(value, (*path, key))
        case Listing():
            for index, item in enumerate(node.items):
                yield from nodes(item, (*path, index))
        case _:
            return


def without_value(root: Node) -> Iterator[tuple[Path, Finding]]:
    """Keys and items that have nothing after them."""
    for path, node in nodes(root):
        if isinstance(node, Scalar) and node.data is None:
            what = f"`{path[-1]}` has no value" if isinstance(path[-1], str) else "an item without a value"
            yield path, Finding(key_position(root, path), "P103", what, "give it one, or remove it")


def _known_gap(error: ErrorDetails, tree: Node, written: Mapping[Position, Node]) -> bool:
    """Whether a missing key or item is written, and only was refused before."""
    if error["type"] not in ("missing", "too_short"):
        return False
    match written.get(find(tree, path_of(tree, error)).at):
        case Table(keys=keys):
            return error["loc"][-1] in keys
        case Listing(items=items):
            return bool(items)
        case _:
            return False


def _drop(tree: Node, paths: Sequence[Path]) -> Node:
    for path in sorted(set(paths), key=lambda path: [(isinstance(step, str), step) for step in path], reverse=True):
        tree = without(tree, path)
    return tree
