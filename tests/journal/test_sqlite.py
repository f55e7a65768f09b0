from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.errors import BrokenChain, JournalError, StorageFull
from cockpit.journal import chain, sqlite
from cockpit.release.events import Held
from tests.journal import tmpfs
from tests.journal.events import some

Tamper = Callable[[sqlite3.Connection], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed journal of 20 records."""
    path = tmp_path / "journal.db"
    with closing(sqlite.create(path)) as journal:
        journal.claim()
        journal.append(some(20), 1.0)
    return path


def change(path: Path, *statements: str) -> None:
    """Change a journal behind the cockpit's back."""
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)


def first_bad(path: Path) -> int:
    """The number that verifying names; 0 when the chain is whole."""
    try:
        with closing(sqlite.open(path)) as journal:
            journal.verify()
    except BrokenChain as error:
        return error.seq
    return 0


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with closing(sqlite.create(tmp_path / "journal.db")) as journal:
            journal.claim()
            journal.append(some(1), 1.0)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert {"journal.db", "journal.db-wal", "journal.lock", "journal.head", "reserve"} <= set(modes)


def test_whole_journal_has_no_bad_record(path: Path) -> None:
    assert first_bad(path) == 0


def test_changed_event_is_named(path: Path) -> None:
    change(path, "UPDATE records SET line = CAST(replace(line, 'ada', 'eve') AS BLOB) WHERE seq = 6")
    assert first_bad(path) == 6


def test_event_rewritten_as_text_still_has_its_hash(path: Path) -> None:
    change(path, "UPDATE records SET line = CAST(line AS TEXT) WHERE seq = 6")
    assert first_bad(path) == 0


def test_event_without_content_is_named(path: Path) -> None:
    change(path, "UPDATE records SET line = 7 WHERE seq = 6")
    assert first_bad(path) == 6


def test_missing_event_is_named(path: Path) -> None:
    change(path, "DELETE FROM records WHERE seq = 9")
    assert first_bad(path) == 9


def test_cut_tail_is_named(path: Path) -> None:
    change(path, "DELETE FROM records WHERE seq > 15")
    assert first_bad(path) == 16


def test_emptied_journal_is_named(path: Path) -> None:
    change(path, "DELETE FROM records")
    assert first_bad(path) == 1


def test_foreign_event_is_named(path: Path) -> None:
    change(path, "INSERT INTO records SELECT 21, hash, line FROM records WHERE seq = 20")
    assert first_bad(path) == 21


def test_rewritten_past_is_found_though_its_chain_is_whole(path: Path) -> None:
    forged = chain.extend(0, chain.GENESIS, [Held(by="eve")] * 20, 1.0)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM records")
        database.executemany("INSERT INTO records VALUES (?, CAST(? AS TEXT), ?)", forged)
    assert first_bad(path) == 20


def test_closed_journal_is_one_file(path: Path) -> None:
    assert path.read_bytes().count(b'"event":"held"') == 5
    assert not path.with_name("journal.db-wal").exists()


def test_lost_write_ahead_log_is_a_cut_tail(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(sqlite.create(path)) as journal:
        journal.claim()
        journal.append(some(3), 1.0)
        content = path.read_bytes()
    path.write_bytes(content)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    assert first_bad(path) == 1


def test_head_behind_the_journal_is_no_damage(path: Path) -> None:
    head = path.with_suffix(".head")
    before = head.read_bytes()
    with closing(sqlite.open(path)) as journal:
        journal.claim()
        journal.append(some(2), 2.0)
    head.write_bytes(before)
    assert first_bad(path) == 0


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0" * 86])
def test_head_without_sense_is_no_damage(path: Path, content: bytes) -> None:
    path.with_suffix(".head").write_bytes(content)
    assert first_bad(path) == 0


def test_journal_copied_without_its_head_can_be_verified(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / "journal.db"
    copy.write_bytes(path.read_bytes())
    assert first_bad(copy) == 0


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE records SET line = CAST(replace(line, 'ada', 'eve') AS BLOB) WHERE seq = 6",
        "DELETE FROM records WHERE seq = 9",
        "DELETE FROM records WHERE seq > 15",
        "INSERT INTO records SELECT 21, hash, line FROM records WHERE seq = 20",
    ],
)
def test_broken_journal_is_never_written_to(path: Path, tamper: str) -> None:
    change(path, tamper)
    before = path.read_bytes()
    with closing(sqlite.open(path)) as journal, pytest.raises(BrokenChain):
        journal.claim()
    assert path.read_bytes() == before
    assert not path.with_name("journal.db-wal").exists() or not path.with_name("journal.db-wal").read_bytes()


def test_broken_journal_keeps_no_lock(path: Path) -> None:
    change(path, "DELETE FROM records WHERE seq = 9")
    with closing(sqlite.open(path)) as first, closing(sqlite.open(path)) as second:
        for journal in (first, second):
            with pytest.raises(BrokenChain, match="event 9 is missing"):
                journal.claim()


@pytest.mark.parametrize(
    ("tamper", "bad"),
    [
        ("INSERT INTO records SELECT 21, hash, line FROM records WHERE seq = 20", 21),
        ("DELETE FROM records WHERE seq > 15", 16),
        ("UPDATE records SET hash = 'x' WHERE seq = 20", 20),
    ],
)
def test_writer_does_not_build_on_what_another_program_changed(path: Path, tamper: str, bad: int) -> None:
    with closing(sqlite.open(path)) as journal:
        journal.claim()
        change(path, tamper)
        with pytest.raises(BrokenChain) as caught:
            journal.append(some(1), 2.0)
        assert caught.value.seq == bad


def test_read_stops_before_the_first_bad_record(path: Path) -> None:
    change(path, "DELETE FROM records WHERE seq = 9")
    with closing(sqlite.open(path)) as journal:
        records = journal.read()
        assert [next(records).seq for _ in range(8)] == list(range(1, 9))
        with pytest.raises(BrokenChain, match="event 9 is missing"):
            next(records)


def test_damaged_page_names_the_first_record_on_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(sqlite.create(path)) as journal:
        journal.claim()
        journal.append(some(2000), 1.0)
    content = bytearray(path.read_bytes())
    place = content.index(b'"seq":1000,')
    start = place - place % 4096
    content[start : start + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    assert 900 < first_bad(path) <= 1000


@given(data=st.data())
def test_damaged_file_is_told_or_reads_as_it_was_written(data: st.DataObject) -> None:
    """Whichever bytes are overwritten: no wrong record is read, and nothing but a JournalError is raised."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["HOME"]))
    path = folder / "journal.db"
    with closing(sqlite.create(path)) as journal:
        journal.claim()
        written = journal.append(some(60), 1.0)
    content = bytearray(path.read_bytes())
    start = data.draw(st.integers(0, len(content) - 1))
    noise = data.draw(st.binary(min_size=1, max_size=300))[: len(content) - start]
    content[start : start + len(noise)] = noise
    path.write_bytes(content)
    try:
        with closing(sqlite.open(path)) as journal:
            assert journal.verify() == 60
            assert tuple(journal.read()) == written
    except JournalError:
        return


@pytest.mark.parametrize("keep", [0, 50, 4096, 6000])
def test_truncated_file_is_no_journal_or_a_broken_one(path: Path, keep: int) -> None:
    os.truncate(path, keep)
    with pytest.raises(JournalError), closing(sqlite.open(path)) as journal:
        journal.verify()


def test_damaged_names_of_the_tables_are_a_broken_journal(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE records", b"CREATE\xfa\xfa\xfaBLE records"))
    assert first_bad(path) == 1


def test_other_sqlite_file_is_no_journal(tmp_path: Path) -> None:
    change(tmp_path / "other.db", "CREATE TABLE records (seq)")
    with pytest.raises(JournalError, match="no journal"):
        sqlite.open(tmp_path / "other.db")


def test_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal"):
        sqlite.open(tmp_path / "journal.db")
    assert not list(tmp_path.iterdir())


def test_newer_form_of_the_file_is_refused(path: Path) -> None:
    change(path, "PRAGMA user_version = 2")
    with pytest.raises(JournalError, match="newer cockpit"):
        sqlite.open(path)


def test_reading_leaves_the_file_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    with closing(sqlite.open(path)) as journal:
        assert journal.verify() == 20
    assert path.read_bytes() == before


def test_name_with_signs_of_an_address_is_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "a b%20?mode=memory#c"
    folder.mkdir()
    with closing(sqlite.create(folder / "journal.db")) as journal:
        journal.claim()
        journal.append(some(1), 1.0)
    assert (folder / "journal.db").stat().st_size > 0


def test_full_disk_writes_nothing_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")) as journal:
        journal.claim()
        journal.append(some(5), 1.0)
        ballast = tmpfs.fill(small_disk)
        written = append_until_full(journal)
        assert journal.verify() == journal.last == 5 + written
        ballast.unlink()
        assert journal.append(some(2), 3.0)[-1].seq == 7 + written
        assert journal.verify() == 7 + written


def test_reserve_lets_events_through_on_a_full_disk(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")) as journal:
        journal.claim()
        tmpfs.fill(small_disk)
        append_until_full(journal)
        assert journal.release_reserve()
        assert journal.append([Held(by="ada")], 3.0)
        assert not journal.release_reserve()


def test_reserve_is_kept_again_once_the_disk_has_room(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")) as journal:
        journal.claim()
        ballast = tmpfs.fill(small_disk)
        journal.release_reserve()
        ballast.unlink()
        journal.append([Held(by="ada")], 3.0)
        assert journal.release_reserve()


def test_journal_of_a_full_disk_is_whole_when_opened_again(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")) as journal:
        journal.claim()
        ballast = tmpfs.fill(small_disk)
        written = append_until_full(journal)
    ballast.unlink()
    with closing(sqlite.open(small_disk / "journal.db")) as journal:
        journal.claim()
        assert journal.last == written


def append_until_full(journal: sqlite.SqliteJournal) -> int:
    """How many records went in before there was no room."""
    for written in range(100_000):
        try:
            journal.append([Held(by="ada", note="x" * 500)], 2.0)
        except StorageFull:
            return written
    raise AssertionError("the disk never became full")


def test_reserve_holds_thousands_of_events(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")) as journal:
        journal.claim()
        tmpfs.fill(small_disk)
        journal.release_reserve()
        assert append_until_full(journal) > 4000


def test_closed_journal_is_read_on_a_full_disk(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")) as journal:
        journal.claim()
        journal.append(some(5), 1.0)
    tmpfs.fill(small_disk)
    with closing(sqlite.open(small_disk / "journal.db")) as journal:
        assert (journal.verify(), len(list(journal.read()))) == (5, 5)


def test_writer_begins_on_a_full_disk_by_the_reserve(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")) as journal:
        journal.claim()
        journal.append(some(5), 1.0)
    tmpfs.fill(small_disk)
    with closing(sqlite.open(small_disk / "journal.db")) as journal:
        journal.claim()
        assert journal.reserve_is_out
        assert [record.seq for record in journal.append([Held(by="ada")], 3.0)] == [6]
        assert journal.last == 6


def test_writer_that_finds_no_room_at_all_leaves_the_lock(small_disk: Path) -> None:
    with closing(sqlite.create(small_disk / "journal.db")):
        pass
    ballast = tmpfs.fill(small_disk)
    with pytest.raises(StorageFull):
        sqlite.open(small_disk / "journal.db").claim()
    ballast.unlink()
    with closing(sqlite.open(small_disk / "journal.db")) as journal:
        assert journal.claim() == 1


def test_journal_that_finds_no_room_leaves_no_file(small_disk: Path) -> None:
    ballast = tmpfs.fill(small_disk)
    with pytest.raises(StorageFull):
        sqlite.create(small_disk / "journal.db")
    assert list(small_disk.iterdir()) == [ballast]
