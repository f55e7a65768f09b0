"""Waiting for something outside this process to become true."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Return as soon as `holds()` is true, or raise TimeoutError naming `what` after so many seconds.

    What takes long to ask is asked less often: asking leaves most of the machine to what is waited for.
    """
    deadline = time.monotonic() + seconds
    while not (held := _timed(holds))[0]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:g} s, still not: {what}")
        time.sleep(min(1.0, max(0.01, 2 * held[1])))


def _timed(holds: Callable[[], bool]) -> tuple[bool, float]:
    begun = time.monotonic()
    return holds(), time.monotonic() - begun
