"""The mean, sum, highest, lowest and median of the last so many seconds, kept as samples come and go.

A window reaches from `over` seconds ago, exclusive, to the newest sample. Values are finite and their times rise.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import deque
from math import fsum
from typing import Protocol

from cockpit.analysis.rule import Aggregate


class Window(Protocol):
    """One number for the samples in a span; within `noise` of it may lie the one without rounding, `exact()`."""

    noise: float

    def take(self, at: float, value: float) -> float:
        """The number, with one more sample."""

    def exact(self) -> float:
        """The number, each rounding of the way undone."""

    def __len__(self) -> int: ...


class Mean:
    """A running sum over a count. It is summed anew whenever all samples have changed, so that errors do not grow.

    Samples that have left stay in the arrays, before `_first`, until they are as many as those in the window.
    """

    __slots__ = ("_first", "_over", "_peak", "_times", "_total", "_values", "noise")

    def __init__(self, over: float) -> None:
        self._over = over
        self._times = array("d")
        self._values = array("d")
        self._first = 0
        self._total = 0.0
        self._peak = 0.0
        self.noise = 0.0

    def take(self, at: float, value: float) -> float:
        """The mean, with one more sample."""
        times, values, first = self._times, self._values, self._first
        times.append(at)
        values.append(value)
        total = self._total + value
        old = at - self._over
        while times[first] <= old:
            total -= values[first]
            first += 1
        if value > self._peak or -value > self._peak:
            self._rises(abs(value))
        count = len(times) - first
        if first > count:
            total, first = self._anew(first), 0
        self._first = first
        self._total = total
        return total / count

    def exact(self) -> float:
        """The mean of all values, rounded once."""
        if not self._peak:
            return 0.0
        return fsum(self._values[self._first :]) / len(self)

    def __len__(self) -> int:
        return len(self._times) - self._first

    def _rises(self, peak: float) -> None:
        self._peak = peak
        self.noise = peak * 1e-9

    def _anew(self, first: int) -> float:
        del self._times[:first]
        del self._values[:first]
        highest, lowest = max(self._values), min(self._values)
        self._rises(max(highest, -lowest))
        return fsum(self._values)


class Sum(Mean):
    """The sum, kept as the mean is."""

    __slots__ = ()

    def take(self, at: float, value: float) -> float:
        """The sum, with one more sample."""
        super().take(at, value)
        self.noise = self._peak * 1e-9 * len(self)
        return self._total

    def exact(self) -> float:
        """The sum of all values, rounded once."""
        return fsum(self._values[self._first :])


class Highest:
    """The highest value, from those that no later one exceeds; the lowest where `sign` is -1."""

    __slots__ = ("_best", "_over", "_sign", "_times", "noise")

    def __init__(self, over: float, sign: int = 1) -> None:
        self._over = over
        self._sign = sign
        self._times: deque[float] = deque()
        self._best: deque[tuple[float, float]] = deque()
        self.noise = 0.0

    def take(self, at: float, value: float) -> float:
        """The highest value, with one more sample."""
        times, best, signed = self._times, self._best, value * self._sign
        while best and best[-1][1] <= signed:
            best.pop()
        best.append((at, signed))
        times.append(at)
        old = at - self._over
        while times[0] <= old:
            times.popleft()
        while best[0][0] <= old:
            best.popleft()
        return best[0][1] * self._sign

    def exact(self) -> float:
        """The highest value: nothing was rounded."""
        return self._best[0][1] * self._sign

    def __len__(self) -> int:
        return len(self._times)


class Median:
    """The middle one of the values in order, or the mean of the middle two."""

    __slots__ = ("_order", "_over", "_times", "_values", "noise")

    def __init__(self, over: float) -> None:
        self._over = over
        self._times: deque[float] = deque()
        self._values: deque[float] = deque()
        self._order: list[float] = []
        self.noise = 0.0

    def take(self, at: float, value: float) -> float:
        """The median, with one more sample."""
        times, values, order = self._times, self._values, self._order
        times.append(at)
        values.append(value)
        insort(order, value)
        old = at - self._over
        while times[0] <= old:
            times.popleft()
            del order[bisect_left(order, values.popleft())]
        return self.exact()

    def exact(self) -> float:
        """The median."""
        order = self._order
        half = len(order) // 2
        return order[half] if len(order) % 2 else (order[half - 1] + order[half]) / 2

    def __len__(self) -> int:
        return len(self._values)


def window(take: Aggregate, over: float) -> Window:
    """An empty window of so many seconds."""
    match take:
        case "mean":
            return Mean(over)
        case "sum":
            return Sum(over)
        case "median":
            return Median(over)
        case "max":
            return Highest(over)
        case "min":
            return Highest(over, -1)
