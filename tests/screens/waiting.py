"""Waiting for a screen to become what a test expects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

DEADLINE = 10.0
"""Seconds."""


async def until(pilot: Pilot[Any], holds: Callable[[], bool], what: str) -> None:
    """Return as soon as it holds; TimeoutError naming it otherwise."""
    try:
        async with asyncio.timeout(DEADLINE):
            while not holds():
                await pilot.pause()
                await asyncio.sleep(0)
    except TimeoutError:
        raise TimeoutError(f"after {DEADLINE:g} s, still not: {what}") from None
