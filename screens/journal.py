"""Everything that happened, an event a line."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.reactive import reactive
from textual.screen import Screen

from screens.announcement import Announcement
from screens.chronicle import Entry
from screens.panes.past import entry_row
from screens.view import View
from widgets.line import Line, Part
from widgets.pane import Pane
from widgets.rows import Bit, cell
from widgets.table import Table

KEYS = "esc back · / search · j k move · home end first, last · cockpit log has every field"


class JournalScreen(Screen[None]):
    """The journal in words, the newest at the end."""

    DEFAULT_CSS = """
    JournalScreen Pane { height: 1fr; }
    JournalScreen Table { height: 1fr; }
    """

    view: reactive[View] = reactive(View(), repaint=False)

    def compose(self) -> ComposeResult:
        """One pane and the keys."""
        yield Announcement()
        with Pane():
            yield Table()
        line = Line()
        line.parts = (Part(cell(Bit(KEYS, "quiet"))),)
        yield line

    def on_mount(self) -> None:
        """Begin at the end."""
        self.query_one(Table).focus()
        self._show(self.view.entries)

    def watch_view(self, before: View, after: View) -> None:
        """More happened."""
        if self.is_mounted and before.entries != after.entries:
            self._show(after.entries)

    def _show(self, entries: tuple[Entry, ...]) -> None:
        table = self.query_one(Table)
        last = not table.keys or table.cursor in ("", table.keys[-1])
        table.rows = tuple(entry_row(one, numbered=True) for one in entries)
        if last and entries:
            table.cursor = table.keys[-1]
        self.query_one(
            Pane
        ).heading = f"Journal · {len(entries)} last of {self.view.state.seq} events · {self.view.badge}"

    def search(self, pattern: str) -> bool:
        """Go to the nearest event above that holds the pattern; goes round."""
        table = self.query_one(Table)
        keys = table.keys
        at = keys.index(table.cursor) if table.cursor in keys else 0
        entries = self.view.entries
        for step in range(1, len(entries) + 1):
            one = entries[(at - step) % len(entries)]
            if pattern.casefold() in one.text.casefold():
                table.cursor = str(one.seq)
                return True
        return False
