from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from cockpit.engine import supervisor
from cockpit.engine.__main__ import exit_of
from cockpit.engine.exits import EngineExit
from cockpit.engine.place import Place
from cockpit.errors import (
    BrokenChain,
    CockpitError,
    JournalError,
    StaleWriter,
    StorageFull,
    Unreachable,
    UsageError,
    WriterBusy,
)
from cockpit.journal import sqlite
from tests.journal.events import some


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WriterBusy("x"), EngineExit.BUSY),
        (StaleWriter("x"), EngineExit.STALE),
        (BrokenChain("x", seq=3), EngineExit.BROKEN),
        (StorageFull("x"), EngineExit.FULL),
        (JournalError("x"), EngineExit.UNUSABLE),
        (UsageError("x"), EngineExit.UNUSABLE),
    ],
)
def test_error_that_ends_an_engine_has_its_exit_status(error: CockpitError, status: EngineExit) -> None:
    assert exit_of(error) == status


async def test_engine_of_a_broken_journal_says_so_and_is_not_started_again(place: Place) -> None:
    with closing(sqlite.create(place.journal)) as journal:
        journal.claim()
        journal.append(some(8), 1.0)
    with closing(sqlite3.connect(place.journal)) as database, database:
        database.execute("DELETE FROM records WHERE seq = 5")
    before = place.journal.read_bytes()
    with pytest.raises(Unreachable, match=r"(?s)its journal is broken.*event 5 is missing"):
        await supervisor.start(place)
    await supervisor.stop(place)
    assert place.journal.read_bytes() == before
