"""Both streams of a call, cut anywhere."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cockpit.execution.ear import Ear, Word, held_back

MARK = "0123456789abcdef0123456789abcdef"


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def hear(out: bytes = b"", err: bytes = b"", cuts: list[int] | None = None) -> tuple[bytes, list[Word], Ear]:
    got, words = bytearray(), list[Word]()
    ear = Ear("t0", words.append, got.extend, MARK)
    for piece in pieces(out, cuts or []):
        ear.out(piece)
    for piece in pieces(err, cuts or []):
        ear.err(piece)
    return bytes(got), words, ear


@given(st.binary(), st.binary(), st.lists(st.integers(0, 400)))
def test_output_is_exact_however_it_is_cut(data: bytes, later: bytes, cuts: list[int]) -> None:
    got, _, ear = hear(b"motd\nt0\n" + data + MARK.encode() + later, cuts=cuts)
    assert (got, ear.taken, ear.marked) == (data, len(data), True)


def test_noise_before_the_token_is_no_output() -> None:
    assert hear(b"Welcome!\nt0\nhello\n" + MARK.encode())[0] == b"hello\n"


def test_beginning_of_a_mark_is_output_when_nothing_follows() -> None:
    got = bytearray()
    ear = Ear("t0", lambda _: None, got.extend, MARK)
    ear.out(b"t0\nid 01234")
    assert got == b"id "
    ear.end()
    assert got == b"id 01234"


@given(st.lists(st.integers(0, 200)))
def test_words_stand_out_from_noise(cuts: list[int]) -> None:
    _, words, _ = hear(err=b"bash: warning: no localet0 known\nMOTD t1 lost\nt0 ended 0 1.5 2.5\n", cuts=cuts)
    assert words == [Word("known", ""), Word("ended", "0 1.5 2.5")]


@given(st.binary(), st.lists(st.integers(0, 300)))
def test_captured_bytes_come_between_two_words(data: bytes, cuts: list[int]) -> None:
    _, words, ear = hear(err=b"t0 capture\n" + data + b"\nt0 ended 0 1 2\n", cuts=cuts)
    assert (ear.captured, [word.verb for word in words]) == (data, ["capture", "ended"])


def test_last_noise_is_kept_for_a_reason() -> None:
    assert (
        hear(err=b"This account is currently not available.\n")[2].noise
        == b"This account is currently not available.\n"
    )


@given(st.binary(max_size=8), st.binary(min_size=1, max_size=5))
def test_held_back_is_the_longest_beginning(data: bytes, needle: bytes) -> None:
    longest = max(size for size in range(len(needle)) if data.endswith(needle[:size]) or size == 0)
    assert held_back(data, needle) == longest
