"""Commands that only a person orders, each behind its question."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Manual
from cockpit.release.intents import RunManual
from screens.dialogs.commands import command
from screens.dialogs.dialog import Answer, Dialog
from screens.dialogs.form import Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.dialogs.waiver import NEEDS_REASON, NUMBERS
from screens.view import step_title
from widgets.rows import Bit, Row, text_row


class ManualDialog(Dialog):
    """Which command runs, its question, and the word that answers it."""

    def form(self) -> Form:
        """Every manual command with its question, its hosts and its command lines."""
        rows = [row for _, each in self._numbered() for row in self._told(each)]
        fields = [Field("note", "Reason (needed):")]
        if any(each.confirm for _, each in self._numbered()):
            fields.insert(0, Field("word", "The answer, word for word:"))
        choices = (Choice("n", "No", "nothing runs"), *(self._pick(key, each) for key, each in self._numbered()))
        return Form("Run a command by hand", tuple(rows), choices, tuple(fields))

    def _numbered(self) -> Iterator[tuple[str, Manual]]:
        return zip(NUMBERS, self.view.state.the_plan.manual.values(), strict=False)

    def _told(self, each: Manual) -> Iterator[Row]:
        yield from command(each.step, self.view.state)
        yield text_row(Bit(f"    {each.ask}", "warn"), indent=4)
        if each.confirm:
            yield text_row(Bit("    if so, the answer is ", "quiet"), Bit(each.confirm, "strong"), indent=4)
        yield text_row("")

    def _pick(self, key: str, each: Manual) -> Choice:
        name = each.step.id
        why_not = refusal(self.view, RunManual(command=name, confirm=each.confirm, note="-"))
        wrong = "" if self.said("word") == each.confirm or not each.confirm else "type the answer above"
        note = missing(self.said("note"), NEEDS_REASON)
        lacks = "word" if wrong else "note" if note else ""
        return Choice(
            key, f"Run {step_title(each.step)}", "at once", why_not or wrong or note, "" if why_not else lacks
        )

    def answer(self, choice: str) -> Answer:
        """The order."""
        found = next((each for key, each in self._numbered() if key == choice), None)
        if found is None:
            return ()
        word = found.confirm and self.said("word")
        return (RunManual(command=found.step.id, confirm=word, note=self.said("note")),)
