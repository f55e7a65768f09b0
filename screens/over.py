"""A screen over another one that is seen behind it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, ScreenResultType


class Over(ModalScreen[ScreenResultType]):
    """Asks or tells something; what is behind it stays where it is, though this one has a frame of its own."""

    def render(self) -> RenderableType:
        """What is behind."""
        under = super().render()
        left = self.gutter.left
        return _Behind(under, left) if left and isinstance(under, BackgroundScreen) else under


class _Behind(BackgroundScreen):
    """The screen behind, without the cells that this one's frame covers."""

    def __init__(self, under: BackgroundScreen, left: int) -> None:
        super().__init__(under.screen, under.color)
        self._left = left

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Its lines, dimmed."""
        for strip in self.screen._compositor.render_strips():  # noqa: SLF001  as Textual does it
            seen = strip.crop(self._left, self._left + options.max_width)
            yield from self.process_segments(seen, self.color)
            yield Segment.line()
