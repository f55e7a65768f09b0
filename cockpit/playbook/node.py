"""YAML as a tree whose every part knows its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from cockpit.playbook.problem import START, Position
from cockpit.playbook.written import offset_in

Step = str | int
Path = tuple[Step, ...]
"""Keys and indexes from the top of a file to a value."""

_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")


class Plain(str):
    """A scalar written without quotes: text as it stands, which a field may read as a number or a flag."""

    __slots__ = ()


Data = str | None | list["Data"] | dict[str, "Data"]
"""A tree without places: what the model is made from. Scalars stay as written."""


class Scalar(msgspec.Struct):
    """One value. `style` is empty when it was written plain, else its quote or block sign; `end` is where it ends.

    `indent` is the number of spaces before each line of a block; `text` says that a tag makes it text. `written`
    is what stands in the file, where that differs from the value by more than quotes.
    """

    at: Position
    value: str
    style: str = ""
    end: Position = START
    text: bool = False
    indent: int = 0
    written: str = ""

    def place(self, row: int, column: int) -> Position:
        """Where in the file this row and column of the value are, from 0; its start where that cannot be told."""
        if self.style == "|":
            return Position(self.at.line + 1 + row, self.indent + column + 1)
        if not self.written:
            return Position(self.at.line, self.at.column + _quotes(self.style) + column)
        wanted = sum(len(line) + 1 for line in self.value.split("\n", row)[:row]) + column
        offset = offset_in(self.written, self.value, self.style, wanted)
        if offset is None:
            return self.at
        line, start = self.written.count("\n", 0, offset), self.written.rfind("\n", 0, offset) + 1
        return Position(self.at.line + line, offset - start + (1 if line else self.at.column))

    @property
    def plain(self) -> bool:
        """Whether the file holds the value as it is, on one line, but for quotes around it."""
        width = self.end.column - self.at.column - 2 * _quotes(self.style)
        return self.at.line == self.end.line and width == len(self.value)

    @property
    def data(self) -> str | None:
        """The text, or None for what YAML calls null."""
        if self.style or self.text:
            return self.value
        return None if _NULL.match(self.value) else Plain(self.value)


def _quotes(style: str) -> int:
    return 1 if style in ("'", '"') else 0


class Listing(msgspec.Struct):
    """Values in order."""

    at: Position
    items: list[Node] = []


class Table(msgspec.Struct):
    """Values by key; `keys` has where each key stands."""

    at: Position
    values: dict[str, Node] = {}
    keys: dict[str, Position] = {}


Node = Scalar | Listing | Table


def data(node: Node) -> Data:
    """The values of a tree, without their places."""
    match node:
        case Scalar():
            return node.data
        case Listing():
            return [data(item) for item in node.items]
        case Table():
            return {key: data(value) for key, value in node.values.items()}


def child(node: Node, step: Step) -> Node | None:
    """The value below this key or index, if there is one."""
    match node, step:
        case Table(), str():
            return node.values.get(step)
        case Listing(), int() if step < len(node.items):
            return node.items[step]
        case _:
            return None


def walk(root: Node, path: Sequence[Step]) -> Iterator[tuple[Step, Node]]:
    """Each step of the path that exists, with the value it leads to; steps that lead nowhere are passed over."""
    node = root
    for step in path:
        below = child(node, step)
        if below is not None:
            node = below
            yield step, node


def find(root: Node, path: Sequence[Step]) -> Node:
    """The deepest value on the path."""
    return next((node for _, node in reversed(list(walk(root, path)))), root)


def key_position(root: Node, path: Sequence[Step]) -> Position:
    """Where the last key of the path stands; for an item of a list, where the item stands."""
    parent = find(root, path[:-1])
    last = path[-1] if path else ""
    if isinstance(parent, Table) and isinstance(last, str) and last in parent.keys:
        return parent.keys[last]
    return find(root, path).at


def without(node: Node, path: Sequence[Step]) -> Node:
    """The same tree with the value at the path left out; parts that are not on the path are shared."""
    below = child(node, path[0]) if path else None
    if below is None:
        return node
    changed = without(below, path[1:]) if len(path) > 1 else None
    match node:
        case Listing():
            items = [changed if item is below and index == path[0] else item for index, item in enumerate(node.items)]
            return Listing(node.at, [item for item in items if item is not None])
        case Table():
            values = {key: changed if key == path[0] else value for key, value in node.values.items()}
            kept = {key: value for key, value in values.items() if value is not None}
            return Table(node.at, kept, {key: at for key, at in node.keys.items() if key in kept})
        case _:
            return node
