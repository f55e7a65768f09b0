"""Which variables a command uses, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec
from tree_sitter import Node

from cockpit.playbook.shell.parse import Script, literal, of_type, parse, walk, words

_TOLERANT = frozenset({":-", "-", ":+", "+", ":=", "=", ":?", "?"})
_ARITHMETIC = ("arithmetic_expansion", "subscript")
_NUMERIC_TESTS = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
_NAME = re.compile(r"[A-Za-z_]\w*")
_CUT = re.compile(rb"[A-Za-z_]\w*")


class Use(msgspec.Struct, frozen=True):
    """One use of a variable. `bare`: an unquoted argument; `tolerant`: it may be unset; `arithmetic`: read as a sum."""

    name: str
    node: Node
    bare: bool = False
    tolerant: bool = False
    arithmetic: bool = False


@lru_cache(maxsize=2048)
def uses(text: str) -> tuple[Use, ...]:
    """Every use of a named variable in a command, as written."""
    script = parse(text)
    return tuple(uses_at(script, script.root))


def mentioned(text: str) -> frozenset[str]:
    """The variables that a command needs: those it uses, and those that text in single quotes names (`sh -c '…'`)."""
    script = parse(text)
    quoted = " ".join(script.text(node) for node in script.every("raw_string", "heredoc_body"))
    return frozenset(use.name for use in uses(text)) | frozenset(re.findall(r"\$\{?([A-Za-z_]\w*)", quoted))


def uses_at(script: Script, root: Node) -> Iterator[Use]:
    """The uses at or below a node."""
    for node in walk(root):
        if node.type == "simple_expansion" and (name := _name(script, node)):
            yield Use(name, node, bare=_is_bare(script, node), arithmetic=_is_arithmetic(script, node))
        elif node.type == "expansion" and (name := _name(script, node)):
            signs = {child.type for child in node.children}
            bare = _is_bare(script, node) and not script.text(node).startswith("${#")
            yield Use(name, node, bare, bool(signs & _TOLERANT), _is_arithmetic(script, node))
        elif (node.type == "variable_name" and _is_sum(script, node)) or (
            node.type == "word" and _is_sum(script, node) and _NAME.fullmatch(script.text(node))
        ):
            yield Use(script.text(node), node, arithmetic=True)
        elif node.type == "$" and (name := _cut_off(script, node)):
            yield Use(name, node)


def _name(script: Script, node: Node) -> str:
    found = next(of_type(node, "variable_name"), None)
    return script.text(found) if found is not None else ""


def _cut_off(script: Script, node: Node) -> str:
    """The variable behind a sign that ends a word: the grammar cuts `f=$a/$b.db` there, and sees none."""
    parent = script.parent(node)
    found = _CUT.match(script.source, node.end_byte) if parent and parent.type == "concatenation" else None
    return found[0].decode() if found else ""


_IN_WORD = frozenset({"concatenation"})
_IN_TEST = frozenset({"concatenation", "binary_expression", "unary_expression", "negated_expression"})
_IN_SUM = frozenset(
    {"binary_expression", "unary_expression", "postfix_expression", "parenthesized_expression", "ternary_expression"}
)


def _is_bare(script: Script, node: Node) -> bool:
    """Whether the shell would split the value into words: an argument of a command or of `[ ]`, outside quotes."""
    test = script.above(node, _IN_TEST)
    if test is not None and test.type == "test_command":
        return not script.text(test).startswith(("[[", "(("))
    return (parent := script.above(node, _IN_WORD)) is not None and parent.type == "command"


def _is_sum(script: Script, node: Node) -> bool:
    """Whether a bare name stands in arithmetic."""
    parent = script.above(node, _IN_SUM)
    if parent is None:
        return False
    if parent.type == "subscript":
        return parent.child_by_field_name("name") != node
    return parent.type in ("arithmetic_expansion", "c_style_for_statement") or _is_double(parent)


def _is_double(node: Node) -> bool:
    return node.type in ("compound_statement", "test_command") and node.children[0].type == "(("


def _is_arithmetic(script: Script, node: Node) -> bool:
    """Whether a `$name` stands in arithmetic, or is compared as a number inside [[ ]]."""
    parent = script.parent(node)
    while parent is not None and parent.type not in ("command", "command_substitution", "program", "do_group"):
        if parent.type in _ARITHMETIC or parent.type == "c_style_for_statement" or _is_double(parent):
            return True
        if parent.type == "binary_expression" and (operator := parent.child_by_field_name("operator")) is not None:
            test = script.parent(parent)
            if script.text(operator) in _NUMERIC_TESTS and test is not None and script.text(test).startswith("[["):
                return True
        parent = script.parent(parent)
    return False


@lru_cache(maxsize=2048)
def assigned(text: str) -> frozenset[str]:
    """The variables that a command sets somewhere."""
    script = parse(text)
    found: set[str] = set()
    for node in script.nodes:
        found |= set(_set_by(script, node))
    return frozenset(found)


def _set_by(script: Script, node: Node) -> Iterator[str]:
    match node.type:
        case "variable_assignment" | "declaration_command" | "c_style_for_statement":
            names = [
                child for child in node.children if child.type in ("variable_name", "subscript", "binary_expression")
            ]
            yield from (script.text(next(of_type(name, "variable_name"), name)) for name in names)
        case "for_statement" | "select_statement":
            variable = node.child_by_field_name("variable")
            yield script.text(variable) if variable is not None else ""
        case "expansion" if {child.type for child in node.children} & {":=", "="}:
            yield _name(script, node)
        case "binary_expression" if _is_sum(script, node.children[0]) and "=" in script.text(node):
            yield script.text(node.children[0])
        case "command":
            yield from _set_by_command(script, node)
        case _:
            return


def _set_by_command(script: Script, node: Node) -> Iterator[str]:
    found = words(node)
    if not found:
        return
    arguments = [literal(script, word) or "" for word in found[1:]]
    match literal(script, found[0]):
        case "read" | "mapfile" | "readarray":
            yield from (word for word in arguments if not word.startswith("-"))
            yield "REPLY"
        case "getopts":
            yield from (*arguments[1:2], "OPTARG", "OPTIND")
        case "printf" if arguments[:1] == ["-v"]:
            yield from arguments[1:2]
        case "let":
            yield from (match[0] for word in arguments if (match := _NAME.match(word)))
        case _:
            return
