"""The latest reading of every metric, and whether there is a new one since somebody last looked."""

from __future__ import annotations

from cockpit.engine.measured import Measured

EVERY = 1.0


class Board:
    """Readings by metric and host; the latest counts."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], Measured] = {}
        self._changed = False
        self._told = 0.0

    def take(self, measured: Measured) -> None:
        """Another reading."""
        self._latest[measured.metric, measured.host] = measured
        self._changed = True

    def all(self) -> tuple[Measured, ...]:
        """The latest of each."""
        return tuple(self._latest.values())

    def changed(self, now: float) -> bool:
        """Whether there is a new one since this was true last; not more often than every `EVERY` seconds."""
        if not self._changed or 0 <= now - self._told < EVERY:
            return False
        self._changed, self._told = False, now
        return True
