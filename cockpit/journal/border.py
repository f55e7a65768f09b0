"""What sqlite3 and the disk say, in the words of the cockpit."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cockpit.errors import BrokenChain, CockpitError, JournalError, StorageFull

NO_ROOM = "free some room; a reserve lets hold, abort and rollback through until then"

FOREIGN = (sqlite3.Error, UnicodeDecodeError)
"""What sqlite3 raises; the second where a message of its own quotes damaged bytes."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FULL = {sqlite3.SQLITE_FULL}
_FULL_EXTENDED = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_NO_ROOM_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def from_sqlite(error: sqlite3.Error | UnicodeDecodeError, path: Path, seq: int) -> CockpitError:
    """The error that a caller gets for `error`; `seq` is the record that was to be read or written."""
    if isinstance(error, UnicodeDecodeError):
        return BrokenChain(f"event {seq} cannot be read: the file is damaged", seq=seq, where=str(path))
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF in _FULL or code in _FULL_EXTENDED:
        return StorageFull(f"no room for event {seq}", where=str(path), hint=NO_ROOM)
    if code & 0xFF in _DAMAGED:
        return BrokenChain(f"event {seq} cannot be read: {error}", seq=seq, where=str(path))
    return JournalError(str(error), where=str(path))


def from_disk(error: OSError, path: Path) -> CockpitError:
    """The error that a caller gets for a file that cannot be written or read."""
    if error.errno in _NO_ROOM_ERRNOS:
        return StorageFull("no room", where=str(path), hint=NO_ROOM)
    return JournalError(error.strerror or str(error), where=str(path))


@contextmanager
def translated(path: Path, seq: int) -> Iterator[None]:
    """Translate what sqlite3 says while record `seq` is read or written."""
    try:
        yield
    except FOREIGN as error:
        raise from_sqlite(error, path, seq) from error


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Translate what the file system says of `path`."""
    try:
        yield
    except OSError as error:
        raise from_disk(error, path) from error
