"""Rows of cells in columns, and how they are drawn as strips of text. Every text is defused here, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from widgets.defuse import chop, cut, defuse
from widgets.inks import Inks
from widgets.looks import Look, Tone


class Bit(NamedTuple):
    """A text of one tone."""

    text: str
    tone: Tone = "plain"


Cell = tuple[Bit, ...]

UNDER = 4
"""Cells before what goes below its row."""


@dataclass(frozen=True)
class Row:
    """Cells for the columns, or one over all of them, which wraps `indent` cells in. `key`: what it stands for."""

    cells: tuple[Cell, ...]
    key: str = ""
    indent: int = 0


@dataclass(frozen=True)
class Column:
    """A column of `width` cells; 0 takes what is left, at least `least`. The highest `drop` gives way first.

    `below`: where it gives way, what it holds goes under rows with a key.
    """

    title: str = ""
    width: int = 0
    right: bool = False
    drop: int = 0
    least: int = 8
    below: bool = False


def cell(*parts: str | Bit) -> Cell:
    """A cell of plain texts and bits."""
    return tuple(part if isinstance(part, Bit) else Bit(part) for part in parts)


def text_row(*parts: str | Bit, key: str = "", indent: int = 0) -> Row:
    """A row of one cell over all columns."""
    return Row((cell(*parts),), key, indent)


def look_bit(look: Look, words: str | None = None) -> Bit:
    """A look's glyph and word as one bit."""
    return Bit(f"{look.glyph} {look.word if words is None else words}", look.tone)


def heading(columns: Sequence[Column]) -> Row:
    """The row of the columns' titles."""
    return Row(tuple(cell(Bit(column.title, "quiet")) for column in columns))


def share(columns: Sequence[Column], width: int) -> tuple[int, ...]:
    """The width of each column in `width` cells, one cell between them; 0 for those that are left out."""
    kept = list(range(len(columns)))
    while len(kept) > 1 and _needed(columns, kept) > width:
        weakest = max(kept, key=lambda index: columns[index].drop)
        if columns[weakest].drop == 0:
            break
        kept.remove(weakest)
    fixed = sum(columns[index].width for index in kept) + len(kept) - 1
    return tuple(
        (columns[index].width or max(0, width - fixed)) if index in kept else 0 for index in range(len(columns))
    )


def _needed(columns: Sequence[Column], kept: Iterable[int]) -> int:
    widths = [columns[index].width or columns[index].least for index in kept]
    return sum(widths) + len(widths) - 1


def lay_out(row: Row, columns: Sequence[Column], width: int) -> list[Cell]:
    """The row as lines of bits no wider than `width`."""
    if len(row.cells) == 1:
        return wrap(row.cells[0], width, row.indent)
    line: list[Bit] = []
    under: list[Bit] = []
    for content, column, room in zip(row.cells, columns, share(columns, width), strict=False):
        if room:
            padded = _padded(content, room, right=column.right)
            line += [*padded, Bit(" ", padded[-1].tone)]
        elif column.below and row.key and width_of(content):
            under += [Bit(" · ", "quiet") if under else Bit(" " * UNDER), *content]
    return [trim(tuple(line[:-1]), width), *(wrap(tuple(under), width, UNDER) if under else ())]


def _padded(content: Cell, room: int, *, right: bool) -> Cell:
    """Blanks have the tone of their neighbour: one run of one style is fewer bytes."""
    kept = trim(content, room) or (Bit("", "quiet"),)
    blanks = " " * (room - width_of(kept))
    return (Bit(blanks, kept[0].tone), *kept) if right else (*kept, Bit(blanks, kept[-1].tone))


def width_of(content: Cell) -> int:
    """Cells that it takes once defused."""
    return sum(cell_len(defuse(bit.text)) for bit in content)


def trim(content: Cell, width: int) -> Cell:
    """At most `width` cells of it, defused; a cut is marked by `…`."""
    safe = tuple(Bit(defuse(bit.text), bit.tone) for bit in content)
    if sum(cell_len(bit.text) for bit in safe) <= width:
        return safe
    kept: list[Bit] = []
    for bit in safe:
        size = cell_len(bit.text)
        if size >= width:
            return (*kept, Bit(cut(bit.text, width), bit.tone))
        kept.append(bit)
        width -= size
    return tuple(kept)


def wrap(content: Cell, width: int, indent: int = 0) -> list[Cell]:
    """The cell broken between words into lines of at most `width` cells; all but the first begin `indent` cells in."""
    indent = indent if indent < width else 0
    lines: list[list[Bit]] = [[]]
    room = width
    for word in _words(content, max(2, width - indent)):
        size = cell_len(word.text)
        if size > room:
            lines.append([Bit(" " * indent)] if indent else [])
            room = width - indent
            if word.text == " ":
                continue
        lines[-1].append(word)
        room -= size
    return [trim(tuple(line), width) for line in lines]


def _words(content: Cell, widest: int) -> Iterator[Bit]:
    for bit in content:
        for index, word in enumerate(defuse(bit.text).split(" ")):
            if index:
                yield Bit(" ", bit.tone)
            rest = word
            while rest:
                piece, rest = chop(rest, widest)
                yield Bit(piece, bit.tone)


def paint(content: Cell, width: int, inks: Inks, base: Style) -> Strip:
    """One line of bits, `width` cells wide, over a base style."""
    segments = [Segment(bit.text, base + inks[bit.tone]) for bit in trim(content, width) if bit.text]
    return Strip(segments).adjust_cell_length(width, base).simplify()


def changed(before: Strip, after: Strip) -> tuple[int, int]:
    """The first cell in which two painted lines differ, and the one behind the last; equal ones have no such cells."""
    if before == after:
        return 0, 0
    old, new = _cells(before), _cells(after)
    if len(old) != len(new):
        return 0, max(len(old), len(new))
    differing = [index for index, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    return (differing[0], differing[-1] + 1) if differing else (0, 0)


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    found: list[tuple[str, Style | None]] = []
    for text, style, _ in strip:
        for char in text:
            found += [(char, style)] + [("", style)] * (cell_len(char) - 1)
    return found


def paint_ends(left: Cell, right: Cell, width: int, inks: Inks, base: Style) -> Strip:
    """One line with something at either end; the left gives way."""
    end = trim(right, width)
    room = max(0, width - width_of(end) - bool(end))
    start = trim(left, room)
    gap = Bit(" " * (width - width_of(start) - width_of(end)))
    return paint((*start, gap, *end), width, inks, base)
