"""What commands print, line by line, with the host before it; at most ten frames a second, however much comes."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from widgets.defuse import chop, defuse, fit
from widgets.delay import after
from widgets.drawn import Drawn
from widgets.ring import KEEP, OutputLine, Ring
from widgets.rows import Bit, Cell, paint

FRAME = 0.1
"""Seconds between two paintings."""


class Output(Drawn, can_focus=True):
    """The last lines of several hosts. It follows the end until somebody scrolls up and as soon as they are back.

    It scrolls by itself, by the index of its `top` line: Textual's scrolling would lay out the whole screen for a line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "top", show=False),
        Binding("end,G", "bottom", show=False),
        Binding("left", "shift(-8)", show=False),
        Binding("right", "shift(8)", show=False),
        Binding("n", "search(1)", show=False),
        Binding("N", "search(-1)", show=False),
    ]

    top: reactive[int] = reactive(0)
    follows: reactive[bool] = reactive(True, repaint=False)
    shift: reactive[int] = reactive(0)
    pattern: reactive[str] = reactive("")
    named: reactive[bool] = reactive(True)
    empty: reactive[str] = reactive("")

    class Followed(Message):
        """Whether the end is followed changed."""

        def __init__(self, output: Output, follows: bool) -> None:
            super().__init__()
            self.output = output
            self.follows = follows

    def __init__(self, *, keep: int = KEEP, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._ring = Ring(keep)
        self._keep = keep
        self._dropped = 0
        self._due = False
        self._found: int | None = None

    @property
    def last_top(self) -> int:
        """The index of the top line when the end is in sight."""
        return max(0, len(self._ring) - self.size.height)

    def clear(self, empty: str = "") -> None:
        """Forget every line; `empty` is said where there are none."""
        self._ring, self._dropped, self._found = Ring(self._keep), 0, None
        self.follows, self.shift, self.top, self.empty = True, 0, 0, empty
        self.refresh()

    def feed(self, host: str, data: bytes) -> None:
        """More bytes that a host printed."""
        self._ring.feed(host, data)
        if not self._due:
            self._due = True
            after(FRAME, self, self._paint)

    def on_resize(self) -> None:
        """Stay at the end."""
        self._paint()

    def _paint(self) -> None:
        self._due = False
        first = self._ring.settle() - self._ring.dropped
        gone, self._dropped = self._ring.dropped - self._dropped, self._ring.dropped
        self.top = self.last_top if self.follows else max(0, min(self.top - gone, self.last_top))
        if gone:
            self.refresh()
        elif first < self.top + self.size.height:
            start = max(0, first - self.top)
            self.refresh_lines(start, self.size.height - start)

    def validate_top(self, top: int) -> int:
        """Never above the first or below the last line."""
        return max(0, min(top, self.last_top))

    def _go(self, top: int) -> None:
        self.top = top
        self.follows = self.top >= self.last_top

    def watch_follows(self, follows: bool) -> None:
        """Say so."""
        self.post_message(self.Followed(self, follows))

    def on_mouse_scroll_up(self) -> None:
        """The wheel scrolls by three lines."""
        self._go(self.top - 3)

    def on_mouse_scroll_down(self) -> None:
        """The same, downwards."""
        self._go(self.top + 3)

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self._go(self.top + lines)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self._go(self.top + pages * max(1, self.size.height - 1))

    def action_top(self) -> None:
        """To the first line kept."""
        self._go(0)

    def action_bottom(self) -> None:
        """To the end, and follow it."""
        self._go(self.last_top)

    def action_shift(self, cells: int) -> None:
        """Look further to the right, or back."""
        self.shift = max(0, self.shift + cells)

    def action_search(self, way: int) -> None:
        """To the next (1) or the previous (-1) line that holds the pattern."""
        self.search(self.pattern, way)

    def search(self, pattern: str, way: int = -1) -> bool:
        """Go to the nearest line that holds the pattern, whatever its case, round the ends; whether there is one."""
        if pattern != self.pattern:
            self.pattern, self._found = pattern, None
        lines, wanted = self._ring.part(0, len(self._ring)), pattern.casefold()
        total = len(lines)
        start = self._at() if self._found is not None else (total if way < 0 else -1)
        for step in range(1, total + 1):
            index = (start + way * step) % total
            if wanted and wanted in lines[index].text.casefold():
                self._found = lines[index].number
                self._go(index - self.size.height // 2)
                self.refresh()
                return True
        return False

    def _at(self) -> int:
        return (self._found or 0) - self._ring.dropped

    def render_line(self, y: int) -> Strip:
        """One line of a host."""
        width, base = self.size.width, self.paper
        index = y + self.top
        if index >= len(self._ring):
            note = (Bit(f" {self.empty}", "quiet"),) if y == 0 and not self._ring else ()
            return paint(note, width, self.inks, base)
        line = self._ring[index]
        if line.number == self._found:
            base += self.cursor_ink
        return self._draw(line, width, base)

    def _draw(self, line: OutputLine, width: int, base: Style) -> Strip:
        rest = chop(line.text, self.shift)[1] if self.shift else line.text
        return paint((*self._host(line.source), *_marked(rest, self.pattern)), width, self.inks, base)

    def _host(self, source: str) -> Cell:
        if not self.named:
            return (Bit(" "),)
        return (Bit(f" {fit(defuse(source), 16)}", "title"), Bit(" │ ", "quiet"))


def _marked(text: str, pattern: str) -> Cell:
    at = text.casefold().find(pattern.casefold()) if pattern else -1
    if at < 0:
        return (Bit(text),)
    end = at + len(pattern)
    return (Bit(text[:at]), Bit(text[at:end], "warn"), Bit(text[end:]))
