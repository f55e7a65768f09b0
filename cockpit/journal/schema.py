"""The SQLite file of a journal: how it is made, and how it is opened for reading and for writing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from cockpit.errors import JournalError, Refused

APPLICATION = 0x636B7074
"""What SQLite's header says that this file is: `ckpt`."""

VERSION = 1

_MARKS = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
_TABLES = """
    BEGIN;
    CREATE TABLE records (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, line BLOB NOT NULL);
    CREATE TABLE writer (epoch INTEGER NOT NULL);
    INSERT INTO writer (epoch) VALUES (0);
    COMMIT;
"""
WAIT = 2.0
"""Seconds that a reader or writer waits for another."""


def create(path: Path, mode: int) -> None:
    """Make an empty journal; a file that is there already is never touched."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise Refused("there is a journal already", where=str(path)) from None
    os.fchmod(descriptor, mode)
    os.close(descriptor)
    try:
        _fill(path)
    except BaseException:
        discard(path)
        raise
    sync_folder(path.parent)


def fill(path: Path, rows: Sequence[tuple[int, bytes, bytes]], epoch: int) -> None:
    """Put records and the number of the latest claim into a new journal, so that all of it is in the one file."""
    database = writing(path)
    try:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO records (seq, hash, line) VALUES (?, CAST(? AS TEXT), ?)", rows)
        database.execute("UPDATE writer SET epoch = ?", (epoch,))
        database.execute("COMMIT")
    finally:
        database.close()


def discard(path: Path) -> None:
    """Remove a journal that was never finished."""
    for name in (path, log_of(path), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)


def _fill(path: Path) -> None:
    database = writing(path)
    try:
        database.executescript(_MARKS + _TABLES)
    finally:
        database.close()


def log_of(path: Path) -> Path:
    """The write-ahead log of a journal."""
    return path.with_name(f"{path.name}-wal")


def reading(path: Path, *, frozen: bool = False) -> sqlite3.Connection:
    """A connection that cannot write, also beside a living writer. Texts come as bytes.

    `frozen`: read the file alone, which nobody may write; nothing is made beside it, so it needs no room.
    """
    if not path.is_file():
        raise JournalError("there is no journal", where=str(path))
    how = "mode=ro&immutable=1" if frozen else "mode=ro"
    database = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=WAIT)
    database.text_factory = bytes
    return database


def writing(path: Path) -> sqlite3.Connection:
    """A connection whose commits are on the disk when they return."""
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=WAIT)
    database.text_factory = bytes
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def check(database: sqlite3.Connection, path: Path) -> None:
    """JournalError when the file is no journal, or one of a newer cockpit."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise JournalError("this file is no journal", where=str(path))
    if version > VERSION:
        raise JournalError(
            f"this journal has the form {version}, this cockpit knows {VERSION}",
            where=str(path),
            hint="it was written by a newer cockpit: use that version or a later one",
        )


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
