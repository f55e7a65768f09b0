"""The one writer of a journal file: fenced appends, each a transaction of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from cockpit.errors import BrokenChain, StaleWriter, StorageFull
from cockpit.journal import chain, schema
from cockpit.journal.border import FOREIGN, from_sqlite, translated
from cockpit.journal.head import Head, HeadFile
from cockpit.journal.lock import Lock
from cockpit.release.events import AnyEvent, Record

TAIL = "SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1"

LAVISH, SPARING = 1000, 64
"""Pages of 4 KiB in the write-ahead log at which it is put into the file."""

_FENCE = "SELECT epoch, (SELECT max(seq) FROM records), (SELECT hash FROM records WHERE seq = ?) FROM writer"
_INSERT = "INSERT INTO records (seq, hash, line) VALUES (?, CAST(? AS TEXT), ?)"


class Writer:
    """Writes behind `tail`, which was checked. `lock` and `head` are its own from now on, and closed with it.

    `verify` checks the whole chain: that is done again when anybody else has written to the file.
    """

    def __init__(self, path: Path, lock: Lock, head: HeadFile, tail: Head, verify: Callable[[], object]) -> None:
        self._path = path
        self._lock = lock
        self._head = head
        self._tail = tail
        self._verify = verify
        self.epoch = 0
        self._version = -1
        with translated(path, tail.seq + 1):
            self._database = schema.writing(path)
            try:
                self._claim()
            except BaseException:
                self._database.close()
                raise

    def append(self, events: Sequence[AnyEvent], at: float) -> tuple[Record, ...]:
        """Store all events or none; what is returned is what a reader will read."""
        rows = chain.extend(self._tail.seq, self._tail.digest, events, at)
        records = tuple(map(chain.record, rows))
        try:
            self._stored(rows)
        except StorageFull:
            if not self._shrink():
                raise
            self._stored(rows)
        if rows:
            self._tail = Head(*rows[-1][:2])
            self._head.write(self._tail)
        return records

    def spare(self, *, room: bool) -> None:
        """Whether to spare room: the write-ahead log is put into the file often, and so stays small."""
        with suppress(sqlite3.Error):
            self._database.execute(f"PRAGMA wal_autocheckpoint = {SPARING if room else LAVISH}")
        if room:
            self._shrink()

    def close(self) -> None:
        """Close the file and let the lock go."""
        try:
            self._database.close()
        finally:
            self._head.close()
            self._lock.release()

    def _claim(self) -> None:
        (self.epoch,) = self._database.execute("SELECT epoch FROM writer").fetchone()
        self._store(())
        self._database.execute("UPDATE writer SET epoch = epoch + 1")
        self.epoch += 1
        self._head.write(self._tail)

    def _stored(self, rows: Sequence[chain.Row]) -> None:
        try:
            self._store(rows)
        except FOREIGN as error:
            raise from_sqlite(error, self._path, self._tail.seq + 1) from error

    def _shrink(self) -> bool:
        """Put the write-ahead log into the file, and give back the room that it takes; whether that could be done.

        The log has a page of every append, the file only the last of each.
        """
        with suppress(sqlite3.Error):
            self._database.execute("PRAGMA busy_timeout = 0")
            try:
                busy, *_ = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._database.execute(f"PRAGMA busy_timeout = {schema.WAIT * 1000:.0f}")
            return bool(busy == 0)
        return False

    def _store(self, rows: Sequence[chain.Row]) -> None:
        database = self._database
        database.execute("BEGIN IMMEDIATE")
        try:
            self._fence()
            database.executemany(_INSERT, rows)
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _fence(self) -> None:
        """Nothing is written unless this is still the writer, and the last record the one that it knows."""
        (version,) = self._database.execute("PRAGMA data_version").fetchone()
        if version == self._version:  # no other connection has changed anything since the last look
            return
        epoch, seq, digest = self._database.execute(_FENCE, (self._tail.seq,)).fetchone()
        if epoch != self.epoch:
            raise StaleWriter(f"engine {epoch} has taken over from engine {self.epoch}", where=str(self._path))
        if (seq or 0, digest or chain.GENESIS) != self._tail:
            raise self._broken(seq or 0)
        if self._version >= 0:
            self._verify()
        self._version = version

    def _broken(self, last: int) -> BrokenChain:
        known, where = self._tail.seq, str(self._path)
        if last > known:
            return BrokenChain(f"event {known + 1} is foreign", seq=known + 1, where=where)
        if last < known:
            return BrokenChain(f"event {last + 1} is missing", seq=last + 1, where=where)
        return BrokenChain(f"event {known} is not the one that was written", seq=known, where=where)
