"""Soaks, looks, who is told when nobody looks, and lengths that a param chooses."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.lint.guards import rule
from cockpit.playbook.lint.names import CAPTAIN
from cockpit.playbook.model.lengths import ByParam
from cockpit.playbook.model.steps import AnyStep, Attended, DoStep, GuardStep, PassingStep, SoakStep, WaitStep
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import Placed, World
from cockpit.units import format_within


def lengths(world: World) -> Iterator[Finding]:
    """Lengths by a param that is none, has no choices, or has others."""
    for placed in world.steps:
        length = length_of(placed.step)
        if isinstance(length, ByParam):
            yield from _by_param(world, (*placed.path, _key(placed.step)), length)


def length_of(step: AnyStep) -> float | ByParam | None:
    """How long a step lasts, as it is written; None where it does not say."""
    match step:
        case WaitStep():
            return step.wait
        case GuardStep() | SoakStep() | PassingStep():
            return step.seconds
        case _:
            return None


def _key(step: AnyStep) -> str:
    return "wait" if isinstance(step, WaitStep) else "for"


def _by_param(world: World, path: Path, length: ByParam) -> Iterator[Finding]:
    at, param = world.place((*path, "by")), world.book.model.params.get(length.by)
    if param is None:
        if length.by not in world.names.params:
            known = world.names.params
            yield Finding(at, "P204", f"unknown param `{length.by[:60]}`", suggest(length.by, known, "params"))
        return
    if param.choices is None:
        hint = f"add `choices: [{', '.join(length.lengths)}]` to the param"
        yield Finding(at, "P104", f"`{length.by}` can be anything: it has no choices", hint)
        return
    for choice in length.lengths:
        if choice not in param.choices:
            hint = suggest(choice, param.choices, "choices")
            yield Finding(world.book.key(*path, choice), "P104", f"`{choice[:60]}` is no `{length.by}`", hint)
    missing = [choice for choice in param.choices if choice not in length.lengths]
    if missing:
        message = f"no length for `{length.by}` {', '.join(missing)}"
        yield Finding(world.book.key(*path), "P102", message, f"add `{missing[0]}: 24h`")


def soaks(world: World) -> Iterator[Finding]:
    """Rules that nobody declared, and steps to do again that do not come before."""
    for placed in world.forward:
        if isinstance(placed.step, SoakStep):
            for index, name in enumerate(placed.step.soak):
                yield from rule(world, name, world.place((*placed.path, "soak", index)))
            yield from _redeploy(world, placed, placed.step)


def _redeploy(world: World, placed: Placed, soak: SoakStep) -> Iterator[Finding]:
    before = world.before[placed.id]
    for index, name in enumerate(soak.redeploy):
        at = world.place((*placed.path, "redeploy", index))
        if name not in world.ids:
            yield Finding(at, "P202", f"unknown step `{name}`", suggest(name, before, "steps"))
        elif name not in before and name in world.by_id:
            yield Finding(at, "P202", f"`{name}` does not come before the soak", suggest(name, before, "steps"))


def looks(world: World) -> Iterator[Finding]:
    """Looks that nobody owes before the step is over."""
    for placed in world.steps:
        step = placed.step
        if not isinstance(step, Attended) or step.look is None or isinstance(step, DoStep):
            continue
        length, first = length_of(step), step.look.every[0].every
        longest = max(length.lengths.values()) if isinstance(length, ByParam) else length
        if longest is not None and first >= longest:
            at = world.book.key(*placed.path, "look", "every")
            message = f"the step is over before the first look: it lasts {format_within(longest)}"
            yield Finding(at, "P803", message, "look more often, or remove it", "warning")


def escalation(world: World) -> Iterator[Finding]:
    """Roles that are to be told, and that nobody has."""
    if not world.book.sound("roles"):
        return
    for index, name in enumerate(world.book.model.escalation):
        role = world.book.model.roles.get(name)
        if role is not None and name != CAPTAIN and not (role.people or role.assigned):
            at = world.place(("escalation", index))
            message = f"nobody is told: `{name}` has nobody"
            yield Finding(at, "P502", message, f"add people to `{name}`, or say `assigned: true` of it")
