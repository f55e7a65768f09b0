"""Secrets in a stream become asterisks of the same length."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.execution.redact import Redactor, longest, mask, needles, skipping, too_short


def redact(chunks: list[bytes], secrets: list[str]) -> bytes:
    got = bytearray()
    redactor = Redactor(secrets, got.extend)
    for chunk in chunks:
        redactor.feed(chunk)
    redactor.flush()
    return bytes(got)


def starred(data: bytes, secrets: list[str]) -> bytes:
    """The plain meaning: every byte of every place of every secret."""
    hidden = bytearray(data)
    for needle in needles(secrets):
        for at in range(len(data)):
            if data.startswith(needle, at):
                hidden[at : at + len(needle)] = b"*" * len(needle)
    return bytes(hidden)


def test_secret_is_replaced_at_its_length() -> None:
    assert redact([b"key=hunter22;\n"], ["hunter22"]) == b"key=********;\n"


def test_secret_across_two_chunks_is_replaced() -> None:
    assert redact([b"key=hun", b"ter", b"22;"], ["hunter22"]) == b"key=********;"


def test_longer_secret_that_begins_with_a_shorter_one_is_hidden_whole() -> None:
    assert redact([b"abcd", b"efgh."], ["abcd", "abcdefgh"]) == b"********."


def test_overlapping_secrets_are_both_hidden() -> None:
    assert redact([b"xabcd", b"efx"], ["abcd", "cdef"]) == b"x******x"


def test_what_only_begins_like_a_secret_is_shown_at_the_end() -> None:
    assert redact([b"a hunt"], ["hunter22"]) == b"a hunt"


def test_nothing_else_waits() -> None:
    got = bytearray()
    Redactor(["hunter22"], got.extend).feed(b"plain text\n")
    assert got == b"plain text\n"


def test_long_lines_of_a_key_are_hidden_alone() -> None:
    key = "-----BEGIN KEY-----\nbase64base64\nab\n-----END KEY-----\n"
    assert redact([b"> base64base64 <\nab\n"], [key]) == b"> ************ <\nab\n"


def test_value_without_its_last_newline_is_hidden() -> None:
    assert mask("got hunter22.", ["hunter22\n"]) == "got ********."


def test_short_secrets_are_named() -> None:
    assert too_short({"pin": "123", "token": "12345"}) == ("pin",)


LETTERS = st.text("ab", min_size=4, max_size=7)


@given(st.lists(st.text("abx", max_size=9).map(str.encode), max_size=8), st.lists(LETTERS, max_size=3))
def test_chunks_make_no_difference(chunks: list[bytes], secrets: list[str]) -> None:
    assert redact(chunks, secrets) == starred(b"".join(chunks), secrets)


def test_a_sink_can_leave_out_what_was_taken_before() -> None:
    out: list[bytes] = []
    take = skipping(5, out.append)
    for piece in (b"abc", b"def", b"ghi"):
        take(piece)
    assert b"".join(out) == b"fghi"


def test_the_longest_place_of_a_secret_is_known() -> None:
    assert longest(["short", "twelve bytes"]) == 12
    assert longest([]) == 0


def test_a_secret_that_is_cut_off_is_hidden_as_far_as_it_came() -> None:
    out: list[bytes] = []
    redactor = Redactor(["hush-hush"], out.append)
    redactor.feed(b"it is hush-")
    redactor.flush(whole=False)
    assert b"".join(out) == b"it is *****"
