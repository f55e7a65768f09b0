"""Chance that is the same for the same seed and words, in any process."""

from __future__ import annotations

from hashlib import blake2b

_HALF = float(1 << 63)


def jitter(seed: int, *words: str | int) -> float:
    """A number from -1 to 1."""
    text = "\0".join(map(str, (seed, *words)))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") / _HALF - 1.0
