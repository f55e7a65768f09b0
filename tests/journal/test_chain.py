from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.errors import BrokenChain, JournalError
from cockpit.journal import chain
from cockpit.journal.chain import GENESIS, Row
from tests.journal.events import some

ROWS = chain.extend(0, GENESIS, some(12), 1.5)


def broken_at(rows: list[Row]) -> int:
    """The number of the first bad row; 0 when there is none."""
    try:
        list(chain.checked(rows))
    except BrokenChain as error:
        return error.seq
    return 0


def test_hash_is_the_sha256_of_the_hash_before_a_newline_and_the_line() -> None:
    (_, first, _), (_, second, line) = ROWS[:2]
    assert second.decode() == hashlib.sha256(first + b"\n" + line).hexdigest()


def test_line_bears_version_number_moment_and_event() -> None:
    assert ROWS[0][2] == b'{"v":1,"seq":1,"at":1.5,"event":{"event":"step-started","step":"deploy"}}'


def test_line_does_not_depend_on_the_order_of_a_mapping() -> None:
    assert b'"captures":{"a":"1","b":"2"}' in ROWS[2][2]


def test_whole_chain_passes_unchanged() -> None:
    assert list(chain.checked(ROWS)) == ROWS


def test_chain_can_be_checked_from_any_record_on() -> None:
    assert list(chain.checked(ROWS[5:], after=5, previous=ROWS[4][1])) == ROWS[5:]


@given(at=st.integers(0, 11), data=st.data())
def test_flipped_byte_is_found_where_it_is(at: int, data: st.DataObject) -> None:
    seq, digest, line = ROWS[at]
    place = data.draw(st.integers(0, len(line) - 1))
    flipped = bytearray(line)
    flipped[place] ^= data.draw(st.integers(1, 255))
    assert broken_at([*ROWS[:at], (seq, digest, bytes(flipped)), *ROWS[at + 1 :]]) == at + 1


@given(at=st.integers(0, 11), place=st.integers(0, 63), flip=st.integers(1, 255))
def test_flipped_byte_of_a_hash_is_found_where_it_is(at: int, place: int, flip: int) -> None:
    seq, digest, line = ROWS[at]
    flipped = bytearray(digest)
    flipped[place] ^= flip
    assert broken_at([*ROWS[:at], (seq, bytes(flipped), line), *ROWS[at + 1 :]]) == at + 1


@given(at=st.integers(0, 10))
def test_missing_record_is_named(at: int) -> None:
    assert broken_at([*ROWS[:at], *ROWS[at + 1 :]]) == at + 1


@given(at=st.integers(0, 10))
def test_missing_record_is_named_when_the_rest_was_renumbered(at: int) -> None:
    rest = [(seq - 1, digest, line) for seq, digest, line in ROWS[at + 1 :]]
    assert broken_at([*ROWS[:at], *rest]) == at + 1


@given(first=st.integers(0, 11), second=st.integers(0, 11))
def test_exchanged_records_are_found_at_the_first(first: int, second: int) -> None:
    rows = list(ROWS)
    for here, there in ((first, second), (second, first)):
        rows[here] = (here + 1, *ROWS[there][1:])
    assert broken_at(rows) == (0 if first == second else min(first, second) + 1)


@given(at=st.integers(0, 12))
def test_foreign_record_is_found_where_it_is(at: int) -> None:
    foreign = (at + 1, *chain.extend(at, b"f" * 64, some(1), 9.0)[0][1:])
    moved = [(seq + 1, digest, line) for seq, digest, line in ROWS[at:]]
    assert broken_at([*ROWS[:at], foreign, *moved]) == at + 1


@given(st.lists(st.tuples(st.integers(), st.binary(), st.binary()), min_size=1))
def test_nonsense_is_no_chain(rows: list[Row]) -> None:
    assert broken_at(rows) == 1


@pytest.mark.parametrize("line", [None, 7, "text"])
def test_line_of_another_type_is_broken(line: object) -> None:
    with pytest.raises(BrokenChain):
        list(chain.checked([(1, GENESIS, line)]))


def test_event_of_a_newer_cockpit_is_named() -> None:
    line = b'{"v":2,"seq":7,"at":1.0,"event":{"event":"guard-tripped","rule":"p99"}}'
    with pytest.raises(JournalError, match=r"event 7 \(guard-tripped, version 2\).*\nhint: .*newer cockpit"):
        chain.record((7, GENESIS, line))


def test_known_event_of_a_newer_version_is_not_guessed_at() -> None:
    line = b'{"v":2,"seq":7,"at":1.0,"event":{"event":"held","by":"ada"}}'
    with pytest.raises(JournalError, match=r"event 7 \(held, version 2\)"):
        chain.record((7, GENESIS, line))


@given(st.binary())
def test_line_without_sense_is_a_journal_error(line: bytes) -> None:
    with pytest.raises(JournalError):
        chain.record((1, GENESIS, line))


def test_record_that_says_another_number_is_broken() -> None:
    with pytest.raises(BrokenChain, match="says that it is number 2"):
        chain.record((1, *ROWS[1][1:]))
