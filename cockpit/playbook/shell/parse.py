"""Shell text to a syntax tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache, lru_cache

import msgspec
import tree_sitter_bash
from tree_sitter import Language, Node, Parser

MAX_COMMAND = 8 * 1024
MAX_EFFORT = 300
"""How often the parser may report progress: 8 KB of common shell take about 100 reports; some nonsense never ends."""
MAX_DEPTH = 150


class Script(msgspec.Struct, frozen=True, eq=False):
    """A parsed command with every node, in the order they are written, and what each is in.

    `lost`: it is too long, or too much nonsense, to be read; the tree is then empty. `effort` is what reading it took,
    in reports of the parser.
    """

    source: bytes
    root: Node
    nodes: tuple[Node, ...]
    parents: Mapping[int, Node]
    lost: bool = False
    effort: int = 0

    def every(self, *types: str) -> Iterator[Node]:
        """The nodes of these types."""
        return (node for node in self.nodes if node.type in types)

    def parent(self, node: Node) -> Node | None:
        """The node that this one is in; found at once, where the tree itself would search for it."""
        return self.parents.get(node.id)

    def above(self, node: Node, passing: Set[str]) -> Node | None:
        """The nearest node that this one is in, those of types `passing` passed over."""
        found = self.parent(node)
        while found is not None and found.type in passing:
            found = self.parent(found)
        return found

    def text(self, node: Node) -> str:
        """What is written at this node."""
        return self.source[node.start_byte : node.end_byte].decode(errors="replace")

    def place(self, node: Node) -> tuple[int, int]:
        """Row and column of the node, in characters from 0."""
        row, column = node.start_point
        start = node.start_byte - column
        return row, len(self.source[start : node.start_byte].decode(errors="replace"))


@cache
def _language() -> Language:
    return Language(tree_sitter_bash.language())


@lru_cache(maxsize=2048)
def parse(text: str) -> Script:
    """The tree of a command; wrong syntax is in it as `ERROR` and missing nodes."""
    source = text.encode(errors="replace")
    root, effort = _root(source) if len(source) <= MAX_COMMAND else (None, 0)
    script = None if root is None else _script(source, root, effort)
    if script is not None:
        return script
    nothing = Parser(_language()).parse(b"").root_node
    return Script(b"", nothing, (nothing,), {}, lost=True, effort=effort)


def _script(source: bytes, root: Node, effort: int) -> Script | None:
    """The script of a tree; None when it is nested so deeply that looking at it would take long."""
    nodes: list[Node] = []
    parents: dict[int, Node] = {}
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            return None
        nodes.append(node)
        below = node.children
        parents.update((child.id, node) for child in below)
        stack += [(child, depth + 1) for child in reversed(below)]
    return Script(source, root, tuple(nodes), parents, effort=effort)


def _root(source: bytes) -> tuple[Node | None, int]:
    """The tree, None when the parser was stopped, and how often it reported."""
    reports = 0

    def read(offset: int, _: object) -> bytes:
        return source[offset : offset + 4096]

    def give_up(_: int, __: bool) -> bool:
        nonlocal reports
        reports += 1
        return reports > MAX_EFFORT

    try:
        return Parser(_language()).parse(read, progress_callback=give_up).root_node, reports
    except ValueError:
        return None, reports


def walk(node: Node) -> Iterator[Node]:
    """This node and all below it, in the order they are written."""
    stack = [node]
    while stack:
        found = stack.pop()
        yield found
        stack += reversed(found.children)


def of_type(node: Node, *types: str) -> Iterator[Node]:
    """The nodes of these types at or below this one."""
    return (found for found in walk(node) if found.type in types)


def words(command: Node) -> list[Node]:
    """A command's name and arguments."""
    name = command.child_by_field_name("name")
    if name is None:
        return []
    return [name.children[0] if name.children else name, *command.children_by_field_name("argument")]


def literal(script: Script, node: Node) -> str | None:
    """The text of a word that is the same whatever the variables hold; None for any other."""
    match node.type:
        case "word" | "number":
            return script.text(node).replace("\\\n", "").replace("\\", "")
        case "raw_string" | "ansi_c_string":
            return script.text(node).lstrip("$")[1:-1]
        case "string" | "concatenation" | "command_name":
            parts = [literal(script, child) for child in node.named_children]
            return None if None in parts else "".join(part or "" for part in parts)
        case "string_content":
            return script.text(node)
        case _:
            return None
