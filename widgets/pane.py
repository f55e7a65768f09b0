"""A bordered part of the screen with a title."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive

from widgets.defuse import defuse


class Pane(Vertical):
    """What is in it has a border and a title; the border is bright while keys go there."""

    DEFAULT_CSS = """
    Pane {
        border: round $line;
        border-title-color: $quiet;
        border-subtitle-color: $quiet;
        &:focus-within { border: round $primary; border-title-color: $primary; border-title-style: bold; }
    }
    """

    heading: reactive[str] = reactive("", repaint=False)
    footing: reactive[str] = reactive("", repaint=False)

    def watch_heading(self, heading: str) -> None:
        """Show it on the border, never as markup."""
        self.border_title = Content(f" {defuse(heading)} ") if heading else None

    def watch_footing(self, footing: str) -> None:
        """Show it on the lower border, never as markup."""
        self.border_subtitle = Content(f" {defuse(footing)} ") if footing else None
