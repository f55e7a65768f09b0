"""Room that is kept on the disk, to be given up when the disk is full and a person must still be able to act."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

SIZE = 4 << 20


class Reserve:
    """A file of `size` bytes with real blocks under it."""

    def __init__(self, path: Path, size: int = SIZE, mode: int = 0o600) -> None:
        self._path = path
        self._size = size
        self._mode = mode

    @property
    def held(self) -> bool:
        """Whether the room is kept at this moment."""
        with contextlib.suppress(FileNotFoundError):
            status = self._path.stat()
            return status.st_size >= self._size and status.st_blocks * 512 >= self._size
        return False

    def fill(self) -> bool:
        """Keep the room, unless that would take more than half of what is free; whether it is kept now."""
        if self.held:
            return True
        disk = os.statvfs(self._path.parent)
        if disk.f_bavail * disk.f_frsize < 2 * self._size:
            return False
        try:
            self._allocate()
        except OSError:
            self.release()
            return False
        return True

    def release(self) -> bool:
        """Give the room up; whether there was any."""
        held = self.held
        self._path.unlink(missing_ok=True)
        return held

    def _allocate(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, self._mode)
        try:
            os.fchmod(descriptor, self._mode)
            os.posix_fallocate(descriptor, 0, self._size)
        finally:
            os.close(descriptor)
