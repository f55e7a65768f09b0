"""What a gate's `passing` may name beside rules."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from cockpit.playbook.model.fields import Short, described, duration, listed

REHEARSED = "rehearsed"
"""How a criterion begins that asks for a rehearsal of the plan; behind it, how long ago at most that was."""

FITS = "fits-window"
"""The criterion that what is still ahead fits into the calendar."""

NO = "no"
"""How a criterion begins that wants every rule of a severity, and of worse ones, to pass."""

_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
_SPAN = r"(\d+(\.\d+)?\s*(ms|[smhdw])\s*)+"


def rehearsed_within(criterion: str) -> float | None:
    """How long ago at most, in seconds, a criterion wants the plan to have been rehearsed; None for any other one."""
    word, _, span = criterion.partition(" ")
    return duration(span.strip()) if word == REHEARSED else None


def no_severity(criterion: str) -> str:
    """The severity that a criterion wants none of; empty for any other criterion."""
    word, _, name = criterion.partition(" ")
    return name.strip() if word == NO else ""


def criterion(value: object) -> str:
    """A rule's name, or a criterion with its span, as written; ValueError in words."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {described(value)}")
    if value == REHEARSED:
        raise ValueError(f"`{REHEARSED}` does not say how long ago at most: write `{REHEARSED} 7d`")
    if name := no_severity(value):
        if not re.fullmatch(_NAME, name):
            raise ValueError(f"`{name[:60]}` is not the name of a severity: write `{NO} sev-2`")
    elif rehearsed_within(value) is None and not re.fullmatch(_NAME, value):
        raise ValueError(f"`{value[:60]}` is not a name: letters, digits, - and _, a letter first")
    return str(value)


Criterion = Annotated[
    str,
    PlainValidator(criterion),
    WithJsonSchema({"type": "string", "pattern": f"^(?:{_NAME}|{REHEARSED} +{_SPAN}|{NO} +{_NAME})$"}),
]
Criteria = Annotated[list[Criterion], Short(listed, {"type": "string", "minLength": 1})]
