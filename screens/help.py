"""What the keys do here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from screens.actions import Action, shown_key
from screens.announcement import Announcement
from screens.over import Over
from screens.view import View
from widgets.output import Output
from widgets.pane import Pane
from widgets.rows import Bit, Column, Row, cell, text_row
from widgets.table import Table

COLUMNS = (Column("", 9), Column("", 12), Column("", least=20))

MOVES = (
    ("↑ k · ↓ j", "move", "the cursor, or scroll"),
    ("enter", "open", "what is under the cursor"),
    ("tab", "next pane", ""),
)
IN_OUTPUT = (
    ("↑ k · ↓ j", "scroll", "by a line; pageup and pagedown by a page"),
    ("end · G", "follow", "the end again"),
    ("← · →", "sideways", "long lines"),
    ("/ · n · N", "search", "then to the next and the previous place"),
)


def keys_of(focused: Widget | None) -> tuple[tuple[str, str, str], ...]:
    """The keys of what is focused: key, word, explanation."""
    return IN_OUTPUT if isinstance(focused, Output) else MOVES


def rows(view: View, actions: tuple[Action, ...], local: tuple[tuple[str, str, str], ...]) -> Iterator[Row]:
    """Keys of what is focused, then every action, with the reason where it cannot be done now."""
    yield text_row(Bit("here", "title"))
    for key, word, text in local:
        yield Row((cell(Bit(key, "strong")), cell(word), cell(Bit(text, "quiet"))))
    group = ""
    order = ("rehearsal", *ORDER) if view.rehearsed else (*ORDER, "rehearsal")
    for one in sorted(actions, key=lambda one: order.index(one.palette.split(":")[0])):
        if one.palette.split(":")[0] != group:
            group = one.palette.split(":")[0]
            yield text_row("")
            yield text_row(Bit(group, "title"))
        yield _row(view, one)


ORDER = ("release", "rule", "gate", "host", "step", "checklist", "view")


def _row(view: View, one: Action) -> Row:
    keys = " · ".join(shown_key(key) for key in one.keys.split(","))
    reason = one.why_not(view.state, view.login, view.observer)
    if reason:
        return Row((cell(Bit(keys, "quiet")), cell(Bit(one.label, "quiet")), cell(Bit(f"not now: {reason}", "quiet"))))
    return Row((cell(Bit(keys, "strong")), cell(one.label), cell(Bit(one.help, "plain"))))


class Help(Over[None]):
    """The keys of what was focused, and all actions."""

    DEFAULT_CSS = """
    Help { align: center middle; background: $background 60%; }
    Help Pane { width: 92%; max-width: 100; height: auto; max-height: 94%; background: $background; padding: 0 1; }
    Help Table { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss", show=False)]

    def __init__(self, view: View, actions: tuple[Action, ...], local: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__()
        self._rows = tuple(rows(view, actions, local))

    def compose(self) -> ComposeResult:
        """One pane."""
        yield Announcement()
        with Pane() as pane:
            pane.heading = "Help"
            pane.footing = "esc closes · j k scroll"
            yield Table(self._rows, COLUMNS)
