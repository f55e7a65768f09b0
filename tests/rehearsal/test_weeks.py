"""A release that stays open for two weeks: it wakes for each time, and for nothing in between."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cockpit.journal import sqlite
from cockpit.release.events import Overdue, Record, StepStarted
from tests.rehearsal.lives import BOOKS, rehearse

LARGEST = 120 * 1024
"""KB of memory that an engine may take at most."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Record], int]:
    """The records of two weeks that were rehearsed in a process of their own, and the most memory it took, in KB."""
    (found,) = rehearse(tmp_path_factory.mktemp("weeks") / "state", BOOKS / "weeks.yaml", "")
    journal = sqlite.open(Path(found.journal))
    try:
        return [*journal.read()], found.memory
    finally:
        journal.close()


def local(moment: float) -> str:
    """A moment in London."""
    return f"{datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo('Europe/London')):%d %H:%M:%S}"


def test_steps_begin_at_their_times(lived: tuple[list[Record], int]) -> None:
    records, _ = lived
    first = datetime.fromtimestamp(records[0].at, UTC).day
    began = {record.event.step: local(record.at) for record in records if isinstance(record.event, StepStarted)}
    expected = {f"day-{day}": f"{first + day - 1:02} 09:00:00" for day in (2, 7, 15)}
    assert {name: began[name] for name in expected} == expected


def test_what_is_late_is_told_when_it_is_due(lived: tuple[list[Record], int]) -> None:
    records, _ = lived
    late = [
        (record.event.step, record.at - record.event.due) for record in records if isinstance(record.event, Overdue)
    ]
    assert [(step, round(seconds, 1)) for step, seconds in late] == [("day-7", 0.0)]


def test_nothing_is_recorded_while_it_waits(lived: tuple[list[Record], int]) -> None:
    records, _ = lived
    per_day = Counter(int((record.at - records[0].at) // 86400) for record in records)
    assert set(per_day) == {0, 1, 6, 14}


def test_engine_stays_small(lived: tuple[list[Record], int]) -> None:
    _, memory = lived
    assert memory < LARGEST
