"""The way back, and checks that can never pass."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.model.steps import GateStep, GuardStep, HttpStep, RunStep, SoakStep
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path, child
from cockpit.playbook.plan import HERE
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import PROOF, PROVEN, Placed, World, proof_before


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
    return isinstance(placed.step, RunStep) and placed.step.on != [HERE] and not placed.ticks


def verify(world: World) -> Iterator[Finding]:
    """Gates among the steps that are to prove a rollback."""
    for placed in world.backward:
        if placed.phase == "verify" and isinstance(placed.step, GateStep):
            at = world.book.key(*placed.path, "gate")
            yield Finding(at, "P802", "a gate proves nothing", "put it among the `steps` of the rollback")


def backward(world: World) -> Iterator[Finding]:
    """Settings that mean nothing on the way back."""
    for placed in world.backward:
        if isinstance(placed.step, GuardStep):
            at = world.book.key(*placed.path, "guard")
            yield Finding(at, "P802", "a rollback has no guard", "write `passing:` to wait until rules pass")
        if isinstance(placed.step, SoakStep):
            at = world.book.key(*placed.path, "soak")
            yield Finding(at, "P802", "a rollback has no soak", "write `passing:` to wait until rules pass")
        if placed.undo_id:
            yield Finding(world.book.key(*placed.path, "undo"), "P802", "a step back is not undone", "remove `undo`")
        if placed.step.point_of_no_return:
            at = world.book.key(*placed.path, "point_of_no_return")
            yield Finding(at, "P803", "a rollback is past every point of no return", "remove it", "warning")


def proofs(world: World) -> Iterator[Finding]:
    """Proofs of the way back that come before no step, say what they cannot, or that nothing waits for."""
    found = [placed for placed in world.forward if placed.phase == PROOF]
    steps = {placed.id for placed in world.forward} - {placed.id for placed in found}
    for placed in found:
        before = proof_before(placed)
        if before and before not in steps and (before in world.by_id or before not in world.ids):
            at = world.place((*placed.path, "before"))
            what = "is no step of the release" if before in world.by_id else "is unknown"
            yield Finding(at, "P202", f"`{before}` {what}", suggest(before, steps, "steps"))
        yield from _of_a_proof(world, placed.path)
    asked = any(PROVEN in placed.step.passing for placed in world.forward if isinstance(placed.step, GateStep))
    loose = next((placed for placed in found if not proof_before(placed)), None)
    if loose and not asked and world.book.sound("phases"):
        hint = f"add {PROVEN} to `passing` of a gate, or say `before:`"
        yield Finding(world.book.at(*loose.path), "P803", "nothing waits for this proof", hint, "warning")


def _of_a_proof(world: World, path: Path) -> Iterator[Finding]:
    for key in ("after", "undo", "point_of_no_return"):
        if child(world.book.node(*path), key) is not None:
            what = "says when by `before`" if key == "after" else "changes nothing"
            yield Finding(world.book.key(*path, key), "P802", f"a proof {what}", f"remove `{key}`")


def checks(world: World) -> Iterator[Finding]:
    """Checks and requests whose deadline comes before they could pass."""
    for placed in world.steps:
        for path, check in placed.checks:
            yield from _deadline(world, path, check.times, check.every, check.deadline)
        match placed.step:
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
