"""Text from hosts and people made safe to paint: it cannot move a cursor, hide, or take other cells than counted.

Width follows Unicode's East Asian Width and Rich's cell table; a character on which they differ is not painted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

BROKEN = "\ufffd"
"""Stands for what cannot be painted."""

TAB = 8
_HARMLESS = re.compile(r"\x1b\[[0-9;:]*m|\x1b\[[0-2]?K|\x1b\(B")
_UNPAINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINING = range(0x1F1E6, 0x1F200), range(0x1F3FB, 0x1F400)


class _Table(dict[int, str]):
    """What each character becomes; only the first planes' common part is remembered, so that a host cannot fill it."""

    def __missing__(self, code: int) -> str:
        shown = _shown(chr(code))
        if code < 0x3000:
            self[code] = shown
        return shown


def _shown(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    category = unicodedata.category(char)
    if category in ("Mn", "Me"):
        return ""
    if category == "Zs":
        return " "
    if category in _UNPAINTABLE or any(code in joining for joining in _JOINING):
        return BROKEN
    wide = unicodedata.east_asian_width(char) in "WF"
    return char if get_character_cell_size(char) == 1 + wide else BROKEN


_table = _Table()


@lru_cache(maxsize=4096)
def defuse(text: str) -> str:
    """One line that is safe to paint: controls as pictures, tabs as spaces, what hides or reorders as `\\ufffd`.

    Combining marks that have no composed form are left out.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    first, *rest = (part.translate(_table) for part in composed.split("\t"))
    pieces, at = [first], cell_len(first)
    for part in rest:
        gap = TAB - at % TAB
        pieces += [" " * gap, part]
        at += gap + cell_len(part)
    return "".join(pieces)


def defuse_output(raw: bytes) -> str:
    """A line of a command's output, safe to paint, without its colours."""
    return defuse(_HARMLESS.sub("", raw.decode("utf-8", "replace")))


def fit(text: str, width: int) -> str:
    """Safe text of at most `width` cells; what is cut is marked by `…`."""
    return text if cell_len(text) <= width else cut(text, width)


def cut(text: str, width: int) -> str:
    """The start of a safe text and `…`, in at most `width` cells."""
    return chop(text, width - 1)[0] + "…" if width > 0 else ""


def chop(text: str, width: int) -> tuple[str, str]:
    """A safe text in two: as much as `width` cells take, and the rest."""
    cells = 0
    for index, char in enumerate(text):
        cells += get_character_cell_size(char)
        if cells > width:
            return text[:index], text[index:]
    return text, ""
