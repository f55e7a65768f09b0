"""The kinds of values in a playbook: how each is written, checked and described."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, NoReturn

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from cockpit.playbook.node import Plain
from cockpit.units import parse_duration

LONGEST = 3660 * 86400.0

_WHOLE = re.compile(r"[-+]?\d{1,12}")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_NO_TIME = re.compile(r"0+(?:ms|[smhdw])")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Declared(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True)


@dataclass(frozen=True)
class Matching:
    """Text of a certain form; `words` say which, for people."""

    pattern: str
    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        compiled = re.compile(self.pattern)

        def check(text: str) -> str:
            if not compiled.fullmatch(text):
                raise ValueError(f"`{text[:60]}` is not {self.words}")
            return text

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, eq=False)
class Short:
    """A short form beside the full one: `widen` makes the full one of it, `schema` describes it."""

    widen: Callable[[Any], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.widen, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [dict(self.schema), handler(schema)]}


def under(key: str) -> Short:
    """Text alone stands for a mapping with this one key."""
    return Short(lambda value: {key: value} if isinstance(value, str) else value, {"type": "string", "minLength": 1})


def whole(value: object) -> int:
    """A whole number as written; ValueError in words."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise ValueError(f"must be a whole number, not {described(value)}")


def duration(value: object) -> float:
    """Seconds in text such as `90s` or `1h 30m`; more than none."""
    if not isinstance(value, str):
        raise ValueError(f"must be a duration such as 30s, 5m or 1h 30m, not {described(value)}")
    if _NUMBER.fullmatch(value):
        raise ValueError(f"`{value[:60]}` has no unit: write {value[:20]}s or {value[:20]}m")
    try:
        seconds = parse_duration(value[:100])
    except ValueError:
        raise ValueError(f"`{value[:60]}` is not a duration such as 30s, 5m or 1h 30m") from None
    if not 0 < seconds <= LONGEST or not math.isfinite(seconds):
        raise ValueError(f"`{value[:60]}` must be more than nothing and less than ten years")
    return seconds


def span(value: object) -> float:
    """Seconds in text such as `90s`, or none at all: `0s`."""
    return 0.0 if isinstance(value, str) and _NO_TIME.fullmatch(value) else duration(value)


def day(value: object) -> str:
    """A day as written, `2026-11-01`."""
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) and len(value) == 10 else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: object) -> NoReturn:
    raise ValueError(f"must be a day such as 2026-11-01, not {described(value)}") from None


def share(value: object) -> float:
    """0 to 1 in text such as `10%`."""
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if found is None or float(found[1]) > 100:
        raise ValueError(f"must be a share such as 10%, not {described(value)}")
    return round(float(found[1]) / 100, 6)


def batch(value: object) -> int | float:
    """A number of hosts, or a share of them: an int counts, a float is 0 to 1."""
    if isinstance(value, str) and value.endswith("%"):
        portion = share(value)
        if portion > 0:
            return portion
    elif isinstance(value, str) and _WHOLE.fullmatch(value) and int(value) > 0:
        return int(value)
    raise ValueError(f"must be a number of hosts such as 1, or a share such as 25%, not {described(value)}")


def number(value: object) -> float:
    """A number as written; ValueError in words."""
    if isinstance(value, str) and _NUMBER.fullmatch(value) and len(value) <= 30 and math.isfinite(float(value)):
        return float(value)
    raise ValueError(f"must be a number, not {described(value)}")


def flag(value: object) -> bool:
    """True or false, written without quotes."""
    if isinstance(value, Plain) and value in _FLAGS:
        return _FLAGS[value]
    raise ValueError(f"must be true or false, not {described(value)}")


def some(value: object) -> int | float:
    """How many hosts: `any` is 1 and `all` is 1.0; an int counts, a float is a share, 0 to 1."""
    if value in ("any", "all"):
        return 1 if value == "any" else 1.0
    try:
        return batch(value)
    except ValueError:
        raise ValueError(
            f"must be any, all, a number such as 3, or a share such as 10%, not {described(value)}"
        ) from None


def listed(value: Any) -> Any:
    """One text stands for a list of one."""
    return [value] if isinstance(value, str) else value


def counted(value: Any) -> Any:
    """A list of roles stands for one person of each."""
    if not isinstance(value, list) or not all(isinstance(role, str) for role in value):
        return value
    return {role: Plain(value.count(role)) for role in value}


def flattened(value: Any) -> Any:
    """Nested mappings and lists as dotted paths to text."""
    if not isinstance(value, (dict, list)):
        return value
    flat: dict[str, str] = {}
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in pairs:
        inner = flattened(below)
        if isinstance(inner, dict):
            flat.update({f"{key}.{path}": text for path, text in inner.items()})
        else:
            flat[str(key)] = "null" if inner is None else str(inner)
    return flat


def as_json(value: Any) -> Any:
    """A mapping or list as JSON text; templates inside keep their quotes."""
    if not isinstance(value, (dict, list)):
        return value
    text = json.dumps(_natural(value), ensure_ascii=False)
    parts = text.split("{{")
    return "{{".join([parts[0], *(_unescaped(part) for part in parts[1:])])


def _unescaped(part: str) -> str:
    inside, end, after = part.partition("}}")
    return inside.replace('\\"', '"') + end + after if end else part


def _natural(value: Any) -> Any:
    match value:
        case dict():
            return {key: _natural(below) for key, below in value.items()}
        case list():
            return [_natural(below) for below in value]
        case Plain() if value in _FLAGS:
            return _FLAGS[value]
        case Plain() if _NUMBER.fullmatch(value) and len(value) < 16:
            return json.loads(value.removeprefix("+"))
        case _:
            return value


def described(value: object) -> str:
    """A value as people would name it."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"`{value[:60]}`" if value else "empty text"
        case _:
            return f"`{str(value)[:60]}`"


_SCALAR = {"type": ["string", "number", "boolean"]}
DURATION = {"type": "string", "pattern": r"^\s*(\d+(\.\d+)?\s*(ms|[smhdw])\s*)+$", "examples": ["30s", "5m", "1h 30m"]}
_SHARE_SCHEMA = {"type": "string", "pattern": r"^\d{1,3}(\.\d+)? ?%$", "examples": ["10%"]}
_BATCH = {"anyOf": [{"type": "integer", "minimum": 1}, _SHARE_SCHEMA]}
_SOME = {"anyOf": [{"enum": ["any", "all"]}, *_BATCH["anyOf"]]}

Text = Annotated[str, Field(min_length=1)]
Value = Annotated[str, WithJsonSchema(_SCALAR)]
Revision = Annotated[int, Field(ge=1), BeforeValidator(whole)]
Count = Annotated[int, Field(ge=1, le=1000), BeforeValidator(whole)]
Samples = Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(whole)]
Retries = Annotated[int, Field(ge=0, le=10), BeforeValidator(whole)]
Number = Annotated[float, PlainValidator(number), WithJsonSchema({"type": "number"})]
Flag = Annotated[bool, PlainValidator(flag), WithJsonSchema({"type": "boolean"})]
Some = Annotated[int | float, PlainValidator(some), WithJsonSchema(_SOME)]
Status = Annotated[int, Field(ge=100, le=599), BeforeValidator(whole)]
Duration = Annotated[float, PlainValidator(duration), WithJsonSchema(DURATION)]
Span = Annotated[float, PlainValidator(span), WithJsonSchema(DURATION)]
Day = Annotated[str, PlainValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Share = Annotated[float, PlainValidator(share), WithJsonSchema(_SHARE_SCHEMA)]
Batch = Annotated[int | float, PlainValidator(batch), WithJsonSchema(_BATCH)]

Variable = Annotated[
    str, Matching("[A-Za-z_][A-Za-z0-9_]{0,63}", "a name for a variable: letters, digits and _, no digit first")
]
Name = Annotated[str, Matching("[A-Za-z][A-Za-z0-9_-]{0,63}", "a name: letters, digits, - and _, a letter first")]
Header = Annotated[str, Matching("[!#$%&'*+.^_`|~0-9A-Za-z-]+", "the name of an HTTP header")]
Login = Annotated[
    str,
    Matching(
        r"[a-z_][a-z0-9_.-]{0,31}\$?|\{\{ *login *\}\}", "a login name, or '{{ login }}' for who starts the release"
    ),
]
User = Annotated[str, Matching(r"[A-Za-z_][A-Za-z0-9_.@-]{0,63}\$?", "the name of a user")]
Place = Annotated[str, Field(min_length=1, max_length=1000)]

Places = Annotated[list[Place], Field(min_length=1), Short(listed, {"type": "string", "minLength": 1})]
Names = Annotated[list[Name], Short(listed, {"type": "string", "minLength": 1})]
Texts = Annotated[list[Text], Field(min_length=1), Short(listed, {"type": "string", "minLength": 1})]
Exits = Annotated[
    list[Annotated[int, Field(ge=1, le=255), BeforeValidator(whole)]],
    Field(min_length=1),
    Short(listed, {"type": "integer", "minimum": 1, "maximum": 255}),
]
Statuses = Annotated[
    list[Status],
    Field(min_length=1),
    Short(listed, {"type": "integer", "minimum": 100, "maximum": 599}),
]
Votes = Annotated[
    dict[Name, Count],
    Field(min_length=1),
    Short(counted, {"type": "array", "items": {"type": "string"}, "minItems": 1}),
]
Paths = Annotated[dict[str, Value], BeforeValidator(flattened), WithJsonSchema({"type": "object"})]
Body = Annotated[str, BeforeValidator(as_json), WithJsonSchema({"type": ["string", "object", "array"]})]
