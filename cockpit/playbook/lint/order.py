"""The order of steps: circles, and gates that are passed by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cockpit.playbook.model.steps import GateStep
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import PROOF, Placed, World


def cycles(world: World) -> Iterator[Finding]:
    """Steps that wait for each other, each circle once."""
    seen: set[frozenset[str]] = set()
    for way in (world.forward, world.backward):
        after = {placed.id: [name for name in placed.after if name != placed.id] for placed in way}
        for placed in way:
            if placed.step.after is None or not _in_circle(world, placed):
                continue
            circle = _circle(placed.id, after)
            if circle and frozenset(circle) not in seen:
                seen.add(frozenset(circle))
                shown = " → ".join((*circle[:8], *("…",)[: len(circle) > 8], placed.id))
                hint = "a step without `after` waits for everything written before it"
                yield Finding(
                    world.book.key(*placed.path, "after"), "P301", f"steps wait for each other: {shown}", hint
                )


def _in_circle(world: World, placed: Placed) -> bool:
    return placed.id in world.before[placed.id] and placed.after != (placed.id,)


def _circle(start: str, after: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest way from a step through what it waits for back to it; empty when there is none."""
    came_from: dict[str, str] = {}
    queue = [start]
    for name in queue:
        for other in after.get(name, ()):
            if other == start:
                return _way(start, name, came_from)
            if other not in came_from:
                came_from[other] = name
                queue.append(other)
    return []


def _way(start: str, end: str, came_from: Mapping[str, str]) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def gates_passed_by(world: World) -> Iterator[Finding]:
    """Steps after a gate, as written, that do not wait for it."""
    for way in (world.forward, world.backward):
        gates: list[Placed] = []
        for placed in way:
            if placed.step.after is not None and placed.phase != PROOF:
                yield from _passed_by(world, placed, gates)
            if isinstance(placed.step, GateStep):
                gates.append(placed)


def left_out_by_gates(world: World) -> Iterator[Finding]:
    """Steps before a gate, as written, that it does not wait for."""
    for way in (world.forward, world.backward):
        for index, placed in enumerate(way):
            if isinstance(placed.step, GateStep) and placed.step.after is not None:
                before = world.before[placed.id]
                earlier = [other for other in way[:index] if other.phase != PROOF]
                yield from _left_out(world, placed, [other.id for other in earlier if other.id not in before])


def _left_out(world: World, gate: Placed, missed: Sequence[str]) -> Iterator[Finding]:
    if missed:
        names = ", ".join(f"`{name}`" for name in missed[:8]) + (", …" if len(missed) > 8 else "")
        at = world.book.key(*gate.path, "after")
        message = f"the gate `{gate.id}` does not wait for {names}, written before it"
        yield Finding(at, "P302", message, f"add {missed[-1]} to `after`, or leave `after` out", "warning")


def _passed_by(world: World, placed: Placed, gates: Sequence[Placed]) -> Iterator[Finding]:
    missed = [gate.id for gate in gates if gate.id not in world.before[placed.id] and gate.id != placed.id]
    if missed:
        names = ", ".join(f"`{name}`" for name in missed)
        message = f"`{placed.id}` comes after {names} as written, and does not wait for it"
        at = world.book.key(*placed.path, "after")
        yield Finding(at, "P302", message, f"add {missed[-1]} to `after`, or put the step before the gate", "warning")
