"""A playbook's calendar to that of a plan."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.playbook import calendar as plan
from cockpit.playbook.model.calendar import Avoid, Calendar, Freeze, Window
from cockpit.playbook.plan import Phase

_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def calendar(model: Calendar | None, phases: Sequence[Phase] = ()) -> plan.Calendar | None:
    """The plan's calendar; every time in it has its zone. `phases` are those of the plan."""
    if model is None:
        return None
    return plan.Calendar(
        zone=model.zone,
        windows=tuple(_window(each, model.zone) for each in model.windows),
        freezes=tuple(_freeze(each, model.zone) for each in model.freezes),
        avoid=tuple(_avoid(each) for each in model.avoid),
        buffer=model.buffer,
        covers=tuple(step.id for phase in phases if phase.name in model.covers for step in phase.steps),
    )


def _window(window: Window, zone: str) -> plan.Window:
    days = tuple(sorted(set(window.days))) or _EVERY_DAY
    return plan.Window(
        name=window.name,
        zone=window.zone or zone,
        days=days,
        start=window.start,
        end=window.end,
        weeks=window.weeks,
        since=window.since or 1,
    )


def _freeze(freeze: Freeze, zone: str) -> plan.Freeze:
    return plan.Freeze(
        name=freeze.name,
        zone=freeze.zone or zone,
        start=freeze.start,
        end=freeze.end,
        lifted_by=tuple(freeze.lifted_by),
        only_for={name: tuple(values) for name, values in freeze.only_for.items()},
    )


def _avoid(avoid: Avoid) -> plan.Avoid:
    return plan.Avoid(
        name=avoid.name,
        exchange=avoid.exchange,
        start=avoid.start,
        end=avoid.end,
        lifted_by=tuple(avoid.lifted_by),
        only_for={name: tuple(values) for name, values in avoid.only_for.items()},
    )
