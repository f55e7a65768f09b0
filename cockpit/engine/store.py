"""The output store beside a journal: output leaves room on the disk for what must still be recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cockpit.errors import StorageFull
from cockpit.journal import reserve
from cockpit.journal.border import disk
from cockpit.journal.bulk import Bulk, Sealed
from cockpit.release.state import State

KEPT = reserve.SIZE
"""Bytes that output leaves free: what is recorded has them, and nobody's output takes what the reserve gave up."""

KEPT_AT_LAST = 1 << 20
"""Bytes that the rollback's own output leaves free."""

_STRIDE = 1 << 20

WAITS = "output waits on its hosts"


class Room(Protocol):
    """Who can make room."""

    def release_reserve(self) -> bool: ...


class Store:
    """Stores output as `Bulk` does, unless too little room would be left: StorageFull, and nothing is stored.

    For what the rollback's commands print, and to end what is aborted or rolled back, the reserve is given up.
    """

    def __init__(self, bulk: Bulk, folder: Path, room: Room, state: Callable[[], State]) -> None:
        self._bulk = bulk
        self._folder = folder
        self._room = room
        self._state = state
        self._credit = 0
        self._waiting: set[str] = set()

    @property
    def trouble(self) -> str:
        """What is wrong: that output waits for room; empty when nothing is."""
        return WAITS if self._waiting & self._state().live.keys() else ""

    def write(self, attempt: str, offset: int, data: bytes) -> int:
        """Store bytes that begin at `offset`, and return the size."""
        try:
            if self._is_of_rollback(attempt):
                size = self._leave_little(attempt, offset, data)
            else:
                size = self._leave_much(attempt, offset, data)
        except StorageFull:
            self._waiting.add(attempt)
            raise
        self._waiting.discard(attempt)
        return size

    def size(self, attempt: str) -> int:
        """How many bytes are stored."""
        return self._bulk.size(attempt)

    def read(self, attempt: str, offset: int, length: int) -> bytes:
        """Stored bytes from `offset`, at most so many."""
        return self._bulk.read(attempt, offset, length)

    async def sealed(self, attempt: str) -> Sealed:
        """Make an attempt's output durable."""
        try:
            return await self._bulk.sealed(attempt)
        except StorageFull:
            if not (is_urgent(self._state()) and self._room.release_reserve()):
                self._waiting.add(attempt)
                raise
            return await self._bulk.sealed(attempt)

    def _leave_much(self, attempt: str, offset: int, data: bytes) -> int:
        if len(data) > self._credit:
            self._credit = min(free(self._folder) - KEPT, max(_STRIDE, len(data)))
        if len(data) > self._credit:
            raise self._full()
        self._credit -= len(data)
        return self._bulk.write(attempt, offset, data)

    def _leave_little(self, attempt: str, offset: int, data: bytes) -> int:
        needed = len(data) + KEPT_AT_LAST
        if free(self._folder) < needed and not (self._room.release_reserve() and free(self._folder) >= needed):
            raise self._full()
        return self._bulk.write(attempt, offset, data)

    def _is_of_rollback(self, attempt: str) -> bool:
        state = self._state()
        one = state.attempts.get(attempt)
        return one is not None and state.rolling_back and state.steps[one.step].step in state.backward

    def _full(self) -> StorageFull:
        hint = "free some room: what is left is for hold, abort and rollback"
        return StorageFull(WAITS, where=str(self._folder), hint=hint)


def is_urgent(state: State) -> bool:
    """Whether what happens may use the reserve: the way back, or the end."""
    return state.rolling_back or state.aborted


def free(folder: Path) -> int:
    """Bytes that this login may still write on the disk of a folder."""
    with disk(folder):
        found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
