"""The flight screen: where the release is, what is waited for, what happens next, and the way back."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from screens.actions import BY_ID, Act
from screens.announcement import Announcement
from screens.follower import Printed
from screens.opening import action_for
from screens.panes.call import call
from screens.panes.footer import footer
from screens.panes.headline import engine, headline, strip, time_of_day
from screens.panes.outlook import outlook
from screens.panes.past import newest, past
from screens.panes.stage import Stage, stage
from screens.panes.telemetry import tiles
from screens.panes.timeline import COLUMNS, Timeline, heading_of, timeline
from screens.view import View
from widgets.keybar import KeyBar
from widgets.line import Line
from widgets.output import Output
from widgets.pane import Pane
from widgets.rows import Row
from widgets.table import Table
from widgets.tiles import Tiles

PANES = ("timeline", "stage", "tail", "telemetry")
WIDE = 110
"""Columns from which on the panes stand side by side."""


class FlightScreen(Screen[None]):
    """Translates a view into the rows of its panes, and keys into actions; it decides nothing."""

    CSS_PATH = "flight.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (170, "-broad")]  # noqa: RUF012  Textual's own
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (14, "-short"), (30, "-tall")]  # noqa: RUF012  the same

    view: reactive[View] = reactive(View(), repaint=False)
    pane: reactive[str] = reactive("stage", repaint=False)
    stage: reactive[Stage] = reactive(Stage(), repaint=False)

    class Selected(Act):
        """Another step is to be looked at; empty for the current one."""

        def __init__(self, step: str) -> None:
            super().__init__("select")
            self.step = step

    def compose(self) -> ComposeResult:
        """Two lines, the panes, two lines; over them what will happen by itself."""
        yield Announcement()
        with Horizontal(id="top"):
            yield Line(joint=" ── ", id="headline")
            yield Line(id="clock")
        yield Line(id="strip")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                with Pane(id="timeline-pane"):
                    yield Timeline(columns=COLUMNS, id="timeline")
                with Pane(id="outlook-pane"):
                    yield Table(id="outlook")
            with Vertical(id="middle"):
                with Pane(id="stage-pane"):
                    yield Table(id="stage")
                with Pane(id="tail-pane"):
                    yield Output(id="tail")
            with Vertical(id="right"):
                with Pane(id="telemetry-pane"):
                    yield Tiles(id="telemetry")
                with Pane(id="past-pane"):
                    yield Table(id="past")
        yield Line(id="news")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Name the panes; keys go to the step at first."""
        self.query_one("#timeline-pane", Pane).heading = "1 Timeline"
        self.query_one("#outlook-pane", Pane).heading = "Outlook"
        self.query_one("#telemetry-pane", Pane).heading = "4 Telemetry"
        self.query_one("#past-pane", Pane).heading = "Journal"
        self.query_one("#outlook").can_focus = False
        self.query_one("#past").can_focus = False
        self.watch_pane()
        self._show()
        self.query_one("#stage").focus()

    def watch_view(self) -> None:
        """Translate."""
        if self.is_mounted:
            self._show()

    def _show(self) -> None:
        view = self.view
        self.set_class(any(one.what in ("answer", "settle", "veto") for one in view.waiting), "-trouble")
        self.set_class(view.state.rolling_back and view.state.end is None, "-back")
        self._line("headline").parts = headline(view)
        self._line("headline").end = engine(view)
        self._line("clock").parts = time_of_day(view)
        self._line("strip").parts = strip(view)
        self._line("strip").end = call(view)
        self._line("news").parts = newest(view)
        self.query_one("#keys", KeyBar).keys = footer(view)
        if view.ready:
            self._show_panes(view)

    def _show_panes(self, view: View) -> None:
        self._rows("timeline", timeline(view), follow=view.shown.step.id if view.shown else "")
        self.query_one("#timeline-pane", Pane).heading = f"1 {heading_of(view)}"
        self._rows("outlook", outlook(view))
        self._rows("past", past(view))
        self.set_class(bool(view.state.rules), "-measured")
        self.query_one("#telemetry", Tiles).tiles = tiles(view)
        self.stage = stage(view)

    def watch_stage(self, shown: Stage) -> None:
        """Show the step looked at."""
        table = self.query_one("#stage", Table)
        table.columns = shown.columns
        self._rows("stage", shown.rows, follow=shown.follow)
        pane = self.query_one("#stage-pane", Pane)
        pane.heading = f"2 {shown.title}"
        pane.footing = f"{self.view.key('current')} back to the current step" if self.view.selected else self._others
        self.set_class(not shown.prints, "-silent")

    @property
    def _others(self) -> str:
        """In narrow terminals, the keys of the panes that are not seen."""
        panes = PANES if self.view.state.rules else PANES[:-1]
        keys = (f"{self.view.key(name)} {BY_ID[name].label}" for name in panes)
        return "  ".join(keys) if self.size.width < WIDE else ""

    def on_resize(self) -> None:
        """Say how to reach the other panes where only one is seen."""
        for name in PANES:
            self.query_one(f"#{name}-pane", Pane).footing = self._others

    def _rows(self, name: str, rows: tuple[Row, ...], follow: str = "") -> None:
        table = self.query_one(f"#{name}", Table)
        table.rows = rows
        table.follow = follow

    def _line(self, name: str) -> Line:
        return self.query_one(f"#{name}", Line)

    def watch_pane(self) -> None:
        """In narrow terminals only one pane is seen."""
        for name in PANES:
            self.set_class(name == self.pane, f"-{name}")

    def show_pane(self, name: str) -> None:
        """Put keys into a pane, and show it where only one is seen."""
        self.pane = name
        self.query_one(f"#{name}").focus()

    @property
    def row(self) -> str:
        """The key of the row under the cursor in the pane of the step."""
        return self.query_one("#stage", Table).cursor

    def begin_output(self, step: str) -> None:
        """Another step's output follows."""
        self.query_one("#tail-pane", Pane).heading = f"3 Output · {step}" if step else "3 Output"
        self.query_one("#tail", Output).clear("nothing printed yet")

    def print(self, message: Printed) -> None:
        """More output of the step looked at."""
        self.query_one("#tail", Output).feed(message.host, message.data)

    @on(Output.Followed)
    def _followed(self, message: Output.Followed) -> None:
        message.stop()
        self.query_one("#tail-pane", Pane).footing = (
            self._others if message.follows else "scrolled back: end follows again"
        )

    @on(Table.Opened, "#timeline")
    def _open_step(self, message: Table.Opened) -> None:
        message.stop()
        self.post_message(self.Selected(message.key))
        self.show_pane("stage")

    @on(Table.Opened, "#stage")
    def _open_row(self, message: Table.Opened) -> None:
        message.stop()
        self.open()

    def open(self) -> None:
        """Act on the row under the cursor, or on the step."""
        if self.view.shown and (action := action_for(self.view, self.view.shown, self.row)):
            self.post_message(Act(action))

    @on(Tiles.Opened)
    def _open_metrics(self, message: Tiles.Opened) -> None:
        message.stop()
        self.post_message(Act("metrics"))

    @on(KeyBar.Pressed)
    def _pressed(self, message: KeyBar.Pressed) -> None:
        message.stop()
        self.post_message(Act(message.action))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane that has the focus is the one seen in narrow terminals."""
        widget: Widget = event.widget
        if widget.id in PANES:
            self.pane = widget.id
