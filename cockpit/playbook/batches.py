"""Hosts in batches: cumulative numbers or shares, rounded up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil


def reach(entry: int | float, hosts: int) -> int:
    """How many of so many hosts have been touched after this batch; a float is a share of them, 0 to 1."""
    if isinstance(entry, int):
        return min(entry, hosts)
    return ceil(Fraction(str(entry)) * hosts)


def split(hosts: Sequence[str], entries: Sequence[int | float] = ()) -> tuple[tuple[str, ...], ...]:
    """The hosts batch by batch, in order; one batch of all without entries. Batches that add nobody are left out."""
    ends = [reach(entry, len(hosts)) for entry in entries] or [len(hosts)]
    starts = [0, *ends[:-1]]
    return tuple(tuple(hosts[start:end]) for start, end in zip(starts, ends, strict=True) if end > start)
