"""The base of all dialogs: focus starts on No, and keys from before it was painted do nothing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from cockpit.release.intents import AnyIntent
from screens.actions import BY_ID, Act
from screens.announcement import Announcement
from screens.dialogs.form import CHOICES, Choice, Form, choice_rows
from screens.over import Over
from screens.view import View
from widgets.delay import after
from widgets.line import Line, Part
from widgets.pane import Pane
from widgets.rows import Bit, cell
from widgets.table import Table

Answer = tuple[AnyIntent, ...]
"""What is asked of the engine, in this order; empty for nothing."""

CALM = 0.15
"""Seconds without a key after which a freshly painted dialog listens."""


AROUND = ("tab", "shift+tab")
MOVES = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10, "home": -99, "end": 99}
"""By how many choices a key moves the cursor."""

ALIGNED = 36
"""Cells up to which labels are padded, so that what is typed stands in one column."""

SHORT = 30
"""Below so many lines nothing is left free around a dialog."""


class Dialog(Over[Answer]):
    """A question: its form, and the intents of each choice. Both follow the release as it moves."""

    CSS_PATH = Path(__file__).with_name("dialog.tcss")  # dialogs in other folders have it too
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012  Textual's own
    SHIELDED: ClassVar[bool] = True
    """Whether keys pressed before it was painted are ignored."""
    IN_FLIGHT: ClassVar[bool] = True
    """Whether there is a release to abort or to roll back from here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_nothing", show=False),
        Binding("A", "other('abort')", show=False, id="abort"),
        Binding("R", "other('rollback')", show=False, id="rollback"),
    ]

    view: reactive[View] = reactive(View(), repaint=False)

    def __init__(self, view: View, calm: float = CALM) -> None:
        super().__init__()
        self.action = ""
        self._calm = calm
        self._said: dict[str, str] = {}
        self._quiet_since: float | None = None
        self.set_reactive(Dialog.view, view)

    @abstractmethod
    def form(self) -> Form:
        """What is shown now."""

    def answer(self, choice: str) -> Answer:  # noqa: ARG002  subclasses ask
        """The intents of a choice; those that change nothing have none."""
        return ()

    def follow_up(self, choice: str) -> str:  # noqa: ARG002  subclasses ask
        """The id of the action that a choice leads to; empty for none."""
        return ""

    def leads_to(self, choice: str) -> Act | None:
        """What a choice leads to; who is played here stays so."""
        action = self.follow_up(choice)
        return Act(action, self.view.login if self.view.player else "") if action else None

    def ignores(self, moment: float) -> bool:
        """Whether a key of this moment was pressed too early; one that was makes the wait begin anew."""
        if not self.SHIELDED:
            return False
        if self._quiet_since is None or moment < self._quiet_since + self._calm:
            if self._quiet_since is not None:
                self._quiet_since = max(moment, self._quiet_since)
            return True
        return False

    def compose(self) -> ComposeResult:
        """Body, lines to type, choices, hint."""
        form = self.form()
        yield Announcement()
        with Pane(id="frame"):
            yield Table(form.rows, id="body")
            yield from self._inputs(form)
            yield Table(choice_rows(form.choices), CHOICES, cursor=form.choices[0].key, id="choices")
            yield Line(id="hint")

    def _inputs(self, form: Form) -> Iterator[Widget]:
        sizes = [cell_len(field.label) for field in form.fields]
        widest = max((size for size in sizes if size <= ALIGNED), default=0)
        for field, size in zip(form.fields, sizes, strict=True):
            label = Line()
            label.parts = (Part(cell(Bit(field.label, "title"))),)
            label.styles.width = max(size, widest) + 3
            box = Input(field.value, "type here", id=field.id, compact=True, select_on_focus=False)
            box.cursor_blink = False
            yield Horizontal(label, box, classes="field")

    def on_mount(self) -> None:
        """Focus on the choice that changes nothing."""
        self.query_one("#choices").focus()
        self._show()
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self._quiet_since = Message().time
        self.on_resize()
        after(self._calm, self, self._listen) if self.SHIELDED and self._calm else self._listen()

    def _listen(self) -> None:
        tab = "tab: type the word" if self._word else "tab moves"
        said = " · ".join((tab, "enter chooses", "esc back", *self._other_questions()))
        self.query_one("#hint", Line).parts = (Part(cell(Bit(said, "quiet"))),)

    def _other_questions(self) -> Iterator[str]:
        view = self.view
        for key, action in (("R", BY_ID["rollback"]), ("A", BY_ID["abort"])):
            if self.IN_FLIGHT and not action.why_not(view.state, view.login, view.observer):
                yield f"{key} {action.label}"

    @property
    def _word(self) -> Input | None:
        """The line for a word that must be typed, if there is one."""
        return next(iter(self.query("#word").results(Input)), None)

    def watch_view(self) -> None:
        """Move with the release."""
        if self.is_mounted:
            self._show()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._said[message.input.id or ""] = message.value
        self._listen()
        self._show()

    def said(self, field: str) -> str:
        """What was typed into a field, without blanks around it."""
        return self._said.get(field, "").strip()

    def _show(self) -> None:
        form = self.form()
        frame = self.query_one("#frame", Pane)
        frame.heading, frame.footing = form.title, self.view.badge
        self.query_one("#body", Table).rows = form.rows
        self.query_one("#choices", Table).rows = choice_rows(form.choices)

    @on(Announcement.Resized)
    def _make_room(self) -> None:
        self.on_resize()

    def on_resize(self) -> None:
        """Lines to type and choices are always in sight: what there is to read gives way, and scrolls."""
        frame, body = self.query_one("#frame"), self.query_one("#body")
        rest = sum(each.outer_size.height + each.styles.margin.height for each in frame.children if each is not body)
        over = sum(len(each.shown) for each in self.query(Announcement))
        height = self.size.height - over
        room = int(height * (1.0 if self.size.height < SHORT else 0.94)) - 2
        body.styles.max_height = max(1, room - rest - body.styles.margin.height)
        self.call_after_refresh(self._offer_body)

    def _offer_body(self) -> None:
        """Keys go to what there is to read only when it scrolls."""
        body = self.query_one("#body", Table)
        body.can_focus = body.max_scroll_y > 0

    def _choice(self, key: str) -> Choice | None:
        choices = self.form().choices
        return next((one for one in choices if one.key == key), None)

    def takes(self, event: events.Key) -> bool:
        """Do what a key means here, at once: the next one must find the focus where this one put it.

        A choice's key puts the cursor on it, enter chooses, any other letter goes into the word to be typed.
        """
        if not self.is_mounted:
            return False
        if event.key in AROUND:
            self._go_round(event.key)
            return True
        choices = self.query_one("#choices", Table)
        if isinstance(self.focused, Input) or event.key in ("A", "R"):
            return False
        if event.character and self._choice(event.character):
            self.set_focus(choices)
            choices.cursor = event.character
        elif self.focused is choices and event.key in MOVES:
            choices.action_move(MOVES[event.key])
        elif self.focused is choices and event.key == "enter":
            self._choose(choices.cursor)
        elif self._word and event.character and event.is_printable and event.key not in MOVES:
            self.set_focus(self._word)
            self._word.insert_text_at_cursor(event.character)
        else:
            return False
        return True

    def _go_round(self, key: str) -> None:
        if key == "shift+tab":
            self.focus_previous()
        elif self._word and not isinstance(self.focused, Input):
            self.set_focus(self._word)
        else:
            self.focus_next()

    @on(Table.Opened, "#choices")
    def _chosen(self, message: Table.Opened) -> None:
        message.stop()
        self._choose(message.key)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        form = self.form()
        field = next((one for one in form.fields if one.id == message.input.id), None)  # none: answered elsewhere
        choice = self._choice(field.choice) if field else None
        if choice is None:
            self.set_focus(self.query_one("#choices"))
        elif choice.why_not:
            self._complain(choice)
        else:
            self._choose(choice.key)

    def _complain(self, choice: Choice) -> None:
        said = f"not yet: {choice.label} needs more: {choice.why_not}"
        self.query_one("#hint", Line).parts = (Part(cell(Bit(said, "warn"))),)

    def _choose(self, key: str) -> None:
        choice = self._choice(key)
        if choice is None:
            return
        if choice.why_not:
            if choice.field:
                self.set_focus(self.query_one(f"#{choice.field}"))
            return
        self.dismiss(self.answer(key))
        if act := self.leads_to(key):
            self.app.post_message(act)

    def action_dismiss_nothing(self) -> None:
        """Go back; nothing happens."""
        self.dismiss(())

    def action_other(self, action: str) -> None:
        """Leave this question for another."""
        if self.IN_FLIGHT:
            self.dismiss(())
            self.app.post_message(Act(action))
