"""The Theil-Sen line through the last so many seconds: the median of the slopes of all pairs of points.

Up to 29 % of the points may lie anywhere without moving it much (P. K. Sen, 1968).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

POINTS = 64
FEWEST = 5


class Point(NamedTuple):
    """A stretch of the window: the mean of its times, the median of its values, how many they are."""

    at: float
    value: float
    samples: int


class Fit(NamedTuple):
    """A line: its slope a second, its value at the moment `at`, and the median of the values that it goes through."""

    slope: float
    at: float
    value: float
    median: float

    def value_at(self, at: float) -> float:
        """The line's value at a moment."""
        return self.value + self.slope * (at - self.at)


def theil_sen(points: Sequence[Point]) -> Fit:
    """The line through at least two points at different times."""
    start = points[0].at
    pairs = [(at - start, value) for at, value, _ in points]
    slope = median(
        [(later[1] - value) / (later[0] - at) for n, (at, value) in enumerate(pairs, 1) for later in pairs[n:]]
    )
    return Fit(slope, start, median([value - slope * at for at, value in pairs]), median([p.value for p in points]))


class Line:
    """The samples of a window thinned to `POINTS` stretches, and the line through them.

    It is drawn anew with the first sample of each stretch. `fit` is None until there are `FEWEST` points and they
    reach over half of the window.
    """

    __slots__ = ("_closed", "_number", "_open", "_over", "_width", "fit")

    def __init__(self, over: float) -> None:
        self._over = over
        self._width = over / (POINTS - 1)
        self._number = -1.0
        self._open: list[tuple[float, float]] = []
        self._closed: deque[Point] = deque(maxlen=POINTS - 1)
        self.fit: Fit | None = None

    def take(self, at: float, value: float) -> Fit | None:
        """The line, with one more sample."""
        number = at // self._width
        if number == self._number:
            self._open.append((at, value))
            return self.fit
        self._number = number
        if self._open:
            self._closed.append(_point(self._open))
        self._open = [(at, value)]
        while self._closed and self._closed[0].at <= at - self._over:
            self._closed.popleft()
        self.fit = self._drawn(at, value)
        return self.fit

    def __len__(self) -> int:
        return sum(point.samples for point in self._closed) + len(self._open)

    def _drawn(self, at: float, value: float) -> Fit | None:
        points = [*self._closed, Point(at, value, 1)]
        enough = len(points) >= FEWEST and at - points[0].at >= self._over / 2
        return theil_sen(points) if enough else None


def _point(samples: Sequence[tuple[float, float]]) -> Point:
    size = len(samples)
    return Point(sum(at for at, _ in samples) / size, median([value for _, value in samples]), size)
