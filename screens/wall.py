"""The clock on the wall of the screens: real time, or a rehearsal's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Word:
    """What time it was said to be, when that was said, and at what speed it goes on."""

    at: float
    since: float
    speed: float


class Wall:
    """Tells the time in seconds since 1970: that of `real`, until a rehearsal says what time it is there.

    Between two words it goes on at the rehearsal's speed; at full speed (0) it stands until the next one.
    """

    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self._word: _Word | None = None

    def now(self) -> float:
        """This moment."""
        word = self._word
        if word is None:
            return self._real()
        return word.at + max(0.0, self._real() - word.since) * word.speed

    def told(self, at: float, speed: float) -> None:
        """It is so late there, and goes on at this speed."""
        self._word = _Word(at, self._real(), speed)

    def recorded(self, at: float) -> None:
        """Something happened there at this moment: it is not earlier than that."""
        if self._word is None:
            self.told(at, 0.0)
        elif at > self.now():
            self.told(at, self._word.speed)

    def stands(self) -> None:
        """Nobody says any more what time it is there."""
        if self._word is not None:
            self.told(self.now(), 0.0)
