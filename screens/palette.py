"""Any action by its name; what cannot be done now says why."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from screens.actions import Act, Action
from screens.announcement import Announcement
from screens.over import Over
from screens.view import View
from widgets.pane import Pane
from widgets.rows import Bit, Column, Row, cell
from widgets.table import Table

COLUMNS = (Column("", 40), Column("", 7), Column("", least=12, drop=1))


def matching(view: View, actions: tuple[Action, ...], typed: str) -> tuple[Row, ...]:
    """The actions whose name holds every word that was typed; what can be done now comes first."""
    words = typed.casefold().split()
    found = [one for one in actions if all(word in one.palette.casefold() for word in words)]
    told = [(one, one.why_not(view.state, view.login, view.observer)) for one in found]
    told.sort(key=lambda pair: bool(pair[1]))
    return tuple(_row(one, reason) for one, reason in told if one.id != "palette")


def _row(one: Action, reason: str) -> Row:
    if reason:
        return Row(
            (cell(Bit(one.palette, "quiet")), cell(Bit(one.key, "quiet")), cell(Bit(f"not now: {reason}", "quiet")))
        )
    return Row((cell(one.palette), cell(Bit(one.key, "title")), cell(Bit(one.help, "quiet"))), key=one.id)


class Palette(Over[None]):
    """A line to type in, and the actions that fit."""

    DEFAULT_CSS = """
    Palette { align: center top; background: $background 60%; }
    Palette Pane {
        margin-top: 2; width: 92%; max-width: 110; height: auto; max-height: 80%;
        background: $background; padding: 0 1;
    }
    Palette Input { background: $cursor; margin-bottom: 1; }
    Palette Table { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, view: View, actions: tuple[Action, ...]) -> None:
        super().__init__()
        self._view = view
        self._actions = actions

    def compose(self) -> ComposeResult:
        """A line and a table."""
        yield Announcement()
        with Pane() as pane:
            pane.heading = "Palette"
            pane.footing = "type to find · ↑ ↓ move · enter does it · esc closes"
            box = Input(placeholder="hold, sign, roll back …", compact=True)
            box.cursor_blink = False
            yield box
            yield Table(columns=COLUMNS)

    def on_mount(self) -> None:
        """Everything, at first."""
        self.query_one(Table).can_focus = False
        self.query_one(Table).marks = True
        self._find("")

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        self._find(message.value)

    def _find(self, typed: str) -> None:
        table = self.query_one(Table)
        table.rows = matching(self._view, self._actions, typed)
        table.cursor = next(iter(table.keys), "")

    def action_move(self, by: int) -> None:
        """Move among what was found."""
        self.query_one(Table).action_move(by)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._do(self.query_one(Table).cursor)

    @on(Table.Opened)
    def _opened(self, message: Table.Opened) -> None:
        self._do(message.key)

    def _do(self, action: str) -> None:
        if action:
            self.dismiss()
            self.app.post_message(Act(action))
