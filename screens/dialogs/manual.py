"""Commands that only a person orders: which one, then its question and the word that answers it."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Manual
from cockpit.release.intents import RunManual
from screens.actions import Act
from screens.dialogs.commands import commands
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import PICKS, Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.dialogs.waiver import NEEDS_REASON
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row

NO = Choice("n", "No", "nothing runs")


class ManualList(Dialog):
    """Which command it is to be, where a playbook has several; each opens its own question."""

    def form(self) -> Form:
        """Every command with what it asks first."""
        rows = (
            text_row(Bit("Choose one: its command lines and its question come next, and nothing runs yet.", "quiet")),
        )
        return Form("Run a command by hand", rows, (NO, *(self._pick(key, each) for key, each in self._numbered())))

    def _numbered(self) -> Iterator[tuple[str, Manual]]:
        return zip(PICKS, self.view.state.the_plan.manual.values(), strict=False)

    def _pick(self, key: str, each: Manual) -> Choice:
        return Choice(key, step_title(each.step), each.ask, _refused(self.view, each))

    def leads_to(self, choice: str) -> Act | None:
        """The question of the command that was chosen."""
        found = dict(self._numbered()).get(choice)
        return Act("manual", self.view.login if self.view.player else "", found.step.id) if found else None


class ManualDialog(Dialog):
    """What runs, on which hosts, its question, and the word that answers it."""

    def __init__(self, view: View, name: str, calm: float = CALM) -> None:
        self._wanted = name
        super().__init__(view, calm)

    def form(self) -> Form:
        """The question, the command lines, and what is to be typed."""
        each = self._manual
        wrong = "" if self.said("word") == each.confirm or not each.confirm else "type the answer above"
        note = missing(self.said("note"), NEEDS_REASON)
        why_not = _refused(self.view, each)
        lacks = "" if why_not else "word" if wrong else "note" if note else ""
        fields: tuple[Field, ...] = (Field("note", "Reason (needed; enter runs it):", "r"),)
        if each.confirm:
            fields = (Field("word", f"{each.confirm} (type it if so):", "r"), *fields)
        choices = (NO, Choice("r", "Run it", "at once", why_not or wrong or note, lacks))
        return Form(f"By hand · {step_title(each.step)}", tuple(self._rows()), choices, fields)

    @property
    def _manual(self) -> Manual:
        return self.view.state.the_plan.manual[self._wanted]

    def _rows(self) -> Iterator[Row]:
        each = self._manual
        yield text_row(Bit(each.ask, "warn"))
        if each.confirm:
            yield text_row("If so, the answer is ", Bit(each.confirm, "strong"), ", letter for letter.")
        yield text_row("")
        yield text_row(Bit("runs at once", "title"))
        yield from commands((each.step,), self.view.state)

    def answer(self, choice: str) -> Answer:
        """The order."""
        word = self._manual.confirm and self.said("word")
        return (RunManual(command=self._wanted, confirm=word, note=self.said("note")),) if choice == "r" else ()


def _refused(view: View, each: Manual) -> str:
    return refusal(view, RunManual(command=each.step.id, confirm=each.confirm, note="-"))
