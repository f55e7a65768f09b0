"""Params whose pattern, choices and default do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.model.playbook import Param
from cockpit.playbook.node import Path
from cockpit.playbook.patterns import MAX_WEIGHT, weight, wrong_pattern
from cockpit.playbook.problem import Finding
from cockpit.playbook.values import refusal
from cockpit.playbook.world import World


def params(world: World) -> Iterator[Finding]:
    """Patterns that are none, and choices and defaults that the param itself refuses."""
    weighed = 0.0
    for name, param in world.book.model.params.items():
        path: Path = ("params", name)
        weighed += weight(param.pattern or "")
        if weighed > MAX_WEIGHT:
            hint = "write [a-z0-9] where that is enough, and not \\w; repeat fewer times"
            yield Finding(world.place((*path, "pattern")), "P104", "the patterns up to here are too large", hint)
            return
        if wrong := wrong_pattern(param.pattern or ""):
            yield Finding(world.place((*path, "pattern")), "P104", f"`pattern` is not a regular expression: {wrong}")
            continue
        yield from _choices(world, path, param)
        if param.default is not None and (why := refusal(param, param.default)):
            yield Finding(world.place((*path, "default")), "P903", f"`default` {why}")


def _choices(world: World, path: Path, param: Param) -> Iterator[Finding]:
    only_pattern = param.model_copy(update={"choices": None})
    for index, choice in enumerate(param.choices or ()):
        if why := refusal(only_pattern, choice):
            yield Finding(world.place((*path, "choices", index)), "P903", f"the choice {why}")
