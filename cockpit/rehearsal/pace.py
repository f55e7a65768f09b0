"""How time passes in a rehearsal: from one due moment to the next, as fast as its speed allows."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import monotonic

LATE = 0.25
"""Real seconds that a rehearsal may fall behind its speed before it no longer hurries to make up for them."""


class Pace:
    """The time of a rehearsal in seconds since 1970, from `start` on.

    It stands still while something is being done, and goes on to the next moment at which something is due: at once at
    full speed (0), else when the real time for it has passed. `steady`: real seconds that only go forward.
    """

    def __init__(self, start: float, speed: float = 1.0, steady: Callable[[], float] = monotonic) -> None:
        self._start, self._speed, self._steady = start, speed, steady
        self._gone = 0.0
        self._anchor = (0.0, steady())

    def now(self) -> float:
        """This moment."""
        return self._start + self._gone

    def gone(self) -> float:
        """Seconds since the start: a smaller number, in which a very short while is not lost."""
        return self._gone

    def shown(self) -> float:
        """What a clock on the wall shows: between two moments it goes on, too."""
        moment, since = self._anchor
        return self._start + max(self._gone, moment + (self._steady() - since) * self._speed)

    @property
    def speed(self) -> float:
        """How many seconds pass in one; 0 at full speed."""
        return self._speed

    def set(self, speed: float) -> None:
        """Go on at another speed."""
        if speed != self._speed:
            self.passed(inf, whole=False)
            self._speed = speed

    def wait(self, seconds: float) -> float:
        """How many real seconds it takes until so many have passed."""
        if not self._speed:
            return 0.0
        moment, since = self._anchor
        due = since + (self._gone + seconds - moment) / self._speed
        left = due - self._steady()
        if left < -LATE:
            self._anchor = (moment, since - left)
        return max(0.0, left)

    def passed(self, seconds: float, *, whole: bool) -> None:
        """Go on by so many seconds, or where that is not the `whole` truth by those that have really passed."""
        if whole:
            self._gone += seconds
        elif self._speed:
            moment, since = self._anchor
            reached = moment + (self._steady() - since) * self._speed
            self._gone += min(seconds, max(0.0, reached - self._gone))
        if not whole or not self._speed:
            self._anchor = (self._gone, self._steady())
