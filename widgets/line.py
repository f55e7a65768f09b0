"""One line of text: parts joined from the left, and one at the right end."""

from __future__ import annotations

from dataclasses import dataclass

from textual.reactive import reactive
from textual.strip import Strip

from widgets.drawn import Drawn
from widgets.rows import Bit, Cell, paint_ends, width_of


@dataclass(frozen=True)
class Part:
    """A part of a line. Where room is short the highest `drop` goes first; 0 always stays."""

    content: Cell
    drop: int = 0


class Line(Drawn):
    """Parts joined by `joint`, and what stands at the right end."""

    DEFAULT_CSS = """
    Line { height: 1; overflow: hidden; padding: 0 1; }
    """

    parts: reactive[tuple[Part, ...]] = reactive((), repaint=False)
    end: reactive[Cell] = reactive((), repaint=False)

    def __init__(self, *, joint: str = " · ", id: str | None = None) -> None:  # noqa: A002  Textual's name
        super().__init__(id=id)
        self._joint = Bit(joint, "quiet")
        self._painted = Strip([])

    def watch_parts(self) -> None:
        """Paint what changed."""
        self._repaint()

    def watch_end(self) -> None:
        """The same."""
        self._repaint()

    def _repaint(self) -> None:
        if self.is_mounted and self.size.width:
            before = self._painted
            self.refresh_changed(0, before, self.render_line(0))

    def render_line(self, y: int) -> Strip:
        """The line; nothing under it."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.paper)
        room = width - width_of(self.end) - bool(self.end)
        self._painted = paint_ends(join(self.parts, self._joint, room), self.end, width, self.inks, self.paper)
        return self._painted


def join(parts: tuple[Part, ...], joint: Bit, room: int) -> Cell:
    """The parts that fit into so many cells, joined."""
    kept = [part for part in parts if part.content]
    while len(joined := _joined(kept, joint)) and width_of(joined) > room:
        weakest = max(kept, key=lambda part: part.drop)
        if not weakest.drop:
            break
        kept.remove(weakest)
    return joined


def _joined(parts: list[Part], joint: Bit) -> Cell:
    bits: list[Bit] = []
    for part in parts:
        bits += [*([joint] if bits else []), *part.content]
    return tuple(bits)
