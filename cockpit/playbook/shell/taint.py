"""Which variables of a script hold something that came from outside."""

from __future__ import annotations

from collections.abc import Iterator, Set

from tree_sitter import Node

from cockpit.playbook.shell.parse import Script, literal, of_type, words
from cockpit.playbook.shell.uses import Use, uses_at

_ALL = "special_variable_name"


def tainted(script: Script, values: Set[str]) -> frozenset[str]:
    """The values, and the script's own variables that are made from them."""
    made_from: dict[str, set[str]] = {}
    for node in script.every("variable_assignment", "for_statement"):
        name = node.child_by_field_name("name" if node.type == "variable_assignment" else "variable")
        if name is not None:
            for source in node.children_by_field_name("value"):
                for used in _held(script, source):
                    made_from.setdefault(used, set()).add(script.text(name).partition("[")[0])
    for source, target in (*_read(script), *_handed_on(script)):
        for used in _held(script, source):
            made_from.setdefault(used, set()).add(target)
    found = set(values)
    stack = list(values)
    while stack:
        new = made_from.get(stack.pop(), set()) - found
        found |= new
        stack += new
    return frozenset(found)


def _read(script: Script) -> Iterator[tuple[Node, str]]:
    """What `read` reads, with each variable that it sets."""
    for command in script.every("command"):
        found = words(command)
        if found and literal(script, found[0]) in ("read", "mapfile", "readarray"):
            names = [text for word in found[1:] if (text := literal(script, word)) and not text.startswith("-")]
            yield from ((source, name) for source in _inputs(script, command) for name in names)


def _inputs(script: Script, command: Node) -> Iterator[Node]:
    """Here-documents, here-strings, and the words of commands whose output is piped into this one."""
    yield from of_type(command, "herestring_redirect")
    node, parent = command, script.parent(command)
    while parent is not None:
        if parent.type == "redirected_statement":
            yield from of_type(parent, "heredoc_body", "herestring_redirect")
        elif parent.type == "pipeline":
            before = [part for part in parent.named_children if part.end_byte <= node.start_byte]
            yield from (word for part in before for each in of_type(part, "command") for word in words(each)[1:])
        node, parent = parent, script.parent(parent)


def _handed_on(script: Script) -> Iterator[tuple[Node, str]]:
    """The arguments of the script's own functions, and of `set`, with the names they have there: 1, 2 and @."""
    functions = {script.text(name) for node in script.every("function_definition") for name in node.named_children[:1]}
    for command in script.every("command"):
        found = words(command)
        name = literal(script, found[0]) if found else None
        if name in functions or name == "set":
            arguments = [word for word in found[1:] if name in functions or not _is_flag(script, word)]
            for number, word in enumerate(arguments, 1):
                yield from ((word, str(number)), (word, "@"), (word, "*"))


def has_positions(script: Script) -> bool:
    """Whether $1 and so on have values: in functions, or after `set`."""
    named = (literal(script, found[0]) for command in script.every("command") if (found := words(command)))
    return any(True for _ in script.every("function_definition")) or "set" in named


def _is_flag(script: Script, word: Node) -> bool:
    return (literal(script, word) or "").startswith(("-", "+"))


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
        found = (*uses_at(script, node), *(Use(script.text(sign), sign) for sign in of_type(node, _ALL)))
        yield from (use.name for use in found if _comes_through(script, use, node))


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
