"""The planned timeline of a plan: each step's moment in its zone and in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from cockpit.cli.looks import columns
from cockpit.playbook.moments import told
from cockpit.playbook.plan import Plan, Step
from cockpit.release.ahead import length
from cockpit.release.moments import Frame, next_midnight
from cockpit.release.schedule import critical, planned
from cockpit.units import format_duration, utc


class Line(msgspec.Struct, frozen=True):
    """A step that is planned to begin and end at these moments."""

    step: Step
    start: float
    end: float
    critical: bool


def is_timed(plan: Plan) -> bool:
    """Whether some step says when it is meant to begin, may begin, or must be complete."""
    return any(step.planned or step.not_before or step.due for step in plan.steps)


def lines_of(plan: Plan, frame: Frame) -> Sequence[Line]:
    """The forward steps by their planned begin; critical is what makes the end of the first day's steps later."""
    spans = planned(plan.steps, frame)
    midnight = next_midnight(frame.start, frame.zone)
    first = tuple(step for step in plan.steps if spans[step.id][0] < midnight)
    longest = critical(first, spans) if any(length(step) for step in first) else frozenset()
    lines = (Line(step, *spans[step.id], step.id in longest) for step in plan.steps)
    return sorted(lines, key=lambda line: line.start)


def timeline_lines(plan: Plan, frame: Frame) -> Iterator[str]:
    """The timeline as text, a heading for each day."""
    zone = ZoneInfo(frame.zone)
    yield f"timeline, in {frame.zone}{'' if frame.zone == 'UTC' else ' and UTC'}; ◆ is critical"
    day = None
    rows: list[tuple[str, ...]] = []
    for line in lines_of(plan, frame):
        local = datetime.fromtimestamp(line.start, UTC).astimezone(zone)
        if local.date() != day:
            yield from columns(rows, "  ")
            rows, day = [], local.date()
            yield f" {local:%a %Y-%m-%d}"
        rows.append(_row(line, local))
    yield from columns(rows, "  ")


def _row(line: Line, local: datetime) -> tuple[str, ...]:
    universal = local.astimezone(UTC)
    same = local.utcoffset() == universal.utcoffset()
    moment = f"{local:%H:%M}" if same else f"{local:%H:%M %Z} {universal:%H:%M} UTC"
    takes = f"~{format_duration(line.end - line.start)}" if line.end > line.start else ""
    return (
        moment,
        "◆" if line.critical else " ",
        line.step.id,
        takes,
        ", ".join(line.step.owner),
        times_text(line.step),
    )


def times_text(step: Step) -> str:
    """What a step says of its times, in words; empty where it says nothing."""
    said = [f"planned {told(step.planned)}"] if step.planned else []
    said += [f"not before {told(step.not_before)}"] if step.not_before else []
    late = "" if step.if_late == "warn" else f", late: {step.if_late}"
    said += [f"due {told(step.due)}{late}"] if step.due else []
    return "; ".join(said)


def timeline_document(plan: Plan, frame: Frame) -> list[dict[str, Any]]:
    """The timeline as JSON; moments in UTC."""
    return [
        {
            "step": line.step.id,
            "planned": utc(line.start),
            "planned_end": utc(line.end),
            "owner": list(line.step.owner),
            "critical": line.critical,
        }
        for line in lines_of(plan, frame)
    ]
