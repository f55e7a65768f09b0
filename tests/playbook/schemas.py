"""As much of JSON Schema as the schema of playbooks uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

NOTES = {"$schema", "$defs", "description", "examples", "default"}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def holds(value: Any, part: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Whether a value is as this part of the whole schema wants it; KeyError for a keyword that is none of ours."""
    return all(_holds(key, wanted, value, part, whole) for key, wanted in part.items() if key not in NOTES)


def _holds(key: str, wanted: Any, value: Any, part: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    match key:
        case "$ref":
            return holds(value, whole["$defs"][wanted.removeprefix("#/$defs/")], whole)
        case "anyOf":
            return any(holds(value, option, whole) for option in wanted)
        case "oneOf":
            return sum(holds(value, option, whole) for option in wanted) == 1
        case "type":
            return any(_is(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted))
        case "enum":
            return value in wanted
        case "properties" | "patternProperties" | "additionalProperties":
            return not isinstance(value, dict) or all(
                holds(below, schema, whole) for name, below in value.items() for schema in _below(name, part, key)
            )
        case "propertyNames":
            return not isinstance(value, dict) or all(holds(name, wanted, whole) for name in value)
        case "items":
            return not isinstance(value, list) or all(holds(item, wanted, whole) for item in value)
        case "required":
            return not isinstance(value, dict) or all(name in value for name in wanted)
        case _:
            return _within(key, wanted, value)


def _is(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _below(name: str, part: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    known = part.get("properties", {})
    patterns: Mapping[str, Mapping[str, Any]] = part.get("patternProperties", {})
    matching = [schema for pattern, schema in patterns.items() if re.search(pattern, name)]
    if key == "properties" and name in known:
        yield known[name]
    elif key == "patternProperties":
        yield from matching
    elif key == "additionalProperties" and name not in known and not matching:
        yield part[key] or {"anyOf": []}


def _within(key: str, wanted: Any, value: Any) -> bool:
    checks: dict[str, tuple[type, Callable[[], bool]]] = {
        "pattern": (str, lambda: re.search(wanted, value) is not None),
        "minLength": (str, lambda: len(value) >= wanted),
        "maxLength": (str, lambda: len(value) <= wanted),
        "minimum": (int, lambda: value >= wanted),
        "maximum": (int, lambda: value <= wanted),
        "minItems": (list, lambda: len(value) >= wanted),
        "minProperties": (dict, lambda: len(value) >= wanted),
    }
    kind, holds_of = checks[key]
    return not isinstance(value, kind) or holds_of()
