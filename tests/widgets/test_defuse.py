"""Text made safe to paint."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from widgets.defuse import BROKEN, chop, cut, defuse, defuse_output, fit

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"}


@settings(derandomize=True, max_examples=300)
@given(ANYTHING)
def test_nothing_that_controls_hides_or_reorders_is_left(text: str) -> None:
    assert not {unicodedata.category(char) for char in defuse(text)} & HIDDEN


@settings(derandomize=True, max_examples=300)
@given(ANYTHING)
def test_every_character_takes_the_cells_that_unicode_gives_it(text: str) -> None:
    for char in defuse(text):
        assert get_character_cell_size(char) == 1 + (unicodedata.east_asian_width(char) in "WF")


@settings(derandomize=True, max_examples=300)
@given(ANYTHING)
def test_defusing_twice_changes_nothing(text: str) -> None:
    assert defuse(defuse(text)) == defuse(text)


@settings(derandomize=True, max_examples=300)
@given(st.binary(max_size=200))
def test_no_output_leaves_a_control_byte(raw: bytes) -> None:
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in defuse_output(raw))


@settings(derandomize=True, max_examples=300)
@given(ANYTHING, st.integers(0, 30))
def test_fitted_text_is_never_wider_than_its_room(text: str, width: int) -> None:
    assert cell_len(fit(defuse(text), width)) <= width


@settings(derandomize=True, max_examples=200)
@given(ANYTHING, st.integers(0, 30))
def test_chopping_loses_nothing(text: str, width: int) -> None:
    head, tail = chop(defuse(text), width)
    assert head + tail == defuse(text)
    assert cell_len(head) <= width


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]0;pwned\x07", "␛]0;pwned␇"),
        ("\x1b[2J\x1b[1;1H", "␛[2J␛[1;1H"),
        ("\x9b31m", f"{BROKEN}31m"),
        ("safe\u202egnp.exe", f"safe{BROKEN}gnp.exe"),
        ("a\u200bb\ufeff", f"a{BROKEN}b{BROKEN}"),
        ("e\u0301\u0301\u0301", "é"),
        ("\U0001f44d\U0001f3fd", f"\U0001f44d{BROKEN}"),
        ("a\tb", "a       b"),
        ("日\tb", "日      b"),
        ("\x7f\x00", "␡␀"),
        ("a\u2028b", f"a{BROKEN}b"),
        ("[bold red]x[/]", "[bold red]x[/]"),
    ],
)
def test_hostile_text_becomes_visible(hostile: str, shown: str) -> None:
    assert defuse(hostile) == shown


def test_colours_of_output_are_left_out() -> None:
    assert defuse_output(b"\x1b[1;32mok\x1b[0m\x1b[K done") == "ok done"


def test_invalid_utf8_is_shown_as_broken() -> None:
    assert defuse_output(b"a\xff\xfeb") == f"a{BROKEN}{BROKEN}b"


def test_a_cut_is_marked() -> None:
    assert cut("abcdef", 4) == "abc…"


def test_a_wide_character_is_never_cut_in_half() -> None:
    assert fit("日本語", 4) == "日…"
