"""What commands print, line by line, with the host before it; at most ten frames a second, however much comes."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from widgets.defuse import chop, defuse, fit
from widgets.drawn import Drawn
from widgets.ring import KEEP, OutputLine, Ring
from widgets.rows import Bit, Cell, paint

FRAME = 0.1
"""Seconds between two paintings."""


class Output(Drawn, can_focus=True):
    """The last lines of several hosts. It follows the end until somebody scrolls up and as soon as they are back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", show=False),
        Binding("down,j", "scroll_by(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "top", show=False),
        Binding("end,G", "bottom", show=False),
        Binding("left", "shift(-8)", show=False),
        Binding("right", "shift(8)", show=False),
        Binding("n", "search(1)", show=False),
        Binding("N", "search(-1)", show=False),
    ]

    follows: reactive[bool] = reactive(True)
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

    def clear(self, empty: str = "") -> None:
        """Forget every line; `empty` is said where there are none."""
        self._ring, self._dropped, self._found = Ring(self._keep), 0, None
        self.follows, self.shift, self.empty = True, 0, empty
        self.virtual_size = Size(self.size.width, 0)
        self.refresh()

    def feed(self, host: str, data: bytes) -> None:
        """More bytes that a host printed."""
        self._ring.feed(host, data)
        if not self._due:
            self._due = True
            self.set_timer(FRAME, self._paint)

    def on_resize(self) -> None:
        """Stay at the end."""
        self._paint()

    def _paint(self) -> None:
        self._due = False
        touched = self._ring.settle() - self._ring.dropped
        gone, self._dropped = self._ring.dropped - self._dropped, self._ring.dropped
        before, top = self.virtual_size, self.scroll_offset.y
        self.virtual_size = Size(self.size.width, len(self._ring))
        if self.follows:
            self.scroll_to(y=self.max_scroll_y, animate=False)
        elif gone:
            self.scroll_to(y=max(0, top - gone), animate=False)
        if gone or self.scroll_offset.y != top or not before.height:
            self.refresh()
        else:
            first, bottom = max(touched, top), top + self.size.height
            if first < bottom:
                self.refresh_lines(first, bottom - first)

    def watch_follows(self, follows: bool) -> None:
        """Say so."""
        self.post_message(self.Followed(self, follows))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end only while it is in sight."""
        super().watch_scroll_y(old_value, new_value)
        if not self._due or new_value < old_value:
            self.follows = round(new_value) >= self.max_scroll_y

    def action_scroll_by(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)

    def action_top(self) -> None:
        """To the first line kept."""
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        """To the end, and follow it."""
        self.follows = True
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def action_shift(self, cells: int) -> None:
        """Look further to the right, or back."""
        self.shift = max(0, self.shift + cells)

    def action_search(self, way: int) -> None:
        """To the next (1) or the previous (-1) line that holds the pattern."""
        self.search(self.pattern, way)

    def search(self, pattern: str, way: int = -1) -> bool:
        """Go to the nearest line that holds the pattern, whatever its case, round the ends; whether there is one."""
        self.pattern = pattern
        total = len(self._ring)
        start = self._at() if self._found is not None else (total if way < 0 else -1)
        wanted = pattern.casefold()
        lines = self._ring.part(0, total)
        for step in range(1, total + 1):
            index = (start + way * step) % total
            if wanted and wanted in lines[index].text.casefold():
                self._found = lines[index].number
                self.follows = False
                self.scroll_to(y=max(0, index - self.size.height // 2), animate=False)
                self.refresh()
                return True
        return False

    def _at(self) -> int:
        return (self._found or 0) - self._ring.dropped

    def render_line(self, y: int) -> Strip:
        """One line of a host."""
        width, base = self.scrollable_size.width, self.paper
        index = y + self.scroll_offset.y
        if index >= len(self._ring):
            note = (Bit(f" {self.empty}", "quiet"),) if y == 0 and not self._ring else ()
            return paint(note, width, self.inks, base)
        line = self._ring[index]
        if line.number == self._found:
            base += self.get_component_rich_style("ink--cursor", partial=True)
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
