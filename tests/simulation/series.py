"""What a metric really does in a flight, as data: known to the modelled sources and to the checker alike.

Moments are seconds since the flight began.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

Trouble = Literal["silent", "error", "late", "hang"]
"""What a source does instead: it has nothing · an error · the value, but late · it says nothing until it is over."""


class Bend(msgspec.Struct, frozen=True, omit_defaults=True):
    """For `length` seconds the value is higher by `step` and rises by `slope` a second; `stays`: and it keeps that."""

    at: float
    length: float
    step: float = 0.0
    slope: float = 0.0
    stays: bool = False


class Course(msgspec.Struct, frozen=True, omit_defaults=True):
    """The values of one metric on one host (or none): level and slope, up to `noise` beside them, and bends."""

    metric: str
    host: str = ""
    level: float = 0.0
    slope: float = 0.0
    noise: float = 0.0
    bends: tuple[Bend, ...] = ()

    def value(self, at: float) -> float:
        """What is measured at a moment."""
        return self._smooth(at) + self.noise * (2.0 * (math.sin(at * 12.9898 + 78.233) * 43758.5453 % 1.0) - 1.0)

    def span(self, since: float, until: float) -> tuple[float, float]:
        """The lowest and the highest value that may be measured between two moments."""
        kinks = [kink for kink in self.kinks() if since <= kink <= until]
        found = [self._smooth(at) for each in (since, until, *kinks) for at in (each - 1e-6, each + 1e-6)]
        return min(found) - self.noise, max(found) + self.noise

    def kinks(self) -> Iterator[float]:
        """The moments at which it does not go on as before."""
        for bend in self.bends:
            yield from (bend.at, bend.at + bend.length)

    def pace(self, since: float, until: float) -> float | None:
        """Its slope a second between two moments; None where it does not go straight on."""
        if any(since < kink < until for kink in self.kinks()):
            return None
        middle = (since + until) / 2
        return self.slope + sum(bend.slope for bend in self.bends if bend.at <= middle < bend.at + bend.length)

    def _smooth(self, at: float) -> float:
        return self.level + self.slope * at + sum(_risen(bend, at) for bend in self.bends)


class Mishap(msgspec.Struct, frozen=True, omit_defaults=True):
    """For `length` seconds a metric's source is in trouble."""

    metric: str
    kind: Trouble
    at: float
    length: float


def _risen(bend: Bend, at: float) -> float:
    if at < bend.at:
        return 0.0
    if at < bend.at + bend.length:
        return bend.step + bend.slope * (at - bend.at)
    return bend.step + bend.slope * bend.length if bend.stays else 0.0


def trouble(mishaps: Iterable[Mishap], metric: str, at: float) -> Mishap | None:
    """What is wrong with a metric's source at a moment."""
    return next((each for each in mishaps if each.metric == metric and each.at <= at < each.at + each.length), None)
