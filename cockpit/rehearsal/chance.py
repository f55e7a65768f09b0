"""Chance that is the same each time: numbers drawn from a seed and from what they are for."""

from __future__ import annotations

import hashlib
from random import Random


def chance(seed: int, *what: object) -> Random:
    """A source of numbers for this, and for nothing else."""
    text = "\x1f".join(map(str, (seed, *what)))
    return Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))  # noqa: S311  no secret
