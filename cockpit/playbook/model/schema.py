"""The JSON Schema of playbooks, and of other files of their kind, for editors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from cockpit.playbook.model.playbook import Playbook

URL = "https://json-schema.org/draft/2020-12/schema"
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def schema(top: type[BaseModel] = Playbook) -> dict[str, Any]:
    """What an editor needs to complete and check a file of this model: draft 2020-12, with descriptions, examples."""
    return {"$schema": URL, **_tidy(top.model_json_schema())}


def written(seconds: float) -> str:
    """A duration as it is written in a playbook: 120.0 is `2m`."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size and seconds % size == 0), (1, "s"))
    return f"{seconds / size:g}{unit}"


def _tidy(part: Any) -> Any:
    """Leave out what pydantic adds for itself: titles made of names, and null for what is only not given."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    tidy = {key: _tidy_entry(key, value) for key, value in part.items() if not _is_noise(key, value)}
    options = tidy.get("anyOf")
    if isinstance(options, list):
        options = [option for option in options if option != {"type": "null"}]
        tidy["anyOf"] = options
        if len(options) == 1:
            del tidy["anyOf"]
            tidy = {**options[0], **tidy}
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    if isinstance(tidy.get("default"), float):
        tidy["default"] = _default(tidy)
    return tidy


def _tidy_entry(key: str, value: Any) -> Any:
    if key in ("properties", "$defs") and isinstance(value, dict):
        return {name: _tidy(part) for name, part in value.items()}
    return value if key in ("default", "examples", "enum", "const", "required") else _tidy(value)


def _is_noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (
        key == "default" and (value in (None, "", []) or isinstance(value, dict))
    )


def _default(part: dict[str, Any]) -> str:
    return f"{part['default']:.0%}" if "%" in str(part.get("pattern")) else written(part["default"])
