"""A program for tests: the cockpit on this terminal, without an engine."""

from __future__ import annotations

from screens.app import CockpitApp
from screens.link import Link


async def nobody(after: int) -> Link:
    """No engine answers."""
    raise ConnectionRefusedError("no engine")


if __name__ == "__main__":
    CockpitApp(nobody).run()
