"""What attempts print, on its way into the store; a full disk makes it wait."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from cockpit.engine.live import Live
from cockpit.errors import CockpitError, StorageFull

log = logging.getLogger(__name__)

TAIL = 65536
"""Bytes at the end of output in which advice looks for what it fits."""

FULL_PAUSE = 2.0
"""Seconds between two tries to store output on a full disk."""


class Output(Protocol):
    """Where output is stored."""

    def write(self, attempt: str, offset: int, data: bytes) -> int: ...

    def size(self, attempt: str) -> int: ...

    def read(self, attempt: str, offset: int, length: int) -> bytes: ...

    async def sealed(self, attempt: str) -> tuple[int, str]: ...


class Tap:
    """Takes an attempt's output from byte `at` into the store; once the disk is full it takes no more and says so."""

    def __init__(self, bulk: Output, live: Live, attempt: str, at: int) -> None:
        self._bulk, self._live, self._attempt, self.at = bulk, live, attempt, at
        self.full = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Store the next bytes."""
        if self.full.is_set():
            return
        try:
            self._bulk.write(self._attempt, self.at, data)
        except StorageFull:
            self.full.set()
            return
        self.at += len(data)
        self._live.grown(self._attempt, self.at)


class Taps:
    """Opens a tap on what an attempt prints, as often as it is followed, and closes its output for good."""

    def __init__(self, bulk: Output, live: Live) -> None:
        self._bulk, self._live = bulk, live

    def open(self, attempt: str) -> Tap:
        """A tap that goes on where the stored output ends."""
        return Tap(self._bulk, self._live, attempt, self._bulk.size(attempt))

    def size(self, attempt: str) -> int:
        """Bytes of its output that are stored."""
        return self._bulk.size(attempt)

    async def seal(self, attempt: str) -> tuple[int, str]:
        """Bytes and SHA-256 of the output of an attempt that has ended, as soon as the disk has room for the rest."""
        while True:
            try:
                return await self._bulk.sealed(attempt)
            except StorageFull as error:
                log.warning("output waits for room: %s", error)
                await asyncio.sleep(FULL_PAUSE)

    def tail(self, attempt: str, size: int) -> str:
        """The end of an output of that many bytes; nothing where it cannot be read."""
        try:
            data = self._bulk.read(attempt, max(0, size - TAIL), TAIL) if size else b""
        except (OSError, CockpitError) as error:  # how the attempt ended counts whatever is known of its output
            log.warning("the end of its output cannot be read: %s", error)
            return ""
        return data.decode(errors="replace")
