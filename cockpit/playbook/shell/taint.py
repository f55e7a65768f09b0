"""Which variables of a script hold something that came from outside."""

from __future__ import annotations

from collections.abc import Set

from tree_sitter import Node

from cockpit.playbook.shell.parse import Script, literal, words
from cockpit.playbook.shell.uses import Use, uses_at


def tainted(script: Script, values: Set[str]) -> frozenset[str]:
    """The values, and the script's own variables that are made from them."""
    found = set(values)
    assignments = list(script.every("variable_assignment", "for_statement"))
    growing = True
    while growing:
        size = len(found)
        for node in assignments:
            name = node.child_by_field_name("name" if node.type == "variable_assignment" else "variable")
            sources = node.children_by_field_name("value")
            if name is not None and any(holds(script, source, found) for source in sources):
                found.add(script.text(name).partition("[")[0])
        growing = len(found) > size
    return frozenset(found)


def holds(script: Script, node: Node, names: Set[str]) -> bool:
    """Whether the text of a word contains what one of these variables holds.

    The output of a command does not, but for one that only repeats its arguments: `$(wc -l < "$file")` is a number.
    """
    return bool(first_use(script, node, names))


def first_use(script: Script, node: Node, names: Set[str]) -> str:
    """The name of the first of these variables that the text of a word contains; empty when there is none."""
    if b"$" not in script.source[node.start_byte : node.end_byte]:
        return ""
    found = (use.name for use in uses_at(script, node) if use.name in names and _comes_through(script, use, node))
    return next(found, "")


def _comes_through(script: Script, use: Use, top: Node) -> bool:
    if use.node.type == "expansion" and script.text(use.node).startswith("${#"):
        return False
    node: Node | None = use.node
    while node is not None and node != top:
        if node.type == "file_redirect" or (node.type == "command" and not _repeats(script, node)):
            return False
        node = node.parent
    return True


def _repeats(script: Script, command: Node) -> bool:
    found = words(command)
    return bool(found) and literal(script, found[0]) in ("echo", "printf", "cat")
