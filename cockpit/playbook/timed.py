"""The times of a playbook's steps and phases, as a plan's steps have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from cockpit.playbook.model.playbook import Phase
from cockpit.playbook.model.timing import IfLate
from cockpit.playbook.moments import Behind, Written, resolved
from cockpit.playbook.plan import Moment
from cockpit.playbook.world import Placed, World


class Timing(TypedDict):
    """What a plan's step has of time."""

    planned: Moment | None
    not_before: Moment | None
    due: Moment | None
    if_late: IfLate


def named(world: World) -> dict[str, tuple[str, ...]]:
    """The steps that a moment may count from, by what it says: a step, or all steps of a phase."""
    phases: dict[str, list[str]] = {}
    for placed in world.forward:
        if not placed.ticks:
            phases.setdefault(placed.phase, []).append(placed.id)
    return {name: tuple(ids) for name, ids in phases.items()} | {placed.id: (placed.id,) for placed in world.steps}


def edges(placed: Sequence[Placed]) -> tuple[frozenset[str], frozenset[str]]:
    """Of the steps of a phase those that wait for no other of them, and those that no other of them waits for.

    What ticks an item is no step of its own in this.
    """
    placed = [each for each in placed if not each.ticks]
    ids = {each.id for each in placed}
    awaited = {name for each in placed for name in each.after}
    return frozenset(each.id for each in placed if ids.isdisjoint(each.after)), frozenset(ids - awaited)


def timings(world: World) -> Mapping[str, Timing]:
    """The times of every step by its id."""
    names = named(world)
    by_phase: dict[str, list[Placed]] = {}
    for placed in world.forward:
        by_phase.setdefault(placed.phase, []).append(placed)
    ends = {phase: edges(steps) for phase, steps in by_phase.items()}
    phases = {phase.phase: phase for phase in world.book.model.phases}
    found: dict[str, Timing] = {}
    for placed in world.steps:
        phase = None if placed.back else phases.get(placed.phase)
        first, last = ends.get(placed.phase, (frozenset(), frozenset()))
        found[placed.id] = _timing(placed, phase, names, first, is_last=placed.id in last)
    for placed in world.steps:
        if placed.ticks:  # it begins with its checklist
            lock = found[placed.ticks]["not_before"]
            found[placed.id] = {"planned": None, "not_before": lock, "due": None, "if_late": "warn"}
    return found


def _timing(
    placed: Placed,
    phase: Phase | None,
    names: Mapping[str, tuple[str, ...]],
    first: frozenset[str],
    *,
    is_last: bool,
) -> Timing:
    step, is_first = placed.step, placed.id in first
    day = step.day or (phase.day if phase else None)

    def moment(own: Written | None, of_phase: Written | None, *, counts: bool) -> Moment | None:
        if own is not None or phase is None or not counts:
            return resolved(own, day, names)
        return resolved(of_phase, phase.day, names, tuple(sorted(first)))

    due = moment(step.due, phase.due if phase else None, counts=is_last)
    is_own = step.due is not None or step.if_late != "warn" or phase is None or due is None
    return {
        "planned": moment(step.planned, phase.planned if phase else None, counts=is_first),
        "not_before": moment(step.not_before, phase.not_before if phase else None, counts=is_first),
        "due": due,
        "if_late": step.if_late if is_own or phase is None else phase.if_late,
    }


def counted_from(written: Written | None) -> str:
    """The name that a moment counts from; empty where it counts from none."""
    return written.name if isinstance(written, Behind) else ""
