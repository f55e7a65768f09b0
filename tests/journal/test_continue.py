"""A journal that continues a broken one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from cockpit.errors import BrokenChain, StorageFull, WriterBusy
from cockpit.journal import sqlite
from tests.journal import tmpfs
from tests.journal.damage import DAMAGES, Damage
from tests.journal.events import some


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A journal of ten events."""
    path = tmp_path / "journal.db"
    with closing(sqlite.create(path)) as journal:
        journal.claim()
        journal.append(some(10), 1.0)
    return path


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_good_part_ends_before_the_first_bad_event(old: Path, damage: Damage) -> None:
    damage(old, 7)
    with closing(sqlite.open(old)) as journal:
        rows, problem = journal.good()
    assert problem is not None
    assert (problem.seq, [row[0] for row in rows]) == (7, list(range(1, 7)))


def test_whole_journal_is_good(old: Path) -> None:
    with closing(sqlite.open(old)) as journal:
        rows, problem = journal.good()
    assert (len(rows), problem) == (10, None)


def test_good_part_is_carried_on_unchanged(old: Path, tmp_path: Path) -> None:
    with closing(sqlite.open(old)) as journal:
        rows, _ = journal.good()
        before = list(journal.read())[:6]
    sqlite.continue_(tmp_path / "journal-2.db", rows[:6], epoch=4)
    with closing(sqlite.open(tmp_path / "journal-2.db")) as journal:
        assert journal.claim() == 5
        assert list(journal.read()) == before
        assert journal.append(some(1), 2.0)[0].seq == 7
        assert journal.verify() == 7


def test_both_have_one_lock(old: Path, tmp_path: Path) -> None:
    with closing(sqlite.open(old)) as journal:
        journal.claim()
        sqlite.continue_(tmp_path / "journal-2.db", journal.good()[0], epoch=1)
        with closing(sqlite.open(tmp_path / "journal-2.db")) as other, pytest.raises(WriterBusy):
            other.claim()


def test_full_disk_leaves_no_half_of_it(old: Path, small_disk: Path) -> None:
    with closing(sqlite.open(old)) as journal:
        rows, _ = journal.good()
    ballast = tmpfs.fill(small_disk)
    with pytest.raises(StorageFull):
        sqlite.continue_(small_disk / "journal-2.db", rows, epoch=1)
    assert list(small_disk.iterdir()) == [ballast]


def test_remains_of_an_interrupted_one_are_no_obstacle(old: Path, tmp_path: Path) -> None:
    (tmp_path / "journal-2.db.new").write_bytes(b"half")
    with closing(sqlite.open(old)) as journal:
        sqlite.continue_(tmp_path / "journal-2.db", journal.good()[0], epoch=1)
    assert sorted(path.name for path in tmp_path.glob("journal-2*")) == ["journal-2.db"]


@pytest.mark.parametrize("name", ["flipped byte", "missing event", "foreign event"])
def test_writer_stops_when_the_past_was_changed_behind_its_back(old: Path, name: str) -> None:
    with closing(sqlite.open(old)) as journal:
        journal.claim()
        journal.append(some(1), 2.0)
        DAMAGES[name](old, 4)
        with pytest.raises(BrokenChain, match="event 4"):
            journal.append(some(1), 3.0)
        assert journal.last == 11
