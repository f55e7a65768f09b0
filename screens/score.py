"""How a rehearsal went, once it has ended."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen

from cockpit.report.score import Score
from screens.announcement import Announcement
from screens.panes.score import COLUMNS, scored
from widgets.line import Line, Part
from widgets.pane import Pane
from widgets.rows import Bit, cell
from widgets.table import Table

KEYS = "esc back · j k pageup pagedown scroll"


class ScoreScreen(Screen[None]):
    """One score, to be read."""

    DEFAULT_CSS = """
    ScoreScreen { background: $background; }
    ScoreScreen Pane { height: 1fr; padding: 0 1; }
    ScoreScreen Table { height: 1fr; }
    """

    def __init__(self, score: Score) -> None:
        super().__init__()
        self._score = score

    def compose(self) -> ComposeResult:
        """One pane and the keys."""
        yield Announcement()
        with Pane() as pane:
            scenario = f" · scenario {self._score.scenario}" if self._score.scenario else ""
            pane.heading = f"Score · {self._score.release}{scenario}"
            yield Table(scored(self._score), COLUMNS)
        line = Line()
        line.parts = (Part(cell(Bit(KEYS, "quiet"))),)
        yield line

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(Table).focus()
