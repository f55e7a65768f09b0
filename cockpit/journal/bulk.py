"""The output store: what each attempt printed, byte for byte, a file an attempt."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from cockpit.errors import JournalError
from cockpit.journal.border import disk
from cockpit.journal.schema import sync_folder

CHUNK = 1 << 20
OPEN_FILES = 128

_ATTEMPT = re.compile(r"[0-9a-f]{1,128}")


class Sealed(NamedTuple):
    """A durable output: size in bytes, and SHA-256 in hex."""

    size: int
    sha256: str


class _Tail:
    """What is known of a file that is being written: its size, and the hash so far."""

    def __init__(self) -> None:
        self.size = 0
        self.hash = hashlib.sha256()

    def grow(self, data: bytes | memoryview) -> None:
        self.hash.update(data)
        self.size += len(data)


class Bulk:
    """The outputs in one folder. Bytes are in the hands of the kernel when `write` returns, on the disk after `seal`.

    Attempts are lower-case hex ids. Only `seal`, `size`, `read` and `stream` may be called from other threads.
    """

    def __init__(self, folder: Path, mode: int = 0o600, open_files: int = OPEN_FILES) -> None:
        self._folder = folder
        self._mode = mode
        self._limit = open_files
        self._files: OrderedDict[str, int] = OrderedDict()
        self._tails: dict[str, _Tail] = {}
        self._guard = Lock()

    def write(self, attempt: str, offset: int, data: bytes) -> int:
        """Store `data` that begins at byte `offset`, and return the size; bytes that are there already are left alone.

        StorageFull when there is no room: `size` then says how much was stored.
        """
        with disk(self._path(attempt)), self._guard:
            descriptor, tail = self._opened(attempt)
            if offset > tail.size:
                raise JournalError(
                    f"output has {tail.size} bytes, these begin at {offset}", where=str(self._path(attempt))
                )
            rest = memoryview(data)[tail.size - offset :]
            while rest:
                written = os.pwrite(descriptor, rest, tail.size)
                tail.grow(rest[:written])
                rest = rest[written:]
        return tail.size

    def size(self, attempt: str) -> int:
        """How many bytes are stored; 0 for an attempt without output."""
        try:
            return self._path(attempt).stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, attempt: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; empty at the end."""
        path = self._path(attempt)
        try:
            with disk(path), path.open("rb", buffering=0) as file:
                return os.pread(file.fileno(), length, offset)
        except JournalError:
            if not path.exists():
                return b""
            raise

    def stream(self, attempt: str, offset: int = 0) -> Iterator[bytes]:
        """Everything from `offset` to the end, a chunk at a time."""
        while chunk := self.read(attempt, offset, CHUNK):
            yield chunk
            offset += len(chunk)

    def seal(self, attempt: str) -> Sealed:
        """Make the output durable; without output, an empty file. Waits for the disk: best in a thread."""
        with disk(self._path(attempt)):
            with self._guard:
                descriptor, tail = self._opened(attempt)
                kept = os.dup(descriptor)
                sealed = Sealed(tail.size, tail.hash.hexdigest())
                self._forget(attempt)
            try:
                os.fsync(kept)
            finally:
                os.close(kept)
            sync_folder(self._folder)
        return sealed

    async def sealed(self, attempt: str) -> Sealed:
        """The same, in a thread."""
        return await asyncio.to_thread(self.seal, attempt)

    def close(self) -> None:
        """Close every file."""
        with self._guard:
            for attempt in list(self._files):
                self._forget(attempt)

    def _path(self, attempt: str) -> Path:
        if not _ATTEMPT.fullmatch(attempt):
            raise JournalError(f"not an attempt's id: {attempt[:80]!r}")
        return self._folder / attempt

    def _opened(self, attempt: str) -> tuple[int, _Tail]:
        if attempt not in self._files:
            self._files[attempt] = self._open(attempt)
        self._files.move_to_end(attempt)
        if len(self._files) > self._limit:
            os.close(self._files.popitem(last=False)[1])
        if attempt not in self._tails:
            self._tails[attempt] = self._tail(attempt)
        return self._files[attempt], self._tails[attempt]

    def _open(self, attempt: str) -> int:
        descriptor = os.open(self._path(attempt), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, self._mode)
        with contextlib.suppress(PermissionError):  # in a shared folder it may be another's
            os.fchmod(descriptor, self._mode)
        return descriptor

    def _tail(self, attempt: str) -> _Tail:
        """What an earlier engine has stored."""
        tail = _Tail()
        for chunk in self.stream(attempt):
            tail.grow(chunk)
        return tail

    def _forget(self, attempt: str) -> None:
        os.close(self._files.pop(attempt))
        self._tails.pop(attempt, None)
