"""The guard screen: each metric large, and the rules with how near each is to firing."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Grid, Horizontal
from textual.reactive import reactive
from textual.screen import Screen

from screens.actions import Act
from screens.announcement import Announcement
from screens.charts import plot, title, usual
from screens.judged import watched, worst
from screens.panes.call import call
from screens.panes.footer import footer
from screens.panes.guards import counted, detail, page, watching
from screens.panes.headline import engine, headline, strip, time_of_day
from screens.panes.rules import columns, rules
from screens.view import View
from widgets.chart import Chart
from widgets.keybar import KeyBar
from widgets.line import Line
from widgets.pane import Pane
from widgets.rows import Bit, text_row
from widgets.table import Table

LEAST = (56, 11)
"""Columns and lines that a chart gets at least where there are several."""


class GuardScreen(Screen[None]):
    """Charts and rules; it decides nothing. The rule under the cursor says which chart is shown first."""

    CSS_PATH = "guard.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (14, "-short"), (30, "-tall")]  # noqa: RUF012  Textual's own

    view: reactive[View] = reactive(View(), repaint=False)

    def compose(self) -> ComposeResult:
        """Two lines, the guards, rules, charts, the keys."""
        yield Announcement()
        with Horizontal(id="top"):
            yield Line(joint=" ── ", id="headline")
            yield Line(id="clock")
        yield Line(id="strip")
        with Pane(id="rules-pane"):
            yield Table(id="guards")
            yield Table(id="rules")
            yield Table(id="detail")
        yield Grid(id="charts")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Begin with the rule that asks for attention first."""
        self.query_one("#guards").can_focus = False
        self.query_one("#detail").can_focus = False
        table = self.query_one("#rules", Table)
        table.focus()
        self._show()

    def watch_view(self) -> None:
        """Translate."""
        if self.is_mounted:
            self._show()

    def on_resize(self) -> None:
        """Show as many charts as there is room for."""
        self.call_after_refresh(self._show_charts)

    def _show(self) -> None:
        view = self.view
        self.query_one("#headline", Line).parts = headline(view)
        self.query_one("#headline", Line).end = engine(view)
        self.query_one("#clock", Line).parts = time_of_day(view)
        self.query_one("#strip", Line).parts = strip(view)
        self.query_one("#strip", Line).end = call(view)
        self.query_one("#keys", KeyBar).keys = footer(view)
        if not view.ready:
            return
        pane = self.query_one("#rules-pane", Pane)
        pane.heading = f"Rules · {counted(view)}"
        pane.footing = f"{view.key('current')} back · j k another chart"
        self.query_one("#guards", Table).rows = watching(view)
        names = tuple(view.state.rules)
        table = self.query_one("#rules", Table)
        table.columns = columns(view, names)
        table.rows = rules(view, names) if names else NOTHING
        table.cursor = table.cursor or (worst(view, names) if names else "")
        self._show_detail()
        self._show_charts()

    def _show_detail(self) -> None:
        self.query_one("#detail", Table).rows = detail(self.view, self.rule)

    @property
    def rule(self) -> str:
        """The rule under the cursor."""
        return self.query_one("#rules", Table).cursor

    @on(Table.Moved, "#rules")
    def _moved(self, message: Table.Moved) -> None:
        message.stop()
        self._show_detail()
        self._show_charts()

    def _show_charts(self) -> None:
        """The charts that have room, the one of the rule under the cursor among them."""
        grid = self.query_one("#charts", Grid)
        metrics = tuple(dict.fromkeys(metric for metric, _ in watched(self.view.state)))
        if not metrics or not grid.size.width:
            return
        columns = max(1, min(len(metrics), grid.size.width // LEAST[0]))
        rows = max(1, min(-(-len(metrics) // columns), grid.size.height // LEAST[1]))
        grid.styles.grid_size_columns, grid.styles.grid_size_rows = columns, rows
        shown = page(metrics, self._metric, columns * rows)
        panes = list(grid.query(ChartPane))
        if [pane.metric for pane in panes] != list(shown):
            grid.remove_children()
            panes = [ChartPane(name) for name in shown]
            grid.mount_all(panes)
        for pane in panes:
            pane.show(self.view)
            pane.set_class(pane.metric == self._metric, "-chosen")

    @property
    def _metric(self) -> str:
        rule = self.view.state.the_plan.rules.get(self.rule) if self.view.ready else None
        return rule.metric if rule else ""

    @on(Table.Opened, "#rules")
    def _opened(self, message: Table.Opened) -> None:
        message.stop()
        self.open()

    def open(self) -> None:
        """Act on the rule under the cursor: what it announced or asks, else that it was seen."""
        one = self.view.state.rules.get(self.rule)
        if one is not None:
            self.post_message(Act("veto" if one.announced is not None else "answer" if one.asked else "ack"))

    @on(KeyBar.Pressed)
    def _pressed(self, message: KeyBar.Pressed) -> None:
        message.stop()
        self.post_message(Act(message.action))

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """What happened while another screen was over this one."""
        self._show()


NOTHING = (text_row(Bit("this playbook has no rules", "quiet")),)


class ChartPane(Pane):
    """One metric: its chart, its latest value, and what was usual before."""

    def __init__(self, metric: str) -> None:
        super().__init__()
        self.metric = metric

    def compose(self) -> ComposeResult:
        """The chart."""
        yield Chart()

    def on_mount(self) -> None:
        """Charts are read, not used."""
        if isinstance(self.screen, GuardScreen):
            self.show(self.screen.view)

    def show(self, view: View) -> None:
        """What it is now."""
        metric = view.state.the_plan.metrics[self.metric]
        self.heading, self.footing = title(view, metric), usual(view, metric)
        for chart in self.query(Chart):
            chart.plot = plot(view, metric)
