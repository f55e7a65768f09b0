"""Rows in columns, with a cursor over those that stand for something. Only rows that changed are painted again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from widgets.drawn import Drawn
from widgets.rows import Bit, Cell, Column, Row, lay_out, paint, trim

MARK = "›"  # noqa: RUF001  the mark of a prompt
"""Stands before the row under the cursor, so that it is seen without colour."""


@dataclass(frozen=True)
class _Line:
    key: str
    content: Cell
    head: bool


class Table(Drawn, can_focus=True):
    """Rows, laid out for the width there is. `cursor`: the key of the row under it; `follow`: one to keep in sight.

    `marks`: the cursor is seen even while keys go elsewhere.
    """

    DEFAULT_CSS = """
    Table { scrollbar-gutter: stable; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-1000000)", show=False),
        Binding("end", "move(1000000)", show=False),
        Binding("enter", "open", show=False),
    ]

    rows: reactive[tuple[Row, ...]] = reactive((), repaint=False)
    columns: reactive[tuple[Column, ...]] = reactive((Column(),), repaint=False)
    cursor: reactive[str] = reactive("", repaint=False)
    follow: reactive[str] = reactive("", repaint=False)
    marks: reactive[bool] = reactive(False)

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, table: Table, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> Table:
            """The table."""
            return self.table

    class Opened(Moved):
        """A row was opened."""

    def __init__(
        self,
        rows: Sequence[Row] = (),
        columns: Sequence[Column] = (Column(),),
        *,
        cursor: str = "",
        id: str | None = None,  # noqa: A002  Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[_Line] = []
        self._width = 0
        self.set_reactive(Table.rows, tuple(rows))
        self.set_reactive(Table.columns, tuple(columns))
        self.set_reactive(Table.cursor, cursor)

    @property
    def keys(self) -> list[str]:
        """The keys that the cursor can be on, from top to bottom."""
        return [row.key for row in self.rows if row.key]

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002  Textual's
        """All there is."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  Textual's
        """As many lines as the rows take at this width."""
        return max(1, len(self._laid_out(width - self.scrollbar_gutter.width)))

    def on_resize(self) -> None:
        """Lay out anew for another width."""
        self._arrange(everything=True)

    def watch_rows(self) -> None:
        """Paint what changed."""
        if self.cursor and self.cursor not in self.keys:
            self.cursor = ""
        self._arrange()

    def watch_columns(self) -> None:
        """Lay out anew."""
        self._arrange(everything=True)

    def watch_follow(self) -> None:
        """Keep what is followed in sight."""
        self._show(self.follow)

    def watch_cursor(self, before: str, after: str) -> None:
        """Paint the two rows concerned, and keep the cursor in sight."""
        for line, each in enumerate(self._lines):
            if each.key and each.key in (before, after):
                self.refresh_line(line)
        self._show(after)
        if after:
            self.post_message(self.Moved(self, after))

    def watch_has_focus(self, focus: bool) -> None:
        """The cursor's mark shows only where keys go."""
        super().watch_has_focus(focus)
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows; without rows to stand on, scroll."""
        keys = self.keys
        if not keys:
            self.scroll_relative(y=max(-10, min(10, by)), animate=False)
            return
        down = by > 0
        at = keys.index(self.cursor) if self.cursor in keys else self._before(keys, down=down)
        self.cursor = keys[max(0, min(len(keys) - 1, at + by))]

    def _before(self, keys: list[str], *, down: bool) -> int:
        """What is followed is where one stands; else the first key goes to the first row from that side."""
        return keys.index(self.follow) if self.follow in keys else -1 if down else len(keys)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a row under the cursor, enter belongs to whoever is above."""
        return bool(self.cursor) if action == "open" else super().check_action(action, parameters)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.cursor:
            self.post_message(self.Opened(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; a second one opens."""
        line = event.y + self.scroll_offset.y
        if not 0 <= line < len(self._lines) or not (key := self._lines[line].key):
            return
        if key == self.cursor:
            self.action_open()
        self.cursor = key

    def render_line(self, y: int) -> Strip:
        """One line, with the cursor's mark before it."""
        index = y + self.scroll_offset.y
        width = self.scrollable_size.width
        if index >= len(self._lines):
            return Strip.blank(width, self.paper)
        return self._paint(self._lines[index], width)

    def _paint(self, line: _Line, width: int) -> Strip:
        base = self.paper
        marked = bool(self.cursor) and line.key == self.cursor and (self.has_focus or self.marks)
        if marked:
            base += self.cursor_ink
        mark = Bit(MARK if marked and line.head else " ", "busy")
        return paint((mark, *line.content), width, self.inks, base)

    def _laid_out(self, width: int) -> list[_Line]:
        lines: list[_Line] = []
        for row in self.rows:
            for number, content in enumerate(lay_out(row, self.columns, max(1, width - 1))):
                lines.append(_Line(row.key, trim(content, max(1, width - 1)), number == 0))
        return lines

    def _arrange(self, *, everything: bool = False) -> None:
        width = self.scrollable_size.width
        if not self.is_mounted or width <= 0:
            return
        before, self._lines = self._lines, self._laid_out(width)
        size = Size(width, len(self._lines))
        if size != self.virtual_size:
            self.virtual_size = size
            if self.styles.is_auto_height:
                self.refresh(layout=True)
        for index, (old, new) in enumerate(zip_longest(before, self._lines)):
            if everything or old is None or new is None:
                self.refresh_line(index)
            elif old != new:
                self.refresh_changed(index - self.scroll_offset.y, self._paint(old, width), self._paint(new, width))
        self._show(self.cursor or self.follow)

    def _show(self, key: str) -> None:
        lines = [index for index, each in enumerate(self._lines) if key and each.key == key]
        if not lines or not self.size.height:
            return
        top, height = self.scroll_offset.y, self.size.height
        if lines[0] < top:
            self.scroll_to(y=lines[0], animate=False, force=True)
        elif lines[-1] >= top + height:
            self.scroll_to(y=min(lines[0], lines[-1] - height + 1), animate=False, force=True)
