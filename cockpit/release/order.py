"""Which step comes after which, and whose turn it is."""

from __future__ import annotations

from cockpit.playbook.plan import (
    Gate,
    Step,
)
from cockpit.release.state import COMPLETE, State, StepState


def awaited(state: State, name: str) -> set[str]:
    """The ids of all steps that must be complete before this one's turn, however indirectly."""
    found: set[str] = set()
    left = [*state.steps[name].step.after]
    while left:
        if (each := left.pop()) not in found:
            found.add(each)
            left.extend(state.steps[each].step.after)
    return found


def is_complete(one: StepState) -> bool:
    """Whether what comes after this step may start."""
    return one.status in ("passed", "skipped")


def is_its_turn(state: State, step: Step) -> bool:
    """Whether everything that a step waits for is complete; what ticks an item waits for its checklist to be open."""
    is_open = not step.ticks or state.steps[step.ticks].status == "running"
    return is_open and all(is_complete(state.steps[name]) for name in step.after)


def all_hosts_complete(one: StepState) -> bool:
    """Whether every host of the step passed or was let go."""
    return all(run.status in COMPLETE for run in one.hosts.values())


def next_gate(state: State, after: Step) -> tuple[Step, ...]:
    """The steps that become free to run once this one is complete, up to the next gates."""
    freed = {after.id}
    found: list[Step] = []
    for step in state.track:
        if step.id == after.id or is_complete(state.steps[step.id]) or isinstance(step, Gate):
            continue
        if any(name in freed for name in step.after) and _others_complete(state, step, freed):
            freed.add(step.id)
            found.append(step)
    return tuple(found)


def _others_complete(state: State, step: Step, freed: set[str]) -> bool:
    return all(name in freed or is_complete(state.steps[name]) for name in step.after)
