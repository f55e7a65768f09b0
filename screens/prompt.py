"""One line to be typed at the bottom of the screen."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from screens.announcement import Announcement
from screens.over import Over
from widgets.line import Line, Part
from widgets.rows import Bit, cell


@runtime_checkable
class Searchable(Protocol):
    """A screen with something to search in."""

    def search(self, pattern: str) -> bool:
        """Go to the nearest place that holds the pattern; whether there is one."""
        ...


class Prompt(Over[str]):
    """Asks for a text; escape gives none."""

    DEFAULT_CSS = """
    Prompt { align: left bottom; background: transparent; }
    Prompt Horizontal { height: 1; background: $panel; }
    Prompt Line { width: 14; }
    Prompt Input { width: 1fr; background: $cursor; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", show=False)]

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label

    def compose(self) -> ComposeResult:
        """A label and a line."""
        yield Announcement()
        with Horizontal():
            line = Line()
            line.parts = (Part(cell(Bit(self._label, "title"))),)
            yield line
            box = Input(compact=True)
            box.cursor_blink = False
            yield box

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        self.dismiss(message.value)
