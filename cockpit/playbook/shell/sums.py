"""Values where bash wants a sum or the name of a variable: it runs what it finds in a[$(…)]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import pairwise

from tree_sitter import Node

from cockpit.playbook.shell.commands import Command, Word, commands
from cockpit.playbook.shell.danger import Danger
from cockpit.playbook.shell.parse import Script
from cockpit.playbook.shell.taint import first_use, tainted
from cockpit.playbook.shell.uses import uses

_HINT = "give the param `pattern: '\\d+'`, or compare with [ \"$x\" -gt 1 ]"
_NO_NAME = "a value cannot be the name of a variable or a sum"
_DECLARE = frozenset({"declare", "typeset", "local", "export", "readonly"})
_WORDS = frozenset({"string", "simple_expansion", "expansion", "concatenation"})
_PART = re.compile(r"\$\{\w+:(?![-+=?])([^}]*)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_DOLLAR = re.compile(r"\$\{?(\w+)")
_READ = re.compile(r"\b[A-Za-z_]\w*\b(?!\s*=[^=])")
_OF_READ = {"read": "pditnNu", "mapfile": "dnOstuc", "readarray": "dnOstuc"}
"""The options of programs that set variables whose value is no name."""


def sums(text: str, script: Script, values: Set[str]) -> Iterator[Danger]:
    """Values in arithmetic, in names of variables, and in what is evaluated as one of these."""
    names = tainted(script, values)
    for use in uses(text):
        if use.arithmetic and use.name in names:
            yield Danger(use.node, "code", f"`{use.name}` in arithmetic: bash would run what stands in it", _HINT)
    yield from _parts(text, script, names)
    yield from _integers(script, names)
    for node in script.every("expansion"):
        if script.text(node).startswith("${!") and first_use(script, node, names):
            yield Danger(node, "code", "the value would name a variable: bash would run what stands in it", _NO_NAME)


def named(script: Script, names: Set[str]) -> Iterator[Danger]:
    """Values where the shell wants the name of a variable."""
    for word in (*_in_commands(script), *_in_declarations(script), *_in_tests(script)):
        name = first_use(script, word, names) or _in_quotes(script, word, names)
        if name:
            yield Danger(word, "code", f"`{name}` would be read as an expression", _NO_NAME)


def _in_commands(script: Script) -> Iterator[Node]:
    for command in commands(script):
        match command.name:
            case "let" | "unset":
                yield from (word.node for word in command.arguments)
            case "printf" if command.arguments and command.arguments[0].text == "-v":
                yield from (word.node for word in command.arguments[1:2])
            case "getopts":
                yield from (word.node for word in command.arguments[1:2])
            case "test" | "[":
                yield from (word.node for word in _after(command, "-v"))
            case "read" | "mapfile" | "readarray":
                yield from (word.node for word in _names_of(command))
            case _:
                continue


def _after(command: Command, option: str) -> Iterator[Word]:
    yield from (word for before, word in pairwise(command.arguments) if before.text == option)


def _names_of(command: Command) -> Iterator[Word]:
    """The arguments of `read` that name variables; what `mapfile -C` calls is evaluated too."""
    valued, before = _OF_READ[command.name], ""
    for word in command.arguments:
        if not (before.startswith("-") and before[-1:] in valued):
            yield word
        before = word.text or ""


def _in_declarations(script: Script) -> Iterator[Node]:
    for node in script.every("declaration_command", "unset_command"):
        if node.type == "unset_command":
            yield from node.named_children
        elif node.children[0].type in _DECLARE:
            yield from (child for child in node.named_children if child.type in _WORDS and _names_one(script, child))


def _names_one(script: Script, word: Node) -> bool:
    """Whether the value is in the name, and not only in what comes after `=`."""
    before, equals, _ = script.text(word).partition("=")
    return not equals or "$" in before


def _in_tests(script: Script) -> Iterator[Node]:
    for node in script.every("unary_expression"):
        operator = node.child_by_field_name("operator")
        if operator is not None and script.text(operator) in ("-v", "-R"):
            yield from (child for child in node.named_children if child != operator)


def _in_quotes(script: Script, word: Node, names: Set[str]) -> str:
    """A value that text in single quotes names with `$`, or that `let` names without."""
    text = script.text(word)
    found = _DOLLAR.findall(text) if word.type == "raw_string" else []
    command = script.parent(word)
    if command is not None and script.text(command).startswith("let "):
        found += _READ.findall(text)
    return next((name for name in found if name in names), "")


def _parts(text: str, script: Script, names: Set[str]) -> Iterator[Danger]:
    """`${text:offset:length}`, both of which are sums."""
    for part in _PART.finditer(text):
        name = next((name for name in _NAME.findall(part[1]) if name in names), "")
        if name:
            offset = len(text[: part.start()].encode(errors="replace"))
            at = script.root.descendant_for_byte_range(offset, offset) or script.root
            yield Danger(at, "code", f"`{name}` in arithmetic: bash would run what stands in it", _HINT)


def _integers(script: Script, names: Set[str]) -> Iterator[Danger]:
    """Values given to variables that are declared as integers (-i) or as names of others (-n)."""
    declared: set[str] = set()
    for node in script.every("declaration_command"):
        options = [script.text(child) for child in node.named_children if child.type == "word"]
        if any(option.startswith("-") and {"i", "n"} & set(option) for option in options):
            found = [child for child in node.named_children if child.type in ("variable_assignment", "variable_name")]
            declared |= {script.text(child).partition("=")[0].rstrip("+") for child in found}
    for node in script.every("variable_assignment") if declared else ():
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if target is not None and value is not None and script.text(target) in declared:
            name = first_use(script, value, names)
            if name:
                message = f"`{name}` would be read as an expression: `{script.text(target)}` is declared as one"
                yield Danger(value, "code", message, _HINT)
