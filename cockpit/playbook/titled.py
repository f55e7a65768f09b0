"""What people read of a step: its title, as a template."""

from __future__ import annotations

from cockpit.playbook.given import Given
from cockpit.playbook.model.steps import (
    AssignStep,
    ChecklistStep,
    DoStep,
    GateStep,
    GuardStep,
    NoticeStep,
    PassingStep,
    SoakStep,
    WaitStep,
)
from cockpit.playbook.names import spoken
from cockpit.playbook.world import Placed, World
from cockpit.units import format_duration


def title(world: World, placed: Placed, given: Given) -> str:
    """The title of a step, or that of the item which it ticks."""
    checklist = world.by_id[placed.ticks].step if placed.ticks else None
    if isinstance(checklist, ChecklistStep):
        return checklist.checklist[int(placed.path[-1])].item
    return _written(placed, given)


def _written(placed: Placed, given: Given) -> str:
    match placed.step:
        case GateStep(gate=title):
            return title
        case AssignStep(title=None, id=None, assign=role):
            return f"Assign {role}"
        case WaitStep(title=None, wait=seconds):
            return f"Wait {format_duration(given.length(seconds))}"
        case GuardStep(title=None, id=None, seconds=seconds):
            return f"Guard {format_duration(given.length(seconds))}"
        case SoakStep(title=None, id=None, seconds=seconds):
            return f"Soak {format_duration(given.length(seconds))}"
        case PassingStep(title=None, id=None, passing=names):
            return f"{', '.join(names)} passing"
        case NoticeStep(title=None, notice=name):
            return f"Notice {spoken(name).lower()}"
        case DoStep(title=None, do=text):
            first = text.strip().split("\n")[0]
            return first if len(first) <= 60 else spoken(placed.id)
        case step:
            return step.title or spoken(placed.id)
