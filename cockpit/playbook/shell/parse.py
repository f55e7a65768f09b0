"""Shell text to a syntax tree."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property, lru_cache

import msgspec
import tree_sitter_bash
from tree_sitter import Language, Node, Parser

MAX_COMMAND = 32 * 1024


class Script(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A parsed command."""

    source: bytes
    root: Node

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, in the order they are written."""
        return tuple(walk(self.root))

    def every(self, *types: str) -> Iterator[Node]:
        """The nodes of these types."""
        return (node for node in self.nodes if node.type in types)

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
    return Script(source, Parser(_language()).parse(source).root_node)


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
