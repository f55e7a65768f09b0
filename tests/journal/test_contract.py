"""What every store of a journal keeps."""

from __future__ import annotations

import pytest

from cockpit.errors import JournalError, Refused, StaleWriter, WriterBusy
from cockpit.journal.contract import Journal
from cockpit.release.events import AttemptEnded, Closed, Held
from tests.journal.conftest import Store
from tests.journal.events import some


@pytest.fixture
def journal(store: Store) -> Journal:
    """A journal that is claimed."""
    journal = store.create()
    journal.claim()
    return journal


def test_new_journal_is_empty(store: Store) -> None:
    journal = store.create()
    assert (list(journal.read()), journal.last, journal.epoch, journal.verify()) == ([], 0, 0, 0)


def test_journal_is_never_made_over_another(store: Store, journal: Journal) -> None:
    with pytest.raises(Refused, match="already"):
        store.create()


def test_what_was_appended_is_read(store: Store, journal: Journal) -> None:
    records = journal.append(some(7), 12.5)
    assert tuple(store.open().read()) == records
    assert [record.event for record in records] == some(7)


def test_records_are_numbered_from_one_and_bear_their_moment(journal: Journal) -> None:
    journal.append(some(2), 1.5)
    journal.append(some(1), 2.25)
    assert [(record.seq, record.at) for record in journal.read()] == [(1, 1.5), (2, 1.5), (3, 2.25)]


def test_each_record_has_another_hash(journal: Journal) -> None:
    records = journal.append([Held(by="ada")] * 3, 1.0)
    assert len({record.hash for record in records}) == 3


def test_reading_begins_where_it_is_told(journal: Journal) -> None:
    records = journal.append(some(9), 1.0)
    assert tuple(journal.read(after=6)) == records[6:]
    assert tuple(journal.read(after=9)) == ()


def test_reading_crosses_pages(journal: Journal) -> None:
    journal.append(some(4100), 1.0)
    assert [record.seq for record in journal.read(after=1)] == list(range(2, 4101))


def test_nothing_appended_changes_nothing(journal: Journal) -> None:
    assert journal.append([], 1.0) == ()
    assert journal.last == 0


def test_reader_sees_what_is_appended_after_it_opened(store: Store, journal: Journal) -> None:
    reader = store.open()
    journal.append(some(3), 1.0)
    assert (reader.last, reader.verify()) == (3, 3)


def test_reader_cannot_append(store: Store, journal: Journal) -> None:
    with pytest.raises(StaleWriter, match="opened for reading"):
        store.open().append(some(1), 1.0)


def test_second_writer_waits_for_the_first(store: Store, journal: Journal) -> None:
    with pytest.raises(WriterBusy):
        store.open().claim()
    journal.close()
    assert store.open().claim() == 2


def test_epoch_counts_claims(store: Store, journal: Journal) -> None:
    journal.close()
    second = store.open()
    second.claim()
    assert (second.epoch, store.open().epoch) == (2, 2)


def test_writer_that_was_overtaken_is_fenced(store: Store, journal: Journal) -> None:
    journal.append(some(2), 1.0)
    store.lose_lock()
    second = store.open()
    second.claim()
    with pytest.raises(StaleWriter, match="engine 2 has taken over from engine 1"):
        journal.append(some(1), 2.0)
    assert second.last == 2


def test_fenced_writer_stays_fenced(store: Store, journal: Journal) -> None:
    store.lose_lock()
    store.open().claim()
    for _ in range(3):
        with pytest.raises(StaleWriter):
            journal.append(some(1), 2.0)
    assert journal.last == 0


def test_overtaking_writer_goes_on_with_the_chain(store: Store, journal: Journal) -> None:
    journal.append(some(2), 1.0)
    store.lose_lock()
    second = store.open()
    second.claim()
    second.append(some(2), 2.0)
    assert second.verify() == 4


def test_next_writer_goes_on_with_the_chain(store: Store, journal: Journal) -> None:
    journal.append(some(5), 1.0)
    journal.close()
    second = store.open()
    second.claim()
    second.append([Closed(by="ada")], 2.0)
    assert second.verify() == 6


def test_event_that_could_not_be_read_again_is_not_written(journal: Journal) -> None:
    nonsense = AttemptEnded(id="ab", outcome="nonsense")  # type: ignore[arg-type]  # what a defect would write
    with pytest.raises(JournalError):
        journal.append([*some(2), nonsense], 1.0)
    assert journal.last == 0


@pytest.mark.parametrize("moment", [float("nan"), float("inf")])
def test_moment_that_is_none_is_not_written(journal: Journal, moment: float) -> None:
    with pytest.raises(JournalError, match="not a moment"):
        journal.append(some(1), moment)
    assert journal.last == 0


def test_text_that_is_no_unicode_is_not_written(journal: Journal) -> None:
    with pytest.raises(JournalError, match="cannot be written"):
        journal.append([*some(1), Held(by="ada", note="\udcff")], 1.0)
    assert journal.last == 0


def test_append_works_after_a_refused_one(journal: Journal) -> None:
    with pytest.raises(JournalError):
        journal.append(some(1), float("nan"))
    assert [record.seq for record in journal.append(some(2), 1.0)] == [1, 2]
    assert journal.verify() == 2


def test_reserve_can_be_given_up_once(journal: Journal) -> None:
    assert (journal.release_reserve(), journal.release_reserve()) == (True, False)


def test_reserve_is_kept_again_when_there_is_room(journal: Journal) -> None:
    journal.release_reserve()
    journal.append(some(1), 1.0)
    assert journal.release_reserve()
