"""A plan's calendar as text."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.calendar import Avoid, Calendar, Day, Edge, Freeze
from cockpit.playbook.plan import Plan
from cockpit.units import format_within

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar_lines(plan: Plan) -> Iterator[str]:
    """When it may go out, a line each; none where there is no calendar."""
    if plan.calendar is None:
        return
    yield from _lines(plan.calendar)
    if plan.calendar.covers:
        covered = [phase.name for phase in plan.phases if any(step.id in plan.calendar.covers for step in phase.steps)]
        yield f"covers {', '.join(covered)}"


def _lines(calendar: Calendar) -> Iterator[str]:
    for window in calendar.windows:
        days = " ".join(_WEEKDAYS[day] for day in window.days) if len(window.days) < len(_WEEKDAYS) else "daily"
        weeks = f", every {window.weeks} weeks" if window.weeks > 1 else ""
        yield f"window {window.name}: {days} {_clock(window.start)} to {_clock(window.end)} {window.zone}{weeks}"
    for freeze in calendar.freezes:
        yield f"freeze {freeze.name}: {_day(freeze.start)} to {_day(freeze.end)} {freeze.zone}{_lifted(freeze)}"
    for avoid in calendar.avoid:
        yield f"avoid  {avoid.name}: {avoid.exchange} {_edge(avoid.start)} to {_edge(avoid.end)}{_lifted(avoid)}"
    if calendar.buffer:
        yield f"buffer {format_within(calendar.buffer)} before a freeze"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _day(day: Day) -> str:
    year = "" if day.year is None else f"{day.year}-"
    named = f"{year}{day.month:02}-{day.day:02}" if day.weekday is None else _WEEKDAYS[day.weekday]
    return f"{named} {_clock(day.minute)}"


def _edge(edge: Edge) -> str:
    offset = f" {'-' if edge.offset < 0 else '+'} {format_within(abs(edge.offset))}" if edge.offset else ""
    return f"{'close' if edge.closes else 'open'}{offset}"


def _lifted(shut: Freeze | Avoid) -> str:
    if not shut.lifted_by:
        return ""
    only = "; ".join(f"{name} {', '.join(values)}" for name, values in shut.only_for.items())
    return f", lifted by {', '.join(shut.lifted_by)}{f' for {only}' if only else ''}"
