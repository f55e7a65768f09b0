"""How an engine's process ends, told to its supervisor by the exit status."""

from __future__ import annotations

from enum import IntEnum


class EngineExit(IntEnum):
    """Exit statuses of an engine; any other, and death by a signal, is a crash."""

    CLOSED = 0
    """The release is closed, and nothing is left to do."""
    BUSY = 70
    """Another engine is the writer at this moment."""
    STALE = 71
    """Another engine has taken over."""
    BROKEN = 72
    """The journal's chain is broken."""
    UNUSABLE = 73
    """The journal or the settings cannot be used by this cockpit."""
    STOPPED = 74
    """Asked to stop by a signal; the release goes on when an engine is started."""
    FULL = 75
    """There was no room to begin."""


FINAL = frozenset({EngineExit.CLOSED, EngineExit.STALE, EngineExit.BROKEN, EngineExit.UNUSABLE})
"""After these a new engine would fare no better: none is started."""

MEANING = {
    EngineExit.CLOSED: "the release is closed",
    EngineExit.BUSY: "another engine is at work",
    EngineExit.STALE: "another engine has taken over",
    EngineExit.BROKEN: "its journal is broken",
    EngineExit.UNUSABLE: "its journal or the settings cannot be used",
    EngineExit.STOPPED: "it was told to stop",
    EngineExit.FULL: "the disk is full",
}


def meaning(status: int) -> str:
    """What an exit status says, in words; a negative one is the number of a signal."""
    if status < 0:
        return f"it was killed by signal {-status}"
    return next((text for exit_, text in MEANING.items() if exit_ == status), f"it crashed with exit status {status}")
