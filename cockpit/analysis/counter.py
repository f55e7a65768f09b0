"""How much a counter rose in the last so many seconds."""

from __future__ import annotations

from collections import deque


class Counter:
    """What a counter rose by in a window, also across the moments when it began anew at 0.

    Of a rise that began before the window, the share of its time counts that lies within. `whole` is false as long as
    the samples do not reach back to the beginning of the window: until then the rise may have been greater.
    """

    __slots__ = ("_last", "_over", "_risen", "_times", "whole")

    def __init__(self, over: float) -> None:
        self._over = over
        self._last: float | None = None
        self._times: deque[float] = deque()
        self._risen: deque[float] = deque()
        self.whole = False

    def take(self, at: float, value: float) -> float:
        """The rise, with one more sample."""
        times, risen, start = self._times, self._risen, at - self._over
        step = self._step(value)
        risen.append(risen[-1] + step if risen else 0.0)
        times.append(at)
        while len(times) > 1 and times[1] <= start:
            times.popleft()
            risen.popleft()
        self.whole = times[0] <= start
        if not self.whole or len(times) == 1:
            return risen[-1] - risen[0]
        before = (start - times[0]) / (times[1] - times[0])
        return risen[-1] - risen[0] - (risen[1] - risen[0]) * before

    def __len__(self) -> int:
        return len(self._times)

    def _step(self, value: float) -> float:
        last, self._last = self._last, value
        return value if last is None or value < last else value - last
