"""Lengths of time that a param chooses, and how often a person looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from cockpit.playbook.model.fields import DURATION, described, duration


@dataclass(frozen=True)
class ByParam:
    """A length in seconds for each value of the param `by`."""

    by: str
    lengths: Mapping[str, float]


@dataclass(frozen=True)
class Pace:
    """Every so many seconds, until so many seconds after the start (0: to the end)."""

    every: float
    until: float = 0.0


def length(value: object) -> float | ByParam:
    """Seconds, or seconds by the value of a param; ValueError in words."""
    if not isinstance(value, dict):
        return duration(value)
    by = value.get("by")
    if not isinstance(by, str):
        raise ValueError("must say `by` which param: {by: change, standard: 24h, hotfix: 4h}")
    lengths = {str(name): _of(name, each) for name, each in value.items() if name != "by"}
    if not lengths:
        raise ValueError(f"names no value of `{by[:60]}`: write {{by: {by[:60]}, standard: 24h, hotfix: 4h}}")
    return ByParam(by, lengths)


def _of(name: object, value: object) -> float:
    try:
        return duration(value)
    except ValueError as error:
        raise ValueError(f"for {str(name)[:60]} {error}") from None


def paces(value: object) -> tuple[Pace, ...]:
    """Intervals such as `1m for 1h`, one after the other, each until so long after the start; ValueError in words."""
    texts = value if isinstance(value, list) else [value]
    if not texts:
        raise ValueError("is empty")
    found = tuple(_pace(text) for text in texts)
    for one, other in pairwise(found):
        if not one.until:
            raise ValueError("goes on to the end before its last part: only the last may")
        if other.until and other.until <= one.until:
            raise ValueError("must count on from the start: each `for` is longer than the one before")
    return found


def _pace(text: object) -> Pace:
    if not isinstance(text, str):
        raise ValueError(f"must be an interval such as 15m, or 1m for 1h, not {described(text)}")
    every, word, until = text.partition(" for ")
    pace = Pace(duration(every.strip()), duration(until.strip()) if word else 0.0)
    if pace.until and pace.until < pace.every:
        raise ValueError(f"`{text[:60]}` is over before the first look")
    return pace


_BY_PARAM = {
    "type": "object",
    "required": ["by"],
    "properties": {"by": {"type": "string"}},
    "additionalProperties": DURATION,
    "minProperties": 2,
}
_PACE = {"type": "string", "minLength": 2, "examples": ["15m", "1m for 1h"]}

Length = Annotated[float | ByParam, PlainValidator(length), WithJsonSchema({"anyOf": [DURATION, _BY_PARAM]})]
Paces = Annotated[
    tuple[Pace, ...],
    PlainValidator(paces),
    WithJsonSchema({"anyOf": [_PACE, {"type": "array", "minItems": 1, "items": _PACE}]}),
]
