"""The last lines of what commands print."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.ring import WIDEST, Ring


def texts(ring: Ring) -> list[tuple[str, str]]:
    return [(line.source, line.text) for line in ring]


def fed(*pieces: tuple[str, bytes], keep: int = 100) -> Ring:
    ring = Ring(keep)
    for source, data in pieces:
        ring.feed(source, data)
    return ring


def test_lines_of_two_hosts_are_not_mixed() -> None:
    assert texts(fed(("a", b"one "), ("b", b"two\n"), ("a", b"more\n"))) == [("a", "one more"), ("b", "two")]


def test_a_carriage_return_shows_the_last_state_of_a_line() -> None:
    assert texts(fed(("a", b"10 %\r50 %\r"), ("a", b"100 %"))) == [("a", "100 %")]


def test_a_trailing_carriage_return_keeps_the_line() -> None:
    assert texts(fed(("a", b"10 %\r"))) == [("a", "10 %")]


def test_crlf_ends_a_line_even_when_cut_between() -> None:
    assert texts(fed(("a", b"one\r"), ("a", b"\ntwo"))) == [("a", "one"), ("a", "two")]


def test_empty_lines_are_lines() -> None:
    assert texts(fed(("a", b"\n\nx\n"))) == [("a", ""), ("a", ""), ("a", "x")]


def test_only_the_last_lines_are_kept_and_the_others_counted() -> None:
    ring = fed(("a", b"".join(b"%d\n" % number for number in range(250))), keep=100)
    assert (len(ring), ring.dropped, ring[0].text, ring[99].text) == (100, 150, "150", "249")


def test_an_open_line_that_was_dropped_goes_on_as_a_new_one() -> None:
    ring = fed(("a", b"old"), ("b", b"1\n2\n3\n"), ("a", b" end"), keep=3)
    assert texts(ring)[-1] == ("a", " end")


def test_a_line_without_end_stays_bounded_and_says_what_is_missing() -> None:
    ring = fed(*[("a", b"x" * (1 << 20))] * 64)
    assert len(ring) == 1
    assert ring[0].text.endswith(f"… +{64 * (1 << 20) - WIDEST:,} bytes")


def test_touched_is_the_first_line_that_changed() -> None:
    ring = fed(("a", b"open"), ("b", b"1\n2\n"))
    assert ring.settle() == 0
    ring.feed("b", b"3")
    assert ring.settle() == 3
    ring.feed("a", b"!")
    assert ring.settle() == 0
    assert ring.settle() == 4


@settings(derandomize=True, max_examples=200)
@given(st.binary(max_size=80).map(lambda raw: raw.replace(b"\r", b"")), st.lists(st.integers(0, 80), max_size=6))
def test_where_output_is_cut_does_not_matter(raw: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(raw), *(cut for cut in cuts if cut < len(raw))})
    pieces = [("a", raw[start:stop]) for start, stop in pairwise(edges)]
    assert texts(fed(*pieces)) == texts(fed(("a", raw)))
