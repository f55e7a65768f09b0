"""The kinds of values that only scenarios have: moments and rates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from cockpit.playbook.model.fields import described, duration, number, span, whole

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d).*", re.DOTALL)
_RATE = re.compile(r"(\S+)\s+per\s+(\S.*)", re.DOTALL)
_UNIT = re.compile(r"ms|[smhdw]")
_YEARS = range(2000, 2100)


class Moment(msgspec.Struct, frozen=True):
    """Seconds since the rehearsal began; or, where it is a `date`, since 1970."""

    seconds: float
    date: bool = False


def date(value: object) -> float:
    """Seconds since 1970 of a date and time such as `2026-03-10T14:00:00Z`; UTC where it has no zone."""
    text = value if isinstance(value, str) else ""
    try:
        found = datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
        if found is not None and found.year in _YEARS:
            return found.replace(tzinfo=found.tzinfo or UTC).timestamp()
    except ValueError:
        pass
    raise ValueError(f"must be a date and time such as 2026-03-10T14:00:00Z, not {described(value)}")


def moment(value: object) -> Moment:
    """A span since the start, or a date and time. A span may be negative here: a rule refuses it."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        return Moment(date(value), date=True)
    if isinstance(value, str) and value.startswith("-"):
        return Moment(-span(value[1:]))
    return Moment(span(value))


def rate(value: object) -> float:
    """How much in an hour, of text such as `2 per 1h` or `0.5 per m`."""
    found = _RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be a rate such as 2 per 1h, not {described(value)}")
    over = f"1{found[2]}" if _UNIT.fullmatch(found[2]) else found[2]
    return number(found[1]) * 3600.0 / duration(over)


class OneOrMore:
    """A list, in which one item alone stands for a list of one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_list, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


_DATE_SCHEMA = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d([T ]|$)", "examples": ["2026-03-10T14:00:00Z"]}
_MOMENT_SCHEMA = {
    "type": "string",
    "pattern": r"^(\d{4}-\d\d-\d\d([T ]|$)|\s*(\d+(\.\d+)?\s*(ms|[smhdw])\s*)+$)",
    "examples": ["10m", "2026-03-10T14:10:00Z"],
}
_RATE_SCHEMA = {"type": "string", "pattern": r"^\S+\s+per\s+\S", "examples": ["2 per 1h"]}

Date = Annotated[float, PlainValidator(date), WithJsonSchema(_DATE_SCHEMA)]
At = Annotated[Moment, PlainValidator(moment), WithJsonSchema(_MOMENT_SCHEMA)]
Rate = Annotated[float, PlainValidator(rate), WithJsonSchema(_RATE_SCHEMA)]
Status = Annotated[int, Field(ge=0, le=255), BeforeValidator(whole)]
