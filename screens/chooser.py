"""Releases and playbooks to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from screens.dressed import DressedApp
from widgets.line import Line, Part
from widgets.looks import STANDING
from widgets.pane import Pane
from widgets.rows import Bit, Column, Row, cell, look_bit
from widgets.table import Table


@dataclass(frozen=True)
class ReleaseLine:
    """A release to come back to. `standing` as `cockpit status` has it; `since` as people read it."""

    release: str
    standing: str
    step: str = ""
    captain: str = ""
    since: str = ""
    rehearsal: bool = False


@dataclass(frozen=True)
class PlaybookLine:
    """A playbook to start, by its path."""

    path: str
    title: str


@dataclass(frozen=True)
class Chosen:
    """What was chosen: a release by its name, or a playbook by its path."""

    kind: Literal["release", "playbook"]
    name: str


RELEASES = (
    Column("release", least=16),
    Column("state", 14),
    Column("step", 18, drop=2),
    Column("captain", 10, drop=1),
    Column("since", 16, drop=3),
)
PLAYBOOKS = (Column("playbook", 34), Column("title", least=16, drop=1))


class ChooserApp(DressedApp[Chosen]):
    """Two lists; enter chooses."""

    CSS = """
    Pane { height: 1fr; }
    Table { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", "quit", show=False),
        Binding("tab", "app.focus_next", show=False),
    ]

    def __init__(self, releases: Sequence[ReleaseLine], playbooks: Sequence[PlaybookLine], theme: str = "") -> None:
        super().__init__(theme)
        self._releases = tuple(releases)
        self._playbooks = tuple(playbooks)

    def compose(self) -> ComposeResult:
        """Releases above playbooks."""
        title = Line()
        title.parts = (Part(cell(Bit("cockpit", "strong"))), Part(cell("come back to a release, or start a playbook")))
        yield title
        with Pane() as pane:
            pane.heading = "Releases"
            yield Table(release_rows(self._releases), RELEASES, cursor=first(self._releases), id="releases")
        with Pane() as pane:
            pane.heading = "Playbooks"
            yield Table(playbook_rows(self._playbooks), PLAYBOOKS, id="playbooks")
        keys = Line()
        keys.parts = (Part(cell(Bit("enter opens · j k move · tab other list · q leaves", "quiet"))),)
        yield keys

    def on_mount(self) -> None:
        """Begin where there is something."""
        self.query_one("#releases" if self._releases else "#playbooks").focus()

    @on(Table.Opened, "#releases")
    def _release(self, message: Table.Opened) -> None:
        self.exit(Chosen("release", message.key))

    @on(Table.Opened, "#playbooks")
    def _playbook(self, message: Table.Opened) -> None:
        self.exit(Chosen("playbook", message.key))


def first(releases: tuple[ReleaseLine, ...]) -> str:
    """The release that the cursor begins on."""
    return releases[0].release if releases else ""


def release_rows(releases: tuple[ReleaseLine, ...]) -> tuple[Row, ...]:
    """A row for each release under the columns' titles."""
    head = Row(tuple(cell(Bit(column.title, "quiet")) for column in RELEASES))
    return (head, *(_release_row(one) for one in releases)) if releases else (Row((cell(Bit("none yet", "quiet")),)),)


def _release_row(one: ReleaseLine) -> Row:
    kind = Bit("  REHEARSAL", "warn") if one.rehearsal else Bit("")
    look = STANDING.get(one.standing)
    state = look_bit(look) if look else Bit(one.standing)
    return Row(
        (
            cell(Bit(one.release, "strong"), kind),
            cell(state),
            cell(one.step),
            cell(one.captain),
            cell(Bit(one.since, "quiet")),
        ),
        key=one.release,
    )


def playbook_rows(playbooks: tuple[PlaybookLine, ...]) -> tuple[Row, ...]:
    """A row for each playbook."""
    if not playbooks:
        return (Row((cell(Bit("none found", "quiet")),)),)
    return tuple(Row((cell(Bit(one.path, "strong")), cell(Bit(one.title, "quiet"))), key=one.path) for one in playbooks)


def choose(releases: Sequence[ReleaseLine], playbooks: Sequence[PlaybookLine]) -> Chosen | None:
    """Let somebody choose on this terminal; None when they leave."""
    return ChooserApp(releases, playbooks).run()
