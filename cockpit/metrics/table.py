"""A cell of a table that a command prints: columns by white space."""

from __future__ import annotations

import re
from typing import Final

from cockpit.metrics.reasons import Flaw, plain

_GAP: Final = re.compile(r"\t+| {2,}")
_WORD: Final = re.compile(r"\S+")


def cell(text: str, column: str, row: str) -> str | Flaw:
    """The text in a column (its header, or its number from 1) of the row that holds `row`, else of the first one.

    A table of one line has no header, where the column is a number.
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if not lines:
        return Flaw("no data", "it printed nothing")
    numbered = column.isdecimal()
    header, rows = lines[0], lines if numbered and len(lines) == 1 else lines[1:]
    line = _row(rows, row)
    if isinstance(line, Flaw):
        return line
    return _numbered(line, int(column)) if numbered else _named(header, line, column)


def _row(rows: list[str], wanted: str) -> str | Flaw:
    held = [line for line in rows if wanted in line] if wanted else rows[:1]
    if len(held) == 1:
        return held[0]
    if held:
        return Flaw("error", f"{len(held)} rows hold {wanted!r}, where one is needed")
    return Flaw("no data", f"no row holds {wanted!r}" if wanted else "its table has no rows")


def _numbered(line: str, place: int) -> str | Flaw:
    cells = line.split()
    if 1 <= place <= len(cells):
        return cells[place - 1]
    return Flaw("error", f"there is no column {place}: {plain(line, 80)!r}")


def _named(header: str, line: str, column: str) -> str | Flaw:
    """Cells hold single spaces where header and row fall into as many cells at wider gaps."""
    for split in (_GAP.split, str.split):
        names, cells = split(header.strip()), split(line.strip())
        if names.count(column) == 1 and len(names) == len(cells):
            return cells[names.index(column)]
    below = _below(header, line, column)
    if below is not None:
        return below
    if column in header:
        return Flaw("error", f"its row does not fit the header: {plain(line, 80)!r}")
    return Flaw("error", f"there is no column {column!r}: {plain(header, 80)!r}")


def _below(header: str, line: str, column: str) -> str | None:
    """The one cell that stands under the header's word."""
    names = [word for word in _WORD.finditer(header) if word[0] == column]
    cells = [word[0] for word in _WORD.finditer(line) for name in names if _overlap(word, name)]
    return cells[0] if len(names) == len(cells) == 1 else None


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()
