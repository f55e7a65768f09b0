"""The Theil-Sen line through the last so many seconds: the median of the slopes of all pairs of points.

Up to 29 % of the points may lie anywhere without moving it much (P. K. Sen, 1968).
"""

from __future__ import annotations

from bisect import bisect_left
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


class Slopes:
    """The slopes of all pairs of points, in order: points come at one end and go at the other."""

    __slots__ = ("_before", "_points", "_sorted")

    def __init__(self) -> None:
        self._points: deque[Point] = deque()
        self._before: deque[deque[float]] = deque()
        """Of each point the slopes to those before it."""
        self._sorted: list[float] = []

    def add(self, point: Point) -> None:
        """One more point."""
        slopes = self._to(point)
        self._points.append(point)
        self._before.append(deque(slopes))
        self._sorted = _merged(self._sorted, slopes)

    def drop(self) -> None:
        """The oldest point goes."""
        self._points.popleft()
        self._before.popleft()
        for slopes in self._before:
            del self._sorted[bisect_left(self._sorted, slopes.popleft())]

    def median(self, last: Point) -> float:
        """The median of all of them and those to one more point, which does not stay."""
        slopes = _merged(self._sorted, self._to(last))
        middle = len(slopes) // 2
        return slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2

    def _to(self, last: Point) -> list[float]:
        at, value = last.at, last.value
        return [(value - point.value) / (at - point.at) for point in self._points]


def _merged(ordered: list[float], others: list[float]) -> list[float]:
    """All of them in order; two runs are merged in less time than it takes to sort them."""
    return sorted([*ordered, *sorted(others)])


class Line:
    """The samples of a window thinned to `POINTS` stretches, and the line through them.

    It is drawn anew with the first sample of each stretch. `fit` is None until there are `FEWEST` points and they
    reach over half of the window.
    """

    __slots__ = ("_closed", "_number", "_open", "_over", "_slopes", "_width", "fit")

    def __init__(self, over: float) -> None:
        self._over = over
        self._width = over / (POINTS - 1)
        self._number = -1.0
        self._open: list[tuple[float, float]] = []
        self._closed: deque[Point] = deque()
        self._slopes = Slopes()
        self.fit: Fit | None = None

    def take(self, at: float, value: float) -> Fit | None:
        """The line, with one more sample."""
        number = at // self._width
        if number == self._number:
            self._open.append((at, value))
            return self.fit
        self._number = number
        if self._open:
            self._close(_point(self._open))
        self._open = [(at, value)]
        while self._closed and self._closed[0].at <= at - self._over:
            self._drop()
        self.fit = self._drawn(at, value)
        return self.fit

    def __len__(self) -> int:
        return sum(point.samples for point in self._closed) + len(self._open)

    def _close(self, point: Point) -> None:
        if len(self._closed) == POINTS - 1:
            self._drop()
        self._closed.append(point)
        self._slopes.add(point)

    def _drop(self) -> None:
        self._closed.popleft()
        self._slopes.drop()

    def _drawn(self, at: float, value: float) -> Fit | None:
        if len(self._closed) + 1 < FEWEST or at - self._closed[0].at < self._over / 2:
            return None
        last = Point(at, value, 1)
        points, start, slope = [*self._closed, last], self._closed[0].at, self._slopes.median(last)
        through = median([point.value - slope * (point.at - start) for point in points])
        return Fit(slope, start, through, median([point.value for point in points]))


def _point(samples: Sequence[tuple[float, float]]) -> Point:
    size = len(samples)
    return Point(sum(at for at, _ in samples) / size, median([value for _, value in samples]), size)
