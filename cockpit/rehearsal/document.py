"""JSON documents made of dotted paths and what is found there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def document(said: Mapping[str, str]) -> dict[str, Any]:
    """A document that holds these values at their paths; where two paths are at odds, the later one counts."""
    whole: dict[str, Any] = {}
    for path, value in said.items():
        *folders, name = path.split(".")
        place = whole
        for folder in folders:
            if not isinstance(place.get(folder), dict):
                place[folder] = {}
            place = place[folder]
        place[name] = value
    return whole
