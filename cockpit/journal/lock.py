"""A lock that lives as long as its process: the kernel drops it however the process ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import Self

_TRIES = 4
_PAUSE = 0.005


class Lock:
    """An exclusive flock on a file, held until `release` or the end of the process; the file says the holder's pid."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path, mode: int = 0o600) -> Self | None:
        """The lock, or None when another holds it. `mode` is for a file that is made anew."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, mode)
        if not _locked(descriptor):
            os.close(descriptor)
            return None
        with contextlib.suppress(OSError):  # a full disk, or another owner's file: the lock holds all the same
            os.fchmod(descriptor, mode)
            os.pwrite(descriptor, f"{os.getpid():>10}\n".encode(), 0)
        return cls(path, descriptor)

    @property
    def is_in_place(self) -> bool:
        """Whether the file that is locked is still the one at the path: not when its folder was removed."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let others have it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def holder(path: Path) -> int | None:
    """The pid of the process that holds the lock; None when nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(descriptor, 10, 0).strip() or b"0")
    finally:
        os.close(descriptor)
    return None


def _locked(descriptor: int) -> bool:
    for _ in range(_TRIES):  # who asks for the holder has the lock for some microseconds
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_PAUSE)
    return False
