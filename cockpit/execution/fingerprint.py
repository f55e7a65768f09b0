"""What a file on this machine is: its SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from io import BufferedReader
from pathlib import Path

SETTLED = 2.0
"""Seconds after which whatever is written to a file changes its times: within a tick of the clock it may not."""

Sign = tuple[int, ...]
"""What differs once a file was written or replaced: device, inode, size, and its times."""


class Fingerprints:
    """Files that are looked at again and again: one is read only if it may be another than before."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Sign, str]] = {}

    async def of(self, path: str) -> tuple[str, str]:
        """SHA-256 in hex of a file, or nothing and why there is none; a relative path is in the home folder."""
        return await asyncio.to_thread(self._of, path)

    def _of(self, path: str) -> tuple[str, str]:
        try:
            with (Path.home() / Path(path).expanduser()).open("rb") as file:
                return self._read(path, file), ""
        except OSError as error:
            return "", error.strerror or type(error).__name__
        except RuntimeError:
            return "", "no such home folder"

    def _read(self, path: str, file: BufferedReader) -> str:
        now, found = time.time(), os.fstat(file.fileno())
        sign = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        known = self._known.get(path)
        if known and known[0] == sign:
            return known[1]
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if now - found.st_ctime > SETTLED:
            self._known[path] = (sign, digest)
        return digest
