"""The engine's clock: wall time that never jumps while the engine lives."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

IS_REAL: ContextVar[bool] = ContextVar("is_real", default=False)
"""Whether timers that are set in this context take real seconds, whatever time it is for the engine."""


@contextmanager
def real_time() -> Iterator[None]:
    """What is set up here, and all that comes of it, has to do with real time: sockets, and deadlines of real parts.

    It makes a difference only where an event loop's time is not real.
    """
    before = IS_REAL.set(True)
    try:
        yield
    finally:
        IS_REAL.reset(before)


class Clock:
    """Seconds since 1970, UTC: the wall clock read once, then counted on by a clock that only goes forward.

    `not_before` is the moment of the last record: time never runs backwards in a journal, whatever the wall clock says.
    """

    def __init__(self, not_before: float = 0.0) -> None:
        self._offset = max(time.time(), not_before) - time.clock_gettime(_STEADY)

    def now(self) -> float:
        """This moment."""
        return time.clock_gettime(_STEADY) + self._offset
