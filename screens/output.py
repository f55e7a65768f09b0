"""The output of a step on the whole screen, with search."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from screens.announcement import Announcement
from screens.follower import Follower, Printed
from screens.outputs import Outputs, Source
from widgets.line import Line, Part
from widgets.output import Output
from widgets.pane import Pane
from widgets.rows import Bit, cell

KEYS = "esc back · / search · n N next, previous · end follows · ← → sideways"
KEPT = 50_000
"""Lines kept here."""


class OutputScreen(Screen[None]):
    """What the attempts of a step print, from what is kept of it to the end, followed."""

    DEFAULT_CSS = """
    OutputScreen Pane { height: 1fr; }
    OutputScreen Output { height: 1fr; }
    """

    def __init__(self, step: str, attempts: Mapping[str, Source], follower: Follower, badge: str) -> None:
        super().__init__()
        self._step = step
        self._badge = badge
        self._attempts = attempts
        self._outputs = Outputs(follower, self)

    def compose(self) -> ComposeResult:
        """One pane and the keys."""
        yield Announcement()
        with Pane():
            yield Output(keep=KEPT)
        line = Line()
        line.parts = (Part(cell(Bit(KEYS, "quiet"))),)
        yield line

    def on_mount(self) -> None:
        """Begin to read."""
        hosts = list(dict.fromkeys(one.host for one in self._attempts.values()))
        where = hosts[0] if len(hosts) == 1 else f"{len(hosts)} hosts"
        self.query_one(Pane).heading = f"Output · {self._step} · {where} · {self._badge}"
        output = self.query_one(Output)
        output.named = len(hosts) > 1
        output.empty = "nothing printed yet"
        output.focus()
        self._outputs.want(self._attempts)

    @on(Printed)
    def _printed(self, message: Printed) -> None:
        message.stop()
        self.query_one(Output).feed(message.host, message.data)

    @on(Output.Followed)
    def _followed(self, message: Output.Followed) -> None:
        message.stop()
        self.query_one(Pane).footing = "following" if message.follows else "scrolled back: end follows again"

    def search(self, pattern: str) -> bool:
        """Go to the nearest line above that holds the pattern."""
        return self.query_one(Output).search(pattern)
