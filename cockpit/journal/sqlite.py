"""A journal in one SQLite file. Fenced by a lock beside it, and by an epoch inside it that every append checks."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from cockpit.errors import BrokenChain, StaleWriter, StorageFull, WriterBusy
from cockpit.journal import chain, head, schema
from cockpit.journal.border import FOREIGN, NO_ROOM, disk, from_sqlite, translated
from cockpit.journal.head import EMPTY, Head, HeadFile
from cockpit.journal.lock import Lock, holder
from cockpit.journal.reserve import Reserve
from cockpit.journal.writer import TAIL, Writer
from cockpit.release.events import AnyEvent, Record

_READ = "SELECT seq, hash, line FROM records WHERE seq > ? ORDER BY seq LIMIT ?"
_PAGE = 2000
_NUMBER = re.compile(r"-\d+$")


def create(path: Path, mode: int = 0o600) -> SqliteJournal:
    """Make a new, empty journal at `path` and open it."""
    with disk(path), translated(path, 0):
        schema.create(path, mode)
    return open(path, mode)


def open(path: Path, mode: int = 0o600) -> SqliteJournal:  # noqa: A001  read as `sqlite.open`
    """Open a journal for reading; `claim` makes it writable. `mode` is for the files that a writer makes beside it.

    On a full disk it is read as it is, if everything is in the one file.
    """
    try:
        return SqliteJournal(path, _reader(path), mode)
    except StorageFull:
        if not _is_in_one_file(path):
            raise
    return SqliteJournal(path, _reader(path, frozen=True), mode, frozen=True)


def _reader(path: Path, *, frozen: bool = False) -> sqlite3.Connection:
    with translated(path, 1):
        database = schema.reading(path, frozen=frozen)
        try:
            schema.check(database, path)
        except BaseException:
            database.close()
            raise
    return database


def continue_(path: Path, rows: Sequence[chain.Row], epoch: int, mode: int = 0o600) -> None:
    """Make a journal at `path`, all or nothing, out of records that are a whole chain; `epoch` is the latest claim's.

    The caller holds the lock of the release.
    """
    new = path.with_name(f"{path.name}.new")
    with disk(path), translated(path, len(rows)):
        schema.discard(new)
        try:
            schema.create(new, mode)
            schema.fill(new, rows, epoch)
            if not _is_in_one_file(new):
                raise StorageFull(f"no room for {len(rows)} events", where=str(path), hint=NO_ROOM)
            new.rename(path)
        except BaseException:
            schema.discard(new)
            raise
        schema.sync_folder(path.parent)


def discard(path: Path) -> None:
    """Remove a journal in which nothing was ever recorded."""
    schema.discard(path)
    path.with_suffix(".head").unlink(missing_ok=True)


def lock_of(path: Path) -> Path:
    """The lock of a journal, which it shares with those that it continues and that continue it."""
    return path.with_name(f"{_NUMBER.sub('', path.stem)}.lock")


def _is_in_one_file(path: Path) -> bool:
    try:
        return schema.log_of(path).stat().st_size == 0
    except FileNotFoundError:
        return True


class SqliteJournal:
    """One release's journal; see `contract.Journal`. Belongs to the thread that opened it."""

    def __init__(self, path: Path, reader: sqlite3.Connection, mode: int, *, frozen: bool = False) -> None:
        self._path = path
        self._mode = mode
        self._reader = reader
        self._frozen = frozen
        self._writer: Writer | None = None
        self._reserve_is_out = False
        self._reserve = Reserve(path.with_name("reserve"), mode=mode)

    @property
    def epoch(self) -> int:
        """The number of the latest claim by anyone."""
        with translated(self._path, 1):
            (epoch,) = self._reader.execute("SELECT epoch FROM writer").fetchone()
        return int(epoch)

    @property
    def last(self) -> int:
        """The number of the last record."""
        return self._tail().seq

    def read(self, after: int = 0) -> Iterator[Record]:
        """The records behind number `after`, checked."""
        return map(chain.record, self._rows(after))

    def verify(self) -> int:
        """Check the chain, and against the head file that neither its tail nor its past was changed."""
        known = head.read(self._head_path)
        found = EMPTY
        for seq, digest, _ in self._rows(0):
            found = Head(seq, digest)
            if known and seq == known.seq and digest != known.digest:
                raise self._broken(f"event {seq} is not the one that was written", seq)
        if known and found.seq < known.seq:
            raise self._broken(f"event {found.seq + 1} is missing, and {known.seq} were written", found.seq + 1)
        return found.seq

    def good(self) -> tuple[list[chain.Row], BrokenChain | None]:
        """The records up to the first that is not what was written, and what is wrong with that."""
        rows: list[chain.Row] = []
        try:
            for row in self._rows(0):
                chain.record(row)
                rows.append(row)
            self.verify()
        except BrokenChain as error:
            return rows[: error.seq - 1], error
        return rows, None

    def claim(self) -> int:
        """Take the lock, check the whole chain, and only then write the new epoch."""
        with disk(self._lock_path):
            lock = Lock.take(self._lock_path, self._mode)
        if lock is None:
            pid = holder(self._lock_path)
            raise WriterBusy("another engine writes this journal", where=str(self._path), hint=f"its process is {pid}")
        try:
            self._thaw()
            self.verify()
            self._writer = self._claimed(lock)
        except BaseException:
            lock.release()
            raise
        self._keep_reserve()
        return self._writer.epoch

    def append(self, events: Sequence[AnyEvent], at: float) -> tuple[Record, ...]:
        """Store all events or none, durable on return."""
        if self._writer is None:
            raise StaleWriter("this journal was opened for reading", where=str(self._path))
        records = self._writer.append(events, at)
        if self._reserve_is_out:
            self._keep_reserve()
        return records

    @property
    def reserve_is_out(self) -> bool:
        """Whether a writer could not keep the room for a full disk, or has given it up."""
        return self._reserve_is_out

    def release_reserve(self) -> bool:
        """Give up the room kept for a full disk; whether there was any. Appends keep it again when there is room."""
        held = self._reserve.release()
        self._spare(room=True)
        return held

    def close(self) -> None:
        """Give up the claim and close the file."""
        self._reader.close()  # first: the last connection to close puts everything into the one file
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _keep_reserve(self) -> None:
        kept = self._reserve.fill()
        if kept == self._reserve_is_out:
            self._spare(room=not kept)

    def _spare(self, *, room: bool) -> None:
        self._reserve_is_out = room
        if self._writer is not None:
            self._writer.spare(room=room)

    def _thaw(self) -> None:
        """Read what is written from now on; on a full disk the reserve makes that possible."""
        if self._frozen:
            self._reserve.release()
            reader = _reader(self._path)
            self._reader.close()
            self._reader, self._frozen = reader, False

    def _claimed(self, lock: Lock) -> Writer:
        try:
            return self._new_writer(lock)
        except StorageFull:
            if not self._reserve.release():
                raise
            return self._new_writer(lock)

    def _new_writer(self, lock: Lock) -> Writer:
        with disk(self._head_path):
            file = HeadFile(self._head_path, self._mode)
        try:
            return Writer(self._path, lock, file, self._tail(), self.verify)
        except BaseException:
            file.close()
            raise

    @property
    def _lock_path(self) -> Path:
        return lock_of(self._path)

    @property
    def _head_path(self) -> Path:
        return self._path.with_suffix(".head")

    def _broken(self, what: str, seq: int) -> BrokenChain:
        return BrokenChain(what, seq=seq, where=str(self._path))

    def _tail(self) -> Head:
        with translated(self._path, 1):
            row = self._reader.execute(TAIL).fetchone()
        return Head(*row) if row else EMPTY

    def _hash_of(self, seq: int) -> bytes:
        if seq == 0:
            return chain.GENESIS
        with translated(self._path, seq):
            row = self._reader.execute("SELECT hash FROM records WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise self._broken(f"event {seq} is missing", seq)
        return bytes(row[0])

    def _rows(self, after: int) -> Iterator[chain.Row]:
        return chain.checked(self._stored(after), after, self._hash_of(after), where=str(self._path))

    def _stored(self, after: int) -> Iterator[chain.Row]:
        """Rows in order, by pages: no read transaction stays open while a caller takes its time."""
        full = True
        while full:
            start = after
            try:
                for row in self._reader.execute(_READ, (start, _PAGE)):
                    yield row
                    after = row[0]
            except FOREIGN as error:
                raise from_sqlite(error, self._path, after + 1) from error
            full = after - start >= _PAGE
