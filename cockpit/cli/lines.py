"""The journal as lines: read without an engine, printed as sentences or as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.cli.common import naming_the_way_back
from cockpit.cli.console import out, out_json
from cockpit.engine.place import Place
from cockpit.journal import sqlite
from cockpit.release.chronicle import Chronicle
from cockpit.release.events import Record
from cockpit.units import utc


class Lines:
    """Prints records in their order: a sentence each, or one JSON object a line (`form` is `json`)."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._chronicle = Chronicle()

    def show(self, record: Record) -> None:
        """Print a record."""
        if self._form == "json":
            out_json(record, stream=True)
        else:
            out(f"{record.seq:>5} {utc(record.at)} {self._chronicle.say(record)}")


def records(place: Place, after: int = 0) -> Iterator[Record]:
    """What the journal has behind number `after`."""
    with naming_the_way_back(place):
        journal = sqlite.open(place.journal)
        try:
            yield from journal.read(after)
        finally:
            journal.close()
