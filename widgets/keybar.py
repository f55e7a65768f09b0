"""The footer: keys and what they do; those that do nothing now are quiet."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from widgets.drawn import Drawn
from widgets.rows import Bit, Cell, paint, width_of


@dataclass(frozen=True)
class Key:
    """A key, what it does, the action's id, and whether it does that now. `stays`: it is shown before all others."""

    key: str
    label: str
    action: str
    enabled: bool = True
    stays: bool = False


class KeyBar(Drawn):
    """One line of keys, as many as fit; the last one and those that stay go last."""

    DEFAULT_CSS = """
    KeyBar { height: 1; overflow: hidden; padding: 0 1; }
    """

    keys: reactive[tuple[Key, ...]] = reactive(())

    class Pressed(Message):
        """A key of the footer was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def render_line(self, y: int) -> Strip:
        """The keys that fit."""
        content: Cell = tuple(bit for _, bits in self._placed() for bit in bits) if not y else ()
        return paint(content, self.size.width, self.inks, self.paper)

    def _placed(self) -> list[tuple[Key, Cell]]:
        room = self.size.width
        drawn = [(key, _drawn(key)) for key in self.keys]
        while len(drawn) > 1 and sum(width_of(bits) for _, bits in drawn) > room:
            del drawn[min(range(len(drawn) - 1), key=lambda at: (drawn[at][0].stays, drawn[at][0].enabled, -at))]
        return drawn

    def on_click(self, event: events.Click) -> None:
        """A click on a key is that key."""
        at = event.x - self.styles.padding.left
        for key, bits in self._placed():
            at -= width_of(bits)
            if at < 0:
                self.post_message(self.Pressed(key.action))
                return


def _drawn(key: Key) -> Cell:
    return (
        Bit(key.key, "title" if key.enabled else "quiet"),
        Bit(" "),
        Bit(key.label, "plain" if key.enabled else "quiet"),
        Bit("  "),
    )
