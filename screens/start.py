"""Before a release begins: what would happen first, and a word to be typed."""

from __future__ import annotations

from typing import ClassVar

from textual.reactive import reactive

from cockpit.errors import CockpitError
from cockpit.playbook.plan import Gate, Plan, Step
from cockpit.release.apply import fold
from cockpit.release.events import Mode, Opened, Record
from cockpit.release.state import State
from screens.dialogs.commands import commands, section
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import Choice, Field, Form
from screens.dressed import DressedApp
from screens.panes.outlook import hosts_of
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row


class StartDialog(Dialog):
    """Hosts, the first command lines and the way back; on production the release's name is typed."""

    IN_FLIGHT: ClassVar[bool] = False

    def __init__(self, plan: Plan, release: str, mode: Mode, calm: float, rehearsed: tuple[str, ...] = ()) -> None:
        self._plan = plan
        self._rehearsed = rehearsed
        self._release = release
        self._mode = mode
        self.started = False
        self.state = fold([Record(1, 0.0, _opened(plan, release, mode))], State())
        super().__init__(View(), calm)

    def form(self) -> Form:
        """What would happen."""
        word = self._release if self._mode == "live" else ""
        untyped = f"type {word} above" if word and self.said("word") != word else ""
        choices = (
            Choice("n", "No", "nothing is started"),
            Choice("s", "Start", "an engine begins the release", untyped, "word"),
        )
        fields = (Field("word", f"Type {word} to start:", "s"),) if word else ()
        return Form(f"Start {self._release}", self._rows(), choices, fields)

    def _rows(self) -> tuple[Row, ...]:
        plan, steps = self._plan, first_steps(self._plan)
        hosts = hosts_of(plan.steps)
        kind = (
            Bit("LIVE, on production", "bad")
            if self._mode == "live"
            else Bit("REHEARSAL, nothing real is touched", "warn")
        )
        back = tuple(plan.rollback or ())
        gate = next((step for step in plan.steps if isinstance(step, Gate)), None)
        names = (
            f"{len(back)} steps: {', '.join(step_title(step) for step in back)}" if back else "none in this playbook"
        )
        return (
            text_row(
                Bit(plan.title, "strong"), Bit(f"  revision {plan.revision}, plan {plan.digest[:12]}  ", "quiet"), kind
            ),
            text_row(f"{len(hosts)} hosts: {' '.join(hosts) or 'none'}", indent=2),
            *(text_row(line, indent=2) for line in self._rehearsed),
            text_row(""),
            section("runs first, by itself" + (f", up to the gate {step_title(gate)}" if gate else "")),
            *commands(steps, self.state),
            text_row(""),
            text_row(Bit("way back  ", "title"), names, indent=10),
        )

    def answer(self, choice: str) -> Answer:
        """There is no engine to ask yet."""
        self.started = choice == "s"
        return ()


def _opened(plan: Plan, release: str, mode: Mode) -> Opened:
    return Opened(release=release, nonce="", mode=mode, plan=plan, digest=plan.digest, captain="")


def first_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps that no gate stands before."""
    free: dict[str, Step] = {}
    for step in plan.steps:
        if not isinstance(step, Gate) and all(name in free for name in step.after):
            free[step.id] = step
    return tuple(free.values())


class StartApp(DressedApp[bool]):
    """The question alone on the screen."""

    view: reactive[View] = reactive(View(), repaint=False)

    def __init__(
        self,
        plan: Plan,
        release: str,
        mode: Mode = "live",
        *,
        theme: str = "",
        calm: float = CALM,
        rehearsed: tuple[str, ...] = (),
    ) -> None:
        super().__init__(theme)
        self._dialog = StartDialog(plan, release, mode, calm, rehearsed)
        self.set_reactive(StartApp.view, View(self._dialog.state))

    def on_mount(self) -> None:
        """Ask."""
        self.set_class(self.view.rehearsed, "-rehearsal")
        self.push_screen(self._dialog, lambda _: self.exit(self._dialog.started))


def confirm_start(plan: Plan, release: str, mode: Mode = "live", *, rehearsed: tuple[str, ...] = ()) -> bool:
    """Ask on this terminal whether the release is to be started; closing it is a no.

    `rehearsed` are lines that say whether the plan was.
    """
    app = StartApp(plan, release, mode, rehearsed=rehearsed)
    started = app.run()
    if app.return_code:
        raise CockpitError(
            f"the screen that asks whether to start {release} broke",
            hint="nothing was started; --headless starts without asking",
        )
    return bool(started)
