"""The app: it wires the engine's events to one view, keys to actions, and actions to dialogs and intents."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar, assert_never

from textual import on
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.screen import ModalScreen

from cockpit.release.apply import fold
from cockpit.release.events import AttemptStarted
from cockpit.release.intents import AnyIntent
from cockpit.release.state import State
from screens.actions import ACTIONS, BY_ID, Act, bindings, remapped
from screens.chronicle import Entry, entries
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dressed import DressedApp
from screens.flight import PANES, FlightScreen
from screens.follower import Arrived, Follower, Printed, Reached
from screens.guard import GuardScreen
from screens.help import Help, keys_of
from screens.journal import JournalScreen
from screens.judged import watched
from screens.link import CaughtUp, Connect, Greeted, Heard, Metered, Records, Watchers
from screens.opening import has_dialog, opened_by
from screens.output import OutputScreen
from screens.outputs import Outputs, wanted
from screens.palette import Palette
from screens.prompt import Prompt, Searchable
from screens.reasons import announced, undecided
from screens.traces import Traces
from screens.view import View, step_title
from widgets.defuse import defuse

KEPT = 2000
"""Events kept in words."""

MOST = 128
"""Metrics of hosts whose history is fetched."""

TAIL = 4096
"""Bytes kept of what each attempt printed last."""


def called(state: State) -> set[str]:
    """The rules that have announced a rollback or ask for a decision: worth a sound when there is another."""
    return {*announced(state), *undecided(state)}


class CockpitApp(DressedApp[None], inherit_bindings=False):
    """One person's screen on one release. It holds no truth: closing it changes nothing in the release."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings())

    DEFAULT_CSS = """
    CockpitApp ToastRack { dock: top; align: right top; margin-top: 2; }
    CockpitApp.-rehearsal Pane { border: round $rehearsal; }
    CockpitApp.-rehearsal #top { background: $rehearsal 25%; }
    """

    view: reactive[View] = reactive(View(), repaint=False)

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Callable[[], float] = time.time,
        keymap: Mapping[str, str] | None = None,
        theme: str = "",
        calm: float = CALM,
        ticking: bool = True,
    ) -> None:
        super().__init__(theme)
        self._clock = clock
        self._keymap = dict(keymap or {})
        self.actions = remapped(self._keymap) if keymap else ACTIONS
        self._calm = calm
        self._ticking = ticking
        self._follower = Follower(connect, self.post_message)
        self._outputs = Outputs(self._follower, self)
        self._flight = FlightScreen()
        self._printing = ""
        self._tails: dict[str, bytes] = {}
        self._traces = Traces()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._attempts: dict[str, AttemptStarted] = {}
        self.set_reactive(CockpitApp.view, View(now=clock(), tails=MappingProxyType(self._tails), actions=self.actions))

    def on_mount(self) -> None:
        """Show the flight screen and begin to follow."""
        self.set_keymap(self._keymap)
        self.push_screen(self._flight.data_bind(CockpitApp.view))
        self.run_worker(self._follower.run(), name="follower")
        if self._ticking:
            self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        self.view = replace(self.view, now=self._clock())

    def _look(self, **changes: object) -> None:
        self.view = replace(self.view, now=self._clock(), **changes)  # type: ignore[arg-type]  # fields of View

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        match message.update:
            case Records(records):
                before = called(self.view.state)
                self._entries.extend(entries(records, self._attempts))
                self._look(state=fold(records, self.view.state), entries=tuple(self._entries))
                self.set_class(self.view.state.mode == "rehearsal", "-rehearsal")
                if called(self.view.state) - before:
                    self.bell()
            case Greeted(login, observer):
                self._look(login=login, observer=observer)
            case Watchers(logins):
                self._look(connected=logins)
            case Heard(last, lost, room):
                self._look(heard={**self.view.heard, **last}, unlinked={**self.view.unlinked, **lost}, room=room)
            case Metered(measured, judgements):
                self._look(traces=self._traces.take(measured), judgements={one.rule: one for one in judgements})
            case CaughtUp():
                pass
            case _:
                assert_never(message.update)
        self._follow_output()

    @on(Reached)
    def _reached(self, message: Reached) -> None:
        self._look(reach=message.reach, trouble=message.trouble)
        if message.reach == "live":
            self.run_worker(self._remember(), name="remember", exclusive=True, group="remember")

    async def _remember(self) -> None:
        """Fetch what was measured before."""
        for metric, host in watched(self.view.state)[:MOST]:
            since = self.view.now - self._traces.kept * self.view.state.the_plan.metrics[metric].every
            points = await self._follower.series(metric, host, since)
            if points:
                self._look(traces=self._traces.join((metric, host), points))

    @on(Printed)
    def _printed(self, message: Printed) -> None:
        self._tails[message.attempt] = (self._tails.get(message.attempt, b"") + message.data)[-TAIL:]
        if self._outputs.wants(message):
            self._flight.print(message)

    def _follow_output(self) -> None:
        one = self.view.shown
        step = one.step.id if one else ""
        if step != self._printing:
            self._printing = step
            self._outputs.want({})
            self._flight.begin_output(step_title(one.step) if one else "")
        if one is not None:
            self._outputs.want(wanted(self.view.state, one))

    @on(FlightScreen.Selected)
    def _selected(self, message: FlightScreen.Selected) -> None:
        message.stop()
        current = self.view.current
        self._look(selected="" if current and current.step.id == message.step else message.step)
        self._follow_output()

    def action_act(self, action: str) -> None:
        """Do an action of the registry, by its id."""
        self.post_message(Act(action))

    def action_anywhere(self, action: str) -> None:
        """Do an action of the registry from wherever one is; a question that is open is left without an answer."""
        if isinstance(self.screen, Dialog) and self.screen.action == action:
            return
        if isinstance(self.screen, ModalScreen):
            self.screen.dismiss()
        self.post_message(Act(action))

    @on(Act)
    def _act(self, message: Act) -> None:
        message.stop()
        if isinstance(self.screen, Dialog):
            return  # a key from before it opened
        if has_dialog(message.action):
            self._ask_first(message.action)
        else:
            self._see(message.action)

    def _ask_first(self, action: str) -> None:
        reason = BY_ID[action].why_not(self.view.state, self.view.login, self.view.observer)
        dialog = None if reason else opened_by(action, self.view, self._row, self._calm)
        if dialog is None:
            self.say(f"{BY_ID[action].label}: {reason or 'nothing to do'}", "warning")
        else:
            self.push_screen(dialog.data_bind(CockpitApp.view), self._answered)

    @property
    def _row(self) -> str:
        """The row under the cursor: of the step, or a rule."""
        if isinstance(self.screen, GuardScreen):
            return self.screen.rule
        return self._flight.row if self.screen is self._flight else ""

    def _answered(self, answer: Answer | None) -> None:
        if answer:
            self.run_worker(self._ask(answer), name="ask")

    async def _ask(self, intents: tuple[AnyIntent, ...]) -> None:
        for intent in intents:
            refusal = await self._follower.ask(intent)
            if refusal is not None:
                self.say(refusal.reason + (f"\n{refusal.hint}" if refusal.hint else ""), "error", "refused")
                return

    def say(self, text: str, severity: SeverityLevel = "information", title: str = "") -> None:
        """Tell this person something, for a while."""
        lines = "\n".join(defuse(line) for line in text.splitlines())
        self.notify(lines, title=title, severity=severity, timeout=4, markup=False)

    def _see(self, action: str) -> None:
        match action:
            case "exit":
                self.exit()
            case "open" if isinstance(self.screen, FlightScreen | GuardScreen):
                self.screen.open()
            case "current":
                self._back()
            case "output":
                self._open_output()
            case "metrics":
                self._open_metrics()
            case "journal":
                self.push_screen(JournalScreen().data_bind(CockpitApp.view))
            case "search":
                self.push_screen(Prompt("Search for"), self._search)
            case "palette":
                self.push_screen(Palette(self.view, self.actions))
            case "help":
                self.push_screen(Help(self.view, self.actions, keys_of(self.focused)))
            case _ if action in PANES and self.screen is self._flight:
                self._flight.show_pane(action)
            case _:
                pass

    def _back(self) -> None:
        if self.screen is not self._flight:
            self.pop_screen()
        elif self.view.selected:
            self._look(selected="")
            self._follow_output()

    def _open_metrics(self) -> None:
        reason = BY_ID["metrics"].why_not(self.view.state, self.view.login, self.view.observer)
        if reason:
            self.say(reason, "warning")
        elif not isinstance(self.screen, GuardScreen):
            self.push_screen(GuardScreen().data_bind(CockpitApp.view))

    def _open_output(self) -> None:
        one = self.view.shown
        if one is None or self.screen is not self._flight:
            return
        attempts = wanted(self.view.state, one, self._flight.row)
        if not attempts:
            self.say("nothing was started in this step: there is no output", "warning")
            return
        self.push_screen(OutputScreen(step_title(one.step), attempts, self._follower, self.view.badge))

    def _search(self, pattern: str | None) -> None:
        screen = self.screen
        if pattern and isinstance(screen, Searchable) and not screen.search(pattern):
            self.say(f"nowhere: {pattern}", "warning")
