"""A person has looked, as a step asks for every so often."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Step
from cockpit.release.intents import Look
from cockpit.release.looking import look_of
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import Choice, Field, Form
from screens.dialogs.gate import refusal
from screens.panes.looking import owed
from screens.reasons import looked_at
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row

KEYS = "l23456789"


class LookDialog(Dialog):
    """What is to be looked at, and that it was; with a note."""

    def __init__(self, view: View, step: str, calm: float = CALM) -> None:
        steps = looked_at(view.state, view.login)
        self._steps = (step, *(each for each in steps if each != step)) if step else steps
        super().__init__(view, calm)

    def form(self) -> Form:
        """The boards, when it is due, and a line for what was seen."""
        choices = (
            Choice(key, "I have looked", step_title(self._step(step)), refusal(self.view, Look(what=step)))
            for key, step in zip(KEYS, self._steps, strict=False)
        )
        no = Choice("n", "Not now", "the look stays due")
        return Form(
            "Look",
            tuple(self._rows()),
            (no, *choices),
            (Field("note", "What was seen (enter records the look):", "l"),),
        )

    def _step(self, step: str) -> Step:
        return self.view.state.steps[step].step

    def _rows(self) -> Iterator[Row]:
        for key, name in zip(KEYS, self._steps, strict=False):
            one = self.view.state.steps[name]
            look = look_of(one.step)
            if look is None:
                continue
            which = f"{key} " if len(self._steps) > 1 else ""
            yield text_row(Bit(f"{which}{step_title(one.step)}  ", "strong"), *owed(self.view, one, look), indent=2)
            for board in look.boards:
                yield text_row(f"  {board.title}", Bit(f"  {board.url}", "quiet"), indent=4)

    def answer(self, choice: str) -> Answer:
        """That somebody looked."""
        found = dict(zip(KEYS, self._steps, strict=False)).get(choice)
        return (Look(what=found, note=self.said("note")),) if found else ()
