"""When steps are meant to begin, may begin and must be complete, as keys of a playbook."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from cockpit.playbook import moments
from cockpit.playbook.model.fields import Declared, described, whole

IfLate = Literal["warn", "hold", "roll back"]


def moment(value: object) -> moments.Written:
    """A moment such as `13:00`; ValueError in words."""
    if not isinstance(value, str):
        raise ValueError(f"must be a moment such as 13:00, day 2 13:00 or 15m after stage, not {described(value)}")
    return moments.read(value.strip())


def due(value: object) -> moments.Written:
    """A moment, or a length of time alone; ValueError in words."""
    if not isinstance(value, str):
        raise ValueError(f"must be a moment such as 13:00, or a duration such as 10m, not {described(value)}")
    return moments.read_due(value.strip())


_DUE = rf"^\s*(?:{moments.MOMENT}|{moments.SPAN})\s*$"

Moment = Annotated[
    moments.Written,
    PlainValidator(moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^\s*{moments.MOMENT}\s*$",
            "examples": ["13:00", "day 2 13:00", "day 7", "15m after stage", "24h after start"],
        }
    ),
]
Due = Annotated[
    moments.Written,
    PlainValidator(due),
    WithJsonSchema({"type": "string", "pattern": _DUE, "examples": ["10m", "15:00", "15m after stage"]}),
]
Day = Annotated[int, Field(ge=1, le=moments.LAST_DAY), BeforeValidator(whole)]


class Timed(Declared):
    """What a step and a phase say of time. Times of day are in the calendar's zone; without one, UTC."""

    planned: Moment | None = Field(
        None,
        description="When it is meant to begin: a time on the release's day, `day 2 13:00`, `day 7` (day 1 is the "
        "release's), or so long after a step, a phase or `start`. Nothing waits for it.",
        examples=["13:00"],
    )
    day: Day | None = Field(
        None, description="The day that its times are on; left out: 1, the release's own.", examples=[2]
    )
    not_before: Moment | None = Field(
        None,
        description="It does not begin earlier, unless the captain says so with a note.",
        examples=["15m after stage"],
    )
    due: Due | None = Field(
        None,
        description="When it must be complete: a moment, or so long after it began. Late: it is shown and recorded.",
        examples=["10m"],
    )
    if_late: IfLate = Field("warn", description="What being late causes; at a gate, `hold` is a no-go.")
