"""The app: it wires the engine's events to one view, keys to actions, and actions to dialogs and intents."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import ClassVar, assert_never

from textual import on
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.screen import ModalScreen

from cockpit.release.apply import fold
from cockpit.release.events import AttemptStarted, Record
from cockpit.release.intents import AnyIntent, LetPlay
from cockpit.release.state import State
from screens.actions import ACTIONS, BY_ID, Act, bindings, remapped
from screens.chronicle import Entry, entries
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.fault import FaultList
from screens.dressed import DressedApp
from screens.flight import PANES, FlightScreen
from screens.follower import Arrived, Follower, Printed, Reached
from screens.guard import GuardScreen
from screens.help import Help, keys_of
from screens.journal import JournalScreen
from screens.judged import watched
from screens.link import CaughtUp, Connect, Greeted, Heard, Metered, Records, Timed, Watchers
from screens.opening import has_dialog, opened_by
from screens.output import OutputScreen
from screens.outputs import Outputs, wanted
from screens.palette import Palette
from screens.practice import Practice
from screens.prompt import Prompt, Searchable
from screens.reasons import announced, faster, slower, undecided
from screens.score import ScoreScreen
from screens.traces import Traces
from screens.view import View, step_title
from widgets.defuse import defuse
from widgets.delay import after

KEPT = 2000
"""Events kept in words."""

MOST = 128
"""Metrics of hosts whose history is fetched."""

REST = 0.25
"""Seconds between two looks at a rehearsal, however fast it goes."""

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
    CockpitApp.-rehearsal ToastRack { margin-top: 3; }
    """

    view: reactive[View] = reactive(View(), repaint=False)
    acted: reactive[View] = reactive(View(), repaint=False)
    """The same, as whoever is played."""

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
        self._practice = Practice(clock)
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
        self._played = ""
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._attempts: dict[str, AttemptStarted] = {}
        self._resting = False
        self._known = View(now=clock(), tails=MappingProxyType(self._tails), actions=self.actions)
        """The view, and what was learned since it was shown."""
        self.set_reactive(CockpitApp.view, self._known)

    def on_mount(self) -> None:
        """Show the flight screen and begin to follow."""
        self.set_keymap(self._keymap)
        self.push_screen(self._flight.data_bind(CockpitApp.view))
        self.run_worker(self._follower.run(), name="follower")
        if self._ticking:
            self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        self._look(now=self._practice.wall.now())
        self._score_once()

    def _look(self, **changes: object) -> None:
        """Show what this person changed, and everything that was learned."""
        self._learn(**changes)
        self.view = self._known

    def _learn(self, **changes: object) -> None:
        """Know something new, and show it; in a rehearsal not more often than can be read."""
        self._know(**changes)
        if not self._resting:
            self.view = self._known
            self._resting = self._plays
            if self._resting:
                after(REST, self, self._rested)

    def _know(self, **changes: object) -> None:
        now = self._known.now if self._known.rehearsed else self._practice.wall.now()
        self._known = replace(self._known, **{"now": now, **changes})  # type: ignore[arg-type]  # fields of View

    @property
    def _plays(self) -> bool:
        """Whether a rehearsal goes on, in which much may happen in a second."""
        return self._known.rehearsed and self._known.reach == "live"

    def _rested(self) -> None:
        self._resting = False
        if self.view is not self._known:
            self._learn()

    def watch_view(self, view: View) -> None:
        """Show it as whoever is played, too."""
        if self._played:
            self.acted = replace(view, login=self._played, observer=False, player=view.login)

    @on(Arrived)
    def _arrived(self, message: Arrived) -> None:
        match message.update:
            case Records(records):
                before = called(self._known.state)
                self._entries.extend(entries(records, self._attempts))
                self._fold(records)
                if called(self._known.state) - before:
                    self.bell()
            case Greeted(login, observer):
                self._learn(login=login, observer=observer)
            case Watchers(logins):
                self._learn(connected=logins)
            case Heard(last, lost, room):
                self._learn(heard={**self._known.heard, **last}, unlinked={**self._known.unlinked, **lost}, room=room)
            case Metered(measured, judgements):
                show = self._know if self._plays else self._learn  # with the next tick of the clock
                show(traces=self._traces.take(measured), judgements={one.rule: one for one in judgements})
            case Timed(at, speed):
                self._practice.wall.told(at, speed)
                if speed != self._known.pace:
                    self._learn(now=self._practice.wall.now(), pace=speed)
            case CaughtUp():
                pass
            case _:
                assert_never(message.update)
        self._follow_output()

    def _fold(self, records: tuple[Record, ...]) -> None:
        state = fold(records, self._known.state)
        self._practice.take(records, state)
        self._learn(now=self._practice.wall.now(), state=state, entries=tuple(self._entries))
        self.set_class(self._known.rehearsed, "-rehearsal")
        self._score_once()

    def _score_once(self) -> None:
        """Show the score of a rehearsal by itself when it has ended, but not over a question."""
        free = self._known.reach == "live" and not isinstance(self.screen, ModalScreen)
        if free and self._practice.ended_anew(self._known.state):
            self._show_score()

    def _show_score(self) -> None:
        if not isinstance(self.screen, ScoreScreen):
            self.push_screen(ScoreScreen(self._practice.score()))

    @on(Reached)
    def _reached(self, message: Reached) -> None:
        if message.reach == "lost":
            self._practice.wall.stands()
        self._look(reach=message.reach, trouble=message.trouble)
        self._score_once()
        if message.reach == "live":
            self.run_worker(self._remember(), name="remember", exclusive=True, group="remember")

    async def _remember(self) -> None:
        """Fetch what was measured before."""
        for metric, host in watched(self.view.state)[:MOST]:
            since = self.view.now - self._traces.kept * self.view.state.the_plan.metrics[metric].every
            points = await self._follower.series(metric, host, since)
            if points:
                self._learn(traces=self._traces.join((metric, host), points))

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
        if isinstance(self.screen, Dialog | FaultList):
            return  # a key from before it opened
        if has_dialog(message.action):
            self._ask_first(message)
        else:
            self._see(message.action)

    def _ask_first(self, message: Act) -> None:
        action, view = message.action, self._seen_by(message.played)
        reason = BY_ID[action].why_not(view.state, view.login, view.observer)
        dialog = None if reason else opened_by(action, view, message.row or self._row, self._calm)
        if dialog is None:
            self.say(f"{BY_ID[action].label}: {reason or 'nothing to do'}", "warning")
        else:
            shown = CockpitApp.acted if message.played else CockpitApp.view
            self.push_screen(dialog.data_bind(view=shown), partial(self._answered, message.played))

    def _seen_by(self, played: str) -> View:
        """What this login sees, or whoever it plays."""
        self._played = played
        self.watch_view(self.view)
        return self.acted if played else self.view

    @property
    def _row(self) -> str:
        """The row under the cursor: of the step, or a rule."""
        if isinstance(self.screen, GuardScreen):
            return self.screen.rule
        return self._flight.row if self.screen is self._flight else ""

    def _answered(self, played: str, answer: Answer | None) -> None:
        if answer:
            self.run_worker(self._ask(answer, played), name="ask")

    async def _ask(self, intents: tuple[AnyIntent, ...], played: str = "") -> None:
        for intent in intents:
            refusal = await self._follower.ask(intent, played)
            if refusal is not None:
                self._practice.refused()
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
            case "faster" | "slower" | "fault" | "autopilot" | "score":
                self._practise(action)
            case "palette":
                self.push_screen(Palette(self.view, self.actions))
            case "help":
                self.push_screen(Help(self.view, self.actions, keys_of(self.focused)))
            case _ if action in PANES and self.screen is self._flight:
                self._flight.show_pane(action)
            case _:
                pass

    def _practise(self, action: str) -> None:
        """Do what only a rehearsal knows."""
        reason = BY_ID[action].why_not(self.view.state, self.view.login, self.view.observer)
        practice = self.view.state.rehearsal
        if reason or practice is None:
            self.say(f"{BY_ID[action].label}: {reason}", "warning")
            return
        match action:
            case "fault":
                self.push_screen(FaultList(self.view), lambda thrown: self._answered("", (thrown,) if thrown else ()))
            case "autopilot":
                self._answered("", (LetPlay(played=not practice.played),))
            case "score":
                self._show_score()
            case _:
                hurry = self._practice.hurry(practice.speed, faster if action == "faster" else slower)
                self._answered("", (hurry,) if hurry else ())

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
