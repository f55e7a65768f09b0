"""The way back, and checks that can never pass."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.model.steps import GateStep, HttpStep, RunStep
from cockpit.playbook.plan import HERE
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import Placed, World


def way_back(world: World) -> Iterator[Finding]:
    """Hosts that are changed without a way back, or with one that nothing proves."""
    back = world.book.model.rollback
    if not world.book.sound("rollback"):
        return
    if back is not None and not back.verify:
        hint = "add `verify:` with steps that show version and data"
        yield Finding(world.book.key("rollback"), "P801", "nothing proves that the rollback worked", hint, "warning")
    if back is None:
        changing = next((placed for placed in world.forward if _changes_hosts(placed)), None)
        if changing is not None:
            message = f"`{changing.id}` changes hosts, and there is no `rollback`"
            at = world.book.key(*changing.path, "run")
            yield Finding(at, "P801", message, "add `rollback:` with steps and verify", "warning")


def _changes_hosts(placed: Placed) -> bool:
    return isinstance(placed.step, RunStep) and placed.step.on != [HERE]


def verify(world: World) -> Iterator[Finding]:
    """Gates among the steps that are to prove a rollback."""
    for placed in world.backward:
        if placed.phase == "verify" and isinstance(placed.step, GateStep):
            at = world.book.key(*placed.path, "gate")
            yield Finding(at, "P802", "a gate proves nothing", "put it among the `steps` of the rollback")


def checks(world: World) -> Iterator[Finding]:
    """Checks and requests whose deadline comes before they could pass."""
    for placed in world.steps:
        match placed.step:
            case RunStep(check=check) if check is not None:
                path = (*placed.path, "check")
                yield from _deadline(world, path, check.times, check.every, check.deadline)
            case HttpStep() as step if step.deadline is not None:
                every = 5.0 if step.every is None else step.every
                yield from _deadline(world, placed.path, step.times, every, step.deadline)
            case HttpStep() as step if step.times > 1 or step.every is not None:
                key = "times" if step.times > 1 else "every"
                at = world.book.key(*placed.path, key)
                yield Finding(at, "P802", f"`{key}` without `deadline`: the request is made once", "add `deadline: 2m`")
            case _:
                continue


def _deadline(
    world: World, path: tuple[str | int, ...], times: int, every: float, deadline: float
) -> Iterator[Finding]:
    if (times - 1) * every >= deadline:
        message = f"it cannot pass: {times} times, {every:g} s apart, take longer than the deadline of {deadline:g} s"
        node = world.book.node(*path)
        key = "deadline" if "deadline" in getattr(node, "keys", {}) else "times"
        yield Finding(world.book.key(*path, key), "P802", message, "allow more time, or ask fewer times")
