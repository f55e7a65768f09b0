"""Characters that are not what they look like: typographic quotes and dashes, spaces, letters of other scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cockpit.playbook.shell.parse import parse

_SIGNS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "-"),
    "\uff04": "$",
    "\uff5c": "|",
    "\uff1b": ";",
    "\uff06": "&",
    "\u2044": "/",
    "\uff0f": "/",
    "\uff1d": "=",
}
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0\u115f\u1160\u2800]")
_MIXED = re.compile("[A-Za-z][\u0370-\u052f\uff21-\uff5a]|[\u0370-\u052f\uff21-\uff5a][A-Za-z]")
_WORDS = ("word", "variable_name", "special_variable_name")

Found = tuple[int, str, str]
"""Offset in the text, the character in words, and what was probably meant."""


def mixed(text: str) -> Iterator[Found]:
    """Spaces that are none, and words of Latin and of other letters that look like them."""
    if text.isascii():
        return
    for space in _SPACES.finditer(text):
        yield space.start(), _named(space[0]), "a plain space"
    for pair in _MIXED.finditer(text):
        at = pair.start() + pair[0][0].isascii()
        yield at, _named(text[at]), "a letter of the same alphabet as the others"


def lookalikes(command: str) -> Iterator[Found]:
    """The same in a command, and what stands outside quotes as if it had a meaning to the shell."""
    if command.isascii():
        return
    yield from mixed(command)
    script = parse(command)
    for node in script.every(*_WORDS):
        text = script.text(node)
        sign = next((sign for sign in text if sign in _SIGNS), "")
        if sign:
            start = len(script.source[: node.start_byte].decode(errors="replace"))
            yield start + text.index(sign), _named(sign), f"`{_SIGNS[sign]}`"


def _named(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name').lower()}"
