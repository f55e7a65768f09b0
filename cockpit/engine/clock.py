"""The engine's clock: wall time that never jumps while the engine lives."""

from __future__ import annotations

import time

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock:
    """Seconds since 1970, UTC: the wall clock read once, then counted on by a clock that only goes forward.

    `not_before` is the moment of the last record: time never runs backwards in a journal, whatever the wall clock says.
    """

    def __init__(self, not_before: float = 0.0) -> None:
        self._offset = max(time.time(), not_before) - time.clock_gettime(_STEADY)

    def now(self) -> float:
        """This moment."""
        return time.clock_gettime(_STEADY) + self._offset
