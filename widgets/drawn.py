"""The base of what draws lines of text in tones."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.geometry import Offset, Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.looks import TONES
from widgets.rows import Inks, changed


class Drawn(ScrollView, can_focus=False, inherit_bindings=False):
    """A Line API widget whose lines are bits of tones; subclasses implement `render_line`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ink--{tone}" for tone in (*TONES, "cursor")}

    DEFAULT_CSS = """
    Drawn {
        background: transparent;
        overflow-x: hidden;
        scrollbar-size: 0 1;
        & > .ink--quiet { color: $quiet; }
        & > .ink--strong { text-style: bold; }
        & > .ink--title { color: $primary; text-style: bold; }
        & > .ink--good { color: $success; }
        & > .ink--bad { color: $error; text-style: bold; }
        & > .ink--warn { color: $warning; }
        & > .ink--busy { color: $accent; text-style: bold; }
        & > .ink--limit { color: $limit; }
        & > .ink--played { color: $rehearsal; text-style: bold; }
        & > .ink--cursor { background: $cursor; }
    }
    """

    @property
    def inks(self) -> Inks:
        """The style of each tone, as the theme has it."""
        return {tone: self.get_component_rich_style(f"ink--{tone}", partial=True) for tone in TONES}

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
