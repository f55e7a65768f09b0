"""A fault to throw: what, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from cockpit.release.events import FaultKind
from cockpit.release.intents import Throw
from cockpit.release.practice import LASTS, ON_HOSTS, ON_METRICS, ON_SIGNERS
from cockpit.units import format_duration
from screens.announcement import Announcement
from screens.dialogs.gate import refusal
from screens.faults import GROUPS, KINDS, Place, places
from screens.over import Over
from screens.view import View
from widgets.line import Line, Part
from widgets.pane import Pane
from widgets.rows import Bit, Column, Row, cell, text_row
from widgets.table import Table

COLUMNS = (Column("", 15), Column("", least=22, drop=1), Column("", 20))


class FaultList(Over[Throw | None]):
    """Every kind of fault in words; enter throws the one under the cursor, where it is said to."""

    DEFAULT_CSS = """
    FaultList { align: center middle; background: $background 60%; }
    FaultList Pane {
        width: 96%; max-width: 100; height: auto; max-height: 100%;
        background: $background; padding: 0 1;
    }
    FaultList Table { height: auto; }
    FaultList Line { padding: 0 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", show=False),
        Binding("left,h", "another(-1)", show=False),
        Binding("right,l", "another(1)", show=False),
    ]

    def __init__(self, view: View) -> None:
        super().__init__()
        self._places: Mapping[FaultKind, tuple[Place, ...]] = {kind: places(view.state, kind) for kind in KINDS}
        self._refused = {kind: refusal(view, Throw(kind=kind)) for kind in KINDS}
        self._chosen: dict[FaultKind, int] = dict.fromkeys(KINDS, 0)

    def compose(self) -> ComposeResult:
        """The kinds, and what enter would throw."""
        yield Announcement()
        with Pane() as pane:
            pane.heading = "Throw a fault"
            pane.footing = "j k what · ← → where · enter throws it · esc closes"
            yield Table(self._rows(), COLUMNS, cursor=next(iter(KINDS)), id="faults")
            yield Line(id="thrown")

    def on_mount(self) -> None:
        """Keys go to the kinds."""
        self.query_one(Table).focus()
        self._say()

    @on(Announcement.Resized)
    def _make_room(self) -> None:
        self.on_resize()

    def on_resize(self) -> None:
        """What enter would throw is always in sight: the kinds scroll."""
        over = sum(len(each.shown) for each in self.query(Announcement))
        self.query_one(Table).styles.max_height = max(1, self.size.height - over - 3)

    @property
    def kind(self) -> FaultKind:
        """The kind under the cursor."""
        return cast(FaultKind, self.query_one(Table).cursor)

    def _rows(self) -> tuple[Row, ...]:
        return tuple(self._grouped())

    def _grouped(self) -> Iterator[Row]:
        for group, kinds in GROUPS.items():
            yield text_row(Bit(group, "title"))
            yield from (self._row(kind) for kind in kinds)

    def _row(self, kind: FaultKind) -> Row:
        words, where = KINDS[kind], self._places[kind]
        if reason := self._refused[kind]:
            return Row((cell(Bit(words.name, "quiet")), cell(Bit(f"not here: {reason}", "quiet")), cell("")), key=kind)
        place = where[self._chosen[kind]].words if where else ""
        chosen = (Bit("◂ ", "quiet"), Bit(place), Bit(" ▸", "quiet")) if len(where) > 1 else (Bit(f"  {place}"),)
        return Row((cell(Bit(words.name, "strong")), cell(Bit(words.means, "quiet")), chosen), key=kind)

    def _say(self) -> None:
        where = self._places[self.kind]
        place = f" · {where[self._chosen[self.kind]].words}" if where else ""
        reason = self._refused[self.kind]
        text = (
            f"not here: {reason}" if reason else f"enter: {KINDS[self.kind].name}{place}, for {format_duration(LASTS)}"
        )
        self.query_one("#thrown", Line).parts = (Part(cell(Bit(text, "warn"))),)

    def action_another(self, by: int) -> None:
        """Another place for the kind under the cursor."""
        if where := self._places[self.kind]:
            self._chosen[self.kind] = (self._chosen[self.kind] + by) % len(where)
            self.query_one(Table).rows = self._rows()
            self._say()

    @on(Table.Moved)
    def _moved(self, message: Table.Moved) -> None:
        message.stop()
        self._say()

    @on(Table.Opened)
    def _opened(self, message: Table.Opened) -> None:
        message.stop()
        if not self._refused[self.kind]:
            self.dismiss(self.throw())

    def throw(self) -> Throw:
        """What enter throws."""
        kind, where = self.kind, self._places[self.kind]
        name = where[self._chosen[kind]].name if where else ""
        return Throw(
            kind=kind,
            hosts=(name,) if name and kind in ON_HOSTS else (),
            metric=name if kind in ON_METRICS else "",
            role=name if kind in ON_SIGNERS else "",
        )
