"""Which variables of a script hold something that came from outside."""

from __future__ import annotations

from collections.abc import Iterator, Set

from tree_sitter import Node

from cockpit.playbook.shell.parse import Script, literal, words
from cockpit.playbook.shell.uses import Use, uses_at


def tainted(script: Script, values: Set[str]) -> frozenset[str]:
    """The values, and the script's own variables that are made from them."""
    made_from: dict[str, set[str]] = {}
    for node in script.every("variable_assignment", "for_statement"):
        name = node.child_by_field_name("name" if node.type == "variable_assignment" else "variable")
        if name is not None:
            for source in node.children_by_field_name("value"):
                for used in _held(script, source):
                    made_from.setdefault(used, set()).add(script.text(name).partition("[")[0])
    found = set(values)
    stack = list(values)
    while stack:
        new = made_from.get(stack.pop(), set()) - found
        found |= new
        stack += new
    return frozenset(found)


def holds(script: Script, node: Node, names: Set[str]) -> bool:
    """Whether the text of a word contains what one of these variables holds."""
    return bool(first_use(script, node, names))


def first_use(script: Script, node: Node, names: Set[str]) -> str:
    """The name of the first of these variables that the text of a word contains; empty when there is none."""
    return next((name for name in _held(script, node) if name in names), "")


def _held(script: Script, node: Node) -> Iterator[str]:
    """The variables whose text is in a word.

    The output of a command is not, but for one that only repeats its arguments: `$(wc -l < "$file")` is a number.
    """
    if b"$" in script.source[node.start_byte : node.end_byte]:
        yield from (use.name for use in uses_at(script, node) if _comes_through(script, use, node))


def _comes_through(script: Script, use: Use, top: Node) -> bool:
    if use.node.type == "expansion" and script.text(use.node).startswith("${#"):
        return False
    node: Node | None = use.node
    while node is not None and node != top:
        if node.type == "file_redirect" or (node.type == "command" and not _repeats(script, node)):
            return False
        node = script.parent(node)
    return True


def _repeats(script: Script, command: Node) -> bool:
    found = words(command)
    return bool(found) and literal(script, found[0]) in ("echo", "printf", "cat")
