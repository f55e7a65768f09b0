"""Values on their way through shells."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.execution.quote import enclosed, line, quote, spell, unspell

SHELLS = [["dash"], ["busybox", "sh"], ["bash"]]
NASTY = [
    "x; rm -rf /",
    "$(reboot)",
    "`reboot`",
    'it\'s "quoted"',
    "two\nlines\n",
    "back\\slash\\n \\0101 \\c",
    "ünïcødé → 日本 \U0001f680",
    "~ * ? [a] {b} !c #d &e |f <g >h",
    "-n",
    "",
    "%s %d %%",
    "\t\r\x1b[2J\x7f",
    "bytes \udc80\udcff\udc88",
]


def test_quoted_word_is_in_single_quotes() -> None:
    assert quote("it's") == "'it'\\''s'"


def test_nul_cannot_be_quoted() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote("a\0b")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("value", NASTY)
def test_quoted_value_means_itself(shell: list[str], value: str) -> None:
    text = f'set -- {quote(value)}; printf %s "$1"'
    raw = text.encode("utf-8", "surrogateescape")
    assert subprocess.check_output([*shell, "-c", raw]) == value.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("spelling", [spell, line, enclosed])
def test_every_byte_survives_spelling(shell: list[str], spelling: Callable[[str], str]) -> None:
    value = bytes(range(1, 256)).decode("utf-8", "surrogateescape") + "."
    script = 'IFS= read -r word; value=$(printf %b "$word"); printf %s "$value"'
    told = f"{spelling(value)}\n".encode()
    found = subprocess.run([*shell, "-c", script], input=told, capture_output=True, check=True)
    assert found.stdout == value.encode("utf-8", "surrogateescape")


def test_spelled_text_has_no_letter_that_a_shell_minds() -> None:
    assert spell("a'b\n!\\$") == "a\\0047b\\0012\\0041\\0134\\0044"


@given(st.text(st.characters(codec="utf-8")))
def test_unspelled_is_as_before(value: str) -> None:
    assert unspell(spell(value)) == value
