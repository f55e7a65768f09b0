"""A chart that is drawn anew when its series changed, at most once a second; only changed lines are painted."""

from __future__ import annotations

from asyncio import TimerHandle
from itertools import zip_longest
from time import monotonic

from textual.reactive import reactive
from textual.strip import Strip

from widgets.delay import after
from widgets.drawn import Drawn
from widgets.plot import Plot, draw
from widgets.rows import Cell, paint

FRAME = 1.0
"""Seconds between two drawings."""


class Chart(Drawn):
    """A plot, as large as the widget. `drawn` counts how often it was drawn."""

    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; overflow: hidden; }
    """

    plot: reactive[Plot] = reactive(Plot(), repaint=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._lines: list[Cell] = []
        self._due: TimerHandle | None = None
        self._last = 0.0
        self.drawn = 0

    def on_resize(self) -> None:
        """Draw for another size at once."""
        self._draw()
        self.refresh()

    def on_show(self) -> None:
        """Draw what changed while it was not seen."""
        self._draw()

    def watch_plot(self) -> None:
        """Draw soon."""
        if self._due is None and self.is_mounted:
            wait = self._last + FRAME - monotonic()
            self._due = after(max(0.0, wait), self, self._draw)

    def _draw(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        width, height = self.size
        if not self.is_on_screen or width <= 0 or height <= 0:
            return
        self._last = monotonic()
        self.drawn += 1
        before, self._lines = self._lines, draw(self.plot, width, height)
        for y, (old, new) in enumerate(zip_longest(before, self._lines, fillvalue=())):
            if old != new:
                self.refresh_changed(y, self._paint(old), self._paint(new))

    def render_line(self, y: int) -> Strip:
        """One line of the chart."""
        return self._paint(self._lines[y] if y < len(self._lines) else ())

    def _paint(self, line: Cell) -> Strip:
        return paint(line, self.size.width, self.inks, self.paper)
