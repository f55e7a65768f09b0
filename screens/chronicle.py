"""The journal in words, as it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cockpit.release.chronicle import say
from cockpit.release.events import AttemptEnded, AttemptStarted, Record
from widgets.looks import Tone


@dataclass(frozen=True)
class Entry:
    """One event in words, with its number and moment."""

    seq: int
    at: float
    text: str
    tone: Tone = "plain"


def entries(records: Iterable[Record], attempts: dict[str, AttemptStarted]) -> list[Entry]:
    """The records in words; the attempts that they start are added to `attempts`.

    The end of an attempt is quiet: what it means for its host is an event of its own.
    """
    found = []
    for record in records:
        if isinstance(record.event, AttemptStarted):
            attempts[record.event.id] = record.event
        text, weight = say(record.event, attempts)
        found.append(Entry(record.seq, record.at, text, "quiet" if isinstance(record.event, AttemptEnded) else weight))
    return found
