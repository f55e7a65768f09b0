"""Waiting for something outside this process to become true."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Return as soon as `holds()` is true, or raise TimeoutError naming `what` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:g} s, still not: {what}")
        time.sleep(0.01)
