"""Tiles of metrics: what is measured, what is said of it, and its last samples. Only lines that changed are painted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from widgets.curve import Curve, braille
from widgets.drawn import Drawn
from widgets.rows import Bit, Cell, paint, trim, width_of

TEXT = 2
"""Lines of text in a tile."""

WIDEST = 36
"""A second column of tiles begins where each has at least so many cells."""

GAP = 2
"""Cells between two columns of tiles."""

LEAST = 4
"""Cells that are kept of a title."""

TALLEST = 4
"""The most lines that a curve takes."""


@dataclass(frozen=True)
class Tile:
    """A metric: a line with what stands at its right end, another one, and the curve under them."""

    key: str
    head: Cell
    verdict: Cell
    note: Cell
    aside: Cell
    curve: Curve


class Tiles(Drawn, can_focus=True):
    """Tiles under and beside each other; their curves are as high as there is room for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("enter", "open", show=False),
    ]

    DEFAULT_CSS = """
    Tiles { height: 1fr; padding: 0 1; }
    """

    tiles: reactive[tuple[Tile, ...]] = reactive((), repaint=False)

    class Opened(Message):
        """Somebody wants to see more of it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._lines: list[Cell] = []

    def on_resize(self) -> None:
        """Draw anew for another size."""
        self._arrange(everything=True)

    def watch_tiles(self) -> None:
        """Paint what changed."""
        self._arrange()

    def action_move(self, by: int) -> None:
        """Scroll by lines."""
        self.scroll_relative(y=by, animate=False)

    def action_open(self) -> None:
        """See more."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """The same."""
        event.stop()
        self.post_message(self.Opened())

    def render_line(self, y: int) -> Strip:
        """One line of one or more tiles."""
        index = y + self.scroll_offset.y
        return self._paint(self._lines[index] if index < len(self._lines) else ())

    def _paint(self, line: Cell) -> Strip:
        return paint(line, self.scrollable_size.width, self.inks, self.paper)

    def _arrange(self, *, everything: bool = False) -> None:
        width, height = self.scrollable_size
        if not self.is_mounted or width <= 0:
            return
        before, self._lines = self._lines, laid_out(self.tiles, width, height)
        size = Size(width, len(self._lines))
        if size != self.virtual_size:
            self.virtual_size = size
        for index, (old, new) in enumerate(zip_longest(before, self._lines)):
            if everything or old is None or new is None:
                self.refresh_line(index)
            elif old != new:
                self.refresh_changed(index - self.scroll_offset.y, self._paint(old), self._paint(new))


def laid_out(tiles: tuple[Tile, ...], width: int, height: int) -> list[Cell]:
    """All tiles as lines of so many cells; `height` lines are in sight."""
    columns = max(1, min(len(tiles), (width + GAP) // (WIDEST + GAP)))
    room = (width - GAP * (columns - 1)) // columns
    rows = -(-len(tiles) // columns)
    each = height // rows if rows else 0
    spaced = each > TEXT + 2
    tall = max(1, min(TALLEST, each - TEXT - spaced))
    drawn = [lines_of(tile, room, tall) for tile in tiles]
    found: list[Cell] = []
    for first in range(0, len(drawn), columns):
        beside = drawn[first : first + columns]
        found += [_beside(line, room) for line in zip(*beside, strict=True)]
        if spaced:
            found.append(())
    return found


def _beside(cells: tuple[Cell, ...], room: int) -> Cell:
    line: list[Bit] = []
    for number, content in enumerate(cells):
        line += [Bit(" " * GAP)] if number else []
        line += [*content, Bit(" " * (room - width_of(content)))] if number < len(cells) - 1 else content
    return tuple(line)


def lines_of(tile: Tile, width: int, tall: int) -> list[Cell]:
    """The lines of one tile."""
    room = width - width_of(tile.verdict) - bool(tile.verdict)
    head = ends(shorter(tile.head, room), tile.verdict, width)
    return [head, ends(tile.note, tile.aside, width), *braille(tile.curve, width, tall)]


def shorter(head: Cell, width: int) -> Cell:
    """A title and its value in so many cells; the title gives way, a value never stands without its unit."""
    if not head or width_of(head) <= width:
        return head
    title, _, *value = head
    return (*trim((title,), max(LEAST, width - width_of(tuple(value)) - 1)), Bit(" "), *value)


def ends(left: Cell, right: Cell, width: int) -> Cell:
    """Something at either end of a line; the left gives way."""
    end = trim(right, width)
    start = trim(left, max(0, width - width_of(end) - bool(end)))
    return (*start, Bit(" " * (width - width_of(start) - width_of(end))), *end) if end else start
