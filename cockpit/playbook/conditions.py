"""Conditions of `when`: Jinja2's expressions, restricted to names, facts of steps, constants and comparisons.

They have three values: true, false, and None where something is not known, which is for a person to decide.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from jinja2 import TemplateSyntaxError, nodes

from cockpit.playbook.expressions import ExpressionError, parser, translated

LONGEST = 1000

FACTS = ("started", "passed", "failed", "unknown")

Facts = Callable[[str, str], bool | None]
"""Step id and fact (one of FACTS) to whether it holds; None when that is not known."""

_DASHED = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)+(?=\s*\.)")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}
_ORDER = ("lt", "lteq", "gt", "gteq")


class Condition(msgspec.Struct, frozen=True):
    """A condition that is well formed; `variables` and `steps` are the names it uses, each with its offset."""

    root: nodes.Expr
    ids: Mapping[str, str]
    variables: tuple[tuple[str, int], ...]
    steps: tuple[tuple[str, int], ...]


def evaluate(text: str, values: Mapping[str, str], facts: Facts) -> bool | None:
    """Whether the condition holds; None when that is not known. ExpressionError when it is no condition."""
    condition = parse(text)
    return _truth(condition.root, _World(values, facts, condition.ids))


@lru_cache(maxsize=1024)
def parse(text: str) -> Condition:
    """The condition in a text; ExpressionError, which points into it, when it is none."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters")
    ids: dict[str, str] = {}
    reader = None
    try:
        reader = parser(_undashed(text, ids), "variable")
        root = reader.parse_expression()
        if not reader.stream.eos:
            raise ExpressionError(f"unexpected `{reader.stream.current.value}`", reader.stream.current.lineno)
        _check_truth(root)
    except TemplateSyntaxError as error:
        ended = reader is not None and reader.stream.eos
        raise ExpressionError("the condition ends too early", len(text)) if ended else translated(error) from None
    except RecursionError as error:
        raise translated(error) from None
    return Condition(root, ids, *_names(root, ids))


def _undashed(text: str, ids: dict[str, str]) -> str:
    """Ids of steps may hold dashes, which Jinja2 reads as minus: underscores stand in for them, at the same places."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]

    def stand_in(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in quoted):
            return match[0]
        name = match[0].replace("-", "_")
        ids[name] = match[0]
        return name

    return _DASHED.sub(stand_in, text)


def _names(root: nodes.Expr, ids: Mapping[str, str]) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    facts = [root, *root.find_all(nodes.Getattr)]
    owners = {id(node.node): node.node for node in facts if isinstance(node, nodes.Getattr)}
    steps = [(ids.get(node.name, node.name), node.lineno) for node in owners.values() if isinstance(node, nodes.Name)]
    every = [root, *root.find_all(nodes.Name)]
    variables = [(node.name, node.lineno) for node in every if isinstance(node, nodes.Name) and id(node) not in owners]
    return tuple(dict.fromkeys(variables)), tuple(steps)


def _check_truth(node: nodes.Node) -> None:
    match node:
        case nodes.And() | nodes.Or():
            _check_truth(node.left)
            _check_truth(node.right)
        case nodes.Not():
            _check_truth(node.node)
        case nodes.Const(value=bool()):
            return
        case nodes.Getattr():
            _check_fact(node)
        case nodes.Compare():
            _check_comparison(node)
        case nodes.Name():
            raise ExpressionError(
                f'`{node.name}` alone is not a condition: compare it, as in {node.name} == "yes"', node.lineno
            )
        case _:
            raise ExpressionError(
                "only comparisons, facts of steps, `and`, `or`, `not` can be in a condition", node.lineno
            )


def _check_fact(node: nodes.Getattr) -> None:
    if not isinstance(node.node, nodes.Name):
        raise ExpressionError("a fact is a step and a word, as in migrate.started", node.lineno)
    if node.attr not in FACTS:
        raise ExpressionError(f"`{node.attr}` is not known of a step: there are {', '.join(FACTS)}", node.node.lineno)


def _check_comparison(node: nodes.Compare) -> None:
    sides = [node.expr, *(operand.expr for operand in node.ops)]
    for operand in node.ops:
        _check_side(operand.expr, listed=operand.op in ("in", "notin"))
    _check_side(node.expr)
    if any(operand.op in _ORDER for operand in node.ops) and not any(_is_number(side) for side in sides):
        raise ExpressionError("< and > compare numbers only: one side must be a number", node.lineno)


def _check_side(node: nodes.Node, *, listed: bool = False) -> None:
    match node:
        case nodes.Name() | nodes.Const(value=str() | int() | float()):
            return
        case nodes.List() | nodes.Tuple() if listed:
            for item in node.items:
                _check_side(item)
        case _:
            raise ExpressionError("only names, text and numbers can be compared", node.lineno)


def _is_number(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


class _World(msgspec.Struct, frozen=True):
    values: Mapping[str, str]
    facts: Facts
    ids: Mapping[str, str]


def _truth(node: nodes.Node, world: _World) -> bool | None:
    match node:
        case nodes.And():
            return _both(_truth(node.left, world), _truth(node.right, world))
        case nodes.Or():
            return _not(_both(_not(_truth(node.left, world)), _not(_truth(node.right, world))))
        case nodes.Not():
            return _not(_truth(node.node, world))
        case nodes.Getattr(node=nodes.Name(name=name)):
            return world.facts(world.ids.get(name, name), node.attr)
        case nodes.Compare():
            return _comparison(node, world)
        case nodes.Const():
            return bool(node.value)
        case _:
            raise ExpressionError("not a condition", node.lineno)


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _comparison(node: nodes.Compare, world: _World) -> bool | None:
    result: bool | None = True
    left = _side(node.expr, world)
    for operand in node.ops:
        right = _side(operand.expr, world)
        result = _both(result, _compare(operand.op, left, right))
        left = right
    return result


def _side(node: nodes.Node, world: _World) -> Any:
    match node:
        case nodes.Name():
            return world.values.get(node.name)
        case nodes.Const(value=bool()):
            return str(node.value).lower()
        case nodes.Const():
            return node.value
        case nodes.List() | nodes.Tuple():
            return tuple(_side(item, world) for item in node.items)
        case _:
            return None


def _compare(op: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if op in ("in", "notin"):
        return _not(_within(left, right)) if op == "notin" else _within(left, right)
    if isinstance(left, str) != isinstance(right, str):
        left, right = _number(left), _number(right)
        if left is None or right is None:
            return None if op in _ORDER else op == "ne"
    return _COMPARE[op](left, right)


def _within(left: Any, right: Any) -> bool | None:
    if isinstance(right, tuple):
        found: bool | None = False
        for item in right:
            found = _not(_both(_not(found), _not(_compare("eq", left, item))))
        return found
    return str(left) in str(right)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
