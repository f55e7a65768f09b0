"""Parts that one of their keys makes what they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict


def exactly_one(*keys: str) -> ConfigDict:
    """Settings of a model that has exactly one of these keys."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a model, as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def kinds_of(keys: Iterable[str], kinds: Mapping[str, type[BaseModel]]) -> list[str]:
    """The kinds that these keys make. A key that another of these kinds has as one of its own makes none."""
    found = [key for key in keys if key in kinds]
    return [kind for kind in found if not any(kind in keys_of(kinds[other]) for other in found if other != kind)]
