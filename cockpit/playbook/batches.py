"""Hosts in batches: cumulative numbers or shares, rounded up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor


def reach(entry: int | float, hosts: int) -> int:
    """How many of so many hosts have been touched after this batch; a float is a share of them, 0 to 1."""
    if isinstance(entry, int):
        return min(entry, hosts)
    return ceil(Fraction(str(entry)) * hosts)


def tolerated(share: float, hosts: int) -> int:
    """How many of so many hosts may fail when no more than this share, 0 to 1, may."""
    return floor(Fraction(str(share)) * hosts)


def split(
    hosts: Sequence[str], entries: Sequence[int | float] = (), *, first_alone: bool = False
) -> tuple[tuple[str, ...], ...]:
    """The hosts batch by batch, in order; one batch of all without entries. Batches that add nobody are left out.

    `first_alone` puts the first host into a batch of its own, ahead of the others.
    """
    ends = [1] * first_alone + ([reach(entry, len(hosts)) for entry in entries] or [len(hosts)])
    starts = [0, *ends[:-1]]
    return tuple(tuple(hosts[start:end]) for start, end in zip(starts, ends, strict=True) if end > start)
