"""Chance that is the same each time: numbers drawn from a seed and from what they are for, in any process."""

from __future__ import annotations

from hashlib import blake2b, sha256
from random import Random

_HALF = float(1 << 63)


def chance(seed: int, *what: object) -> Random:
    """A source of numbers for this, and for nothing else."""
    text = "\x1f".join(map(str, (seed, *what)))
    return Random(int.from_bytes(sha256(text.encode()).digest()[:8], "big"))  # noqa: S311  no secret


def jitter(seed: int, *what: str | int) -> float:
    """One number from -1 to 1; many times faster than a source of them."""
    text = "\0".join(map(str, (seed, *what)))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") / _HALF - 1.0
