"""Processes that were started on hosts of a rehearsal, wherever they have gone since."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

PASSES: Final = 20
"""So many times are processes looked for, because one that is about to be killed may start another."""


def survivors(homes: Iterable[Path]) -> list[int]:
    """The process ids of all that was started with one of these HOME folders, and has not ended."""
    marks = _marks(homes)
    return [pid for pid in _processes() if _is_of(pid, marks)]


def kill(homes: Collection[Path]) -> None:
    """Kill all of them at once, without a word."""
    marks = _marks(homes)
    for _ in range(PASSES):
        found = survivors(homes)
        if not found:
            return
        for pid in found:
            _kill(pid, marks)


def _kill(pid: int, marks: frozenset[bytes]) -> None:
    """By a handle on the process, since its number may be another's by now."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            if _is_of(pid, marks):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _marks(homes: Iterable[Path]) -> frozenset[bytes]:
    return frozenset(b"HOME=" + os.fsencode(home) for home in homes)


def _processes() -> Iterator[int]:
    numbers = (int(entry.name) for entry in os.scandir("/proc") if entry.name.isdecimal())
    return (number for number in numbers if number != os.getpid())


def _is_of(pid: int, marks: frozenset[bytes]) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return not marks.isdisjoint(environment.split(b"\0"))
