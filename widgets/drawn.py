"""The base of what draws lines of text in tones."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Offset, Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.inks import Inks, cursor, inks
from widgets.rows import changed


class Drawn(ScrollView, can_focus=False, inherit_bindings=False):
    """A Line API widget whose lines are bits of tones; subclasses implement `render_line`."""

    DEFAULT_CSS = """
    Drawn {
        background: transparent;
        overflow-x: hidden;
        scrollbar-size: 0 1;
    }
    """

    @property
    def inks(self) -> Inks:
        """The style of each tone, as the theme has it."""
        return inks(self.app.theme_variables)

    @property
    def cursor_ink(self) -> Style:
        """The style of the line under the cursor, as the theme has it."""
        return cursor(self.app.theme_variables)

    def refresh_changed(self, y: int, before: Strip, after: Strip) -> None:
        """Paint again only what differs between two paintings of the line `y`: every byte goes over a thin line."""
        start, end = changed(before, after)
        if start < end:
            self.refresh(Region(start, y, end - start, 1).translate(self.content_offset))

    @property
    def content_offset(self) -> Offset:
        """Where the content begins in the widget."""
        return Offset(self.gutter.left, self.gutter.top)

    @property
    def paper(self) -> Style:
        """The style under every line."""
        return self.rich_style
