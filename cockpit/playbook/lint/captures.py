"""Captured values that are used before they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tree_sitter import Node

from cockpit.playbook import conditions
from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.lint.spots import Spot, spots
from cockpit.playbook.model.steps import RunStep
from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding, Position
from cockpit.playbook.shell.parse import Script, parse
from cockpit.playbook.shell.uses import assigned, uses
from cockpit.playbook.templates import names
from cockpit.playbook.world import MANUAL, PROOF, Placed, World


def captures(world: World) -> Iterator[Finding]:
    """Uses of a captured value in a step that no capturing step is complete before."""
    makers: dict[str, list[Placed]] = {}
    for placed in world.steps:
        for name in placed.captures:
            makers.setdefault(name, []).append(placed)
    if not makers or not world.book.sound("phases"):
        return
    for placed, name, at, checking in _uses(world):
        if name in makers and not any(_there(world, maker, placed, checking) for maker in makers[name]):
            makes = ", ".join(f"`{maker.id}`" for maker in makers[name])
            message = f"`{name}` has no value yet: {makes} captures it, and is not complete before `{placed.id}`"
            hint = "say `before:` a step" if placed.phase == PROOF else "put this step behind it, or name it in `after`"
            yield Finding(at(), "P207", message, hint)


_Used = tuple[Placed, str, Callable[[], Position], bool]
"""A step, the name it uses, what tells where, and whether it does after its own command: in its check or its undo."""


def _there(world: World, maker: Placed, user: Placed, checking: bool) -> bool:
    """Whether what one step captures is there for another. The check of a step comes after its own command."""
    if maker is user:
        return checking
    return maker.id in world.before[user.id] or (user.back and not maker.back) or user.phase == MANUAL


def _uses(world: World) -> Iterator[_Used]:
    for spot in spots(world):
        if spot.placed is not None and spot.scope != "plan":
            yield from _in_template(world, spot, spot.placed)
    for placed in world.steps:
        yield from _in_condition(world, placed)
        if isinstance(placed.step, RunStep):
            yield from _in_command(world, placed, placed.step.run, (*placed.path, "run"), False)
            if placed.step.undo:
                yield from _in_command(world, placed, placed.step.undo.run, (*placed.path, "undo", "run"), True)
            for path, check in placed.checks:
                yield from _in_command(world, placed, check.run or "", (*path, "run"), True)


def _in_template(world: World, spot: Spot, placed: Placed) -> Iterator[_Used]:
    try:
        used = names(spot.text)
    except ExpressionError:
        return
    checking = "check" in spot.path
    yield from ((placed, name, partial(world.place, spot.path, offset), checking) for name, offset in used)


def _in_condition(world: World, placed: Placed) -> Iterator[_Used]:
    try:
        used = conditions.parse(placed.step.when).variables if placed.step.when else ()
    except ExpressionError:
        return
    yield from ((placed, name, partial(world.place, (*placed.path, "when"), offset), False) for name, offset in used)


def _in_command(world: World, placed: Placed, text: str, path: Path, later: bool) -> Iterator[_Used]:
    script, own = parse(text), assigned(text)
    for use in uses(text):
        if use.name not in own and not use.tolerant:
            yield placed, use.name, partial(_at, world, path, script, use.node), later


def _at(world: World, path: Path, script: Script, node: Node) -> Position:
    return world.place_at(path, *script.place(node))
