"""The hash chain, pure: each record is one line of JSON, and its hash covers that line and the hash before it.

The hash is the hex SHA-256 of the previous hash in hex, a newline, and the line's bytes; the first record follows
GENESIS.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cockpit.errors import BrokenChain, JournalError
from cockpit.release.events import VERSION, AnyEvent, Record

GENESIS = b"0" * 64

Row = tuple[int, bytes, bytes]
"""A record as it is stored: number, hash in hex, line."""


class Line(msgspec.Struct, frozen=True):
    """What a line says: version of the events, number from 1, moment in seconds since 1970, event."""

    v: int
    seq: int
    at: float
    event: AnyEvent


class _Outline(msgspec.Struct, frozen=True):
    v: int = 0
    event: dict[str, object] = {}


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Line)


def link(previous: bytes, line: bytes) -> bytes:
    """The hash, in hex, of a line that follows the record with hash `previous`."""
    return hashlib.sha256(previous + b"\n" + line).hexdigest().encode()


def extend(last: int, previous: bytes, events: Sequence[AnyEvent], at: float) -> list[Row]:
    """The rows that put `events` behind record number `last` with hash `previous`."""
    if not math.isfinite(at):
        raise JournalError(f"not a moment: {at}")
    rows = []
    for seq, event in enumerate(events, last + 1):
        line = _encoded(Line(VERSION, seq, at, event))
        previous = link(previous, line)
        rows.append((seq, previous, line))
    return rows


def checked(
    rows: Iterable[tuple[int, object, object]], after: int = 0, previous: bytes = GENESIS, where: str = ""
) -> Iterator[Row]:
    """The same rows, as long as each follows from the one before; BrokenChain at the first that does not.

    The rows are those behind number `after`, whose hash is `previous`; `where` is for the error.
    """
    for number, digest, line in rows:
        after += 1
        if number != after:
            raise BrokenChain(f"event {after} is missing", seq=after, where=where)
        if not isinstance(line, bytes) or (fits := link(previous, line)) != digest:
            raise BrokenChain(f"event {after} does not fit its hash", seq=after, where=where)
        previous = fits
        yield after, fits, line


def record(row: Row) -> Record:
    """What a row says; an event of a newer cockpit is a JournalError that names it."""
    seq, digest, content = row
    try:
        line = _DECODER.decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _not_understood(seq, content) from None
    if line.seq != seq:
        raise BrokenChain(f"event {seq} says that it is number {line.seq}", seq=seq)
    if line.v > VERSION:
        raise _not_understood(seq, content)
    return Record(seq, line.at, line.event, digest.decode())


def _encoded(line: Line) -> bytes:
    try:
        return _ENCODER.encode(line)
    except (msgspec.MsgspecError, ValueError, OverflowError, TypeError) as error:
        raise JournalError(f"event {line.seq} cannot be written: {error}") from None


def _not_understood(seq: int, content: bytes) -> JournalError:
    try:
        outline = msgspec.json.decode(content, type=_Outline)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return BrokenChain(f"event {seq} cannot be read", seq=seq)
    kind = str(outline.event.get("event", "without a name"))[:80]
    return JournalError(
        f"event {seq} ({kind}, version {outline.v}) is not known to this cockpit",
        hint="it was written by a newer cockpit: use that version or a later one",
    )
