"""What every app of ours wears: themes, no animation, and an end with its terminal."""

from __future__ import annotations

import os
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from screens.dialogs.dialog import Dialog
from screens.terminal import ends_with_terminal
from screens.theme import NIGHT, OWN, SIXTEEN, suited

ResultT = TypeVar("ResultT")

TINY = (40, 14)
"""Columns and lines below which a screen has no frame."""


class DressedApp(App[ResultT], Generic[ResultT], inherit_bindings=False):
    """An app in our colours; `theme`: empty for what the terminal can. Keys too early for a dialog are dropped."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "cockpit"

    DEFAULT_CSS = """
    DressedApp.-rehearsal Screen {
        border-left: outer $rehearsal; border-right: outer $rehearsal; border-bottom: outer $rehearsal;
    }
    DressedApp.-rehearsal.-tiny Screen { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c,ctrl+q", "quit", show=False, priority=True)]

    def __init__(self, theme: str = "") -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self._wanted = theme

    def on_mount(self) -> None:
        """Dress."""
        self.animation_level = "none"
        for theme in (NIGHT, SIXTEEN):
            self.register_theme(theme)
        self.theme = self._wanted or suited(None if self.no_color else self.console.color_system)
        ends_with_terminal(self)

    def on_resize(self, event: events.Resize) -> None:
        """Frame no screen that is too small for it."""
        self.set_class(event.size.height < TINY[1] or event.size.width < TINY[0], "-tiny")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Variables of ours, for themes that do not know them."""
        return dict(OWN)

    async def on_event(self, event: events.Event) -> None:
        """Keep early keys from dialogs."""
        top = self.screen_stack[-1] if self.screen_stack else None
        pressed = isinstance(event, events.Key | events.Paste | events.MouseDown) and not event.is_forwarded
        if pressed and isinstance(top, Dialog) and top.ignores(event.time):
            return
        if pressed and isinstance(top, Dialog) and isinstance(event, events.Key) and top.takes(event):
            return
        await super().on_event(event)
