"""A role's yes or no at a gate."""

from __future__ import annotations

from cockpit.playbook.plan import Gate
from cockpit.release.gates import covers
from cockpit.release.intents import Sign
from screens.dialogs.dialog import CALM, Answer
from screens.dialogs.form import Choice, Field, Form, missing
from screens.dialogs.gate import ahead, refusal
from screens.dialogs.step import StepDialog
from screens.panes.gate import gate
from screens.view import View, roles_of, step_title
from widgets.rows import Bit, text_row
from widgets.table import Table

STAY = "n"


class SignDialog(StepDialog):
    """What is signed is what is shown: when it changes, the question says so and shows the new."""

    def __init__(self, view: View, step: str, calm: float = CALM) -> None:
        self._shown = covers(view.state, step)
        self._changed = False
        super().__init__(view, step, calm)

    def form(self) -> Form:
        """The gate, and a yes and a no for each role that this login has."""
        one = self._one
        changed = text_row(Bit("! what is signed changed while you looked: read it again", "warn"))
        rows = (
            *([changed] if self._changed else []),
            *gate(self.view, one),
            text_row(""),
            *ahead(self.view, self._step),
        )
        choices = [choice for index, role in enumerate(self._roles()) for choice in self._pair(role, index)]
        return Form(
            f"Sign · {step_title(one.step)}",
            rows,
            (Choice(STAY, "Not now", "nothing is signed"), *choices),
            (Field("note", "Note (a no needs one):"),),
        )

    def watch_view(self) -> None:
        """What would be signed now is what is shown now; a change puts the cursor back on No."""
        now = covers(self.view.state, self._step)
        if now != self._shown:
            self._changed, self._shown = True, now
            self.query_one("#choices", Table).cursor = STAY
        super().watch_view()

    def _roles(self) -> list[str]:
        step = self._one.step
        asked = step.sign if isinstance(step, Gate) else {}
        return [role for role in roles_of(self.view.state, self.view.login) if role in asked]

    def _pair(self, role: str, index: int) -> tuple[Choice, Choice]:
        why_not = refusal(self.view, self._sign(role, yes=True, note=""))
        noteless = missing(self.said("note"), "write a note above")
        over = f"over {self._shown[:8]}: plan and results so far"
        return (
            Choice("ybcdef"[index], f"Yes, as {role}", over, why_not),
            Choice("xuvwzk"[index], f"No, as {role}", "keeps the gate shut", why_not or noteless, "note"),
        )

    def _sign(self, role: str, *, yes: bool, note: str) -> Sign:
        return Sign(gate=self._step, role=role, yes=yes, covers=self._shown, note=note)

    def answer(self, choice: str) -> Answer:
        """The signature."""
        if choice == STAY:
            return ()
        yes = choice in "ybcdef"
        role = self._roles()[("ybcdef" if yes else "xuvwzk").index(choice)]
        return (self._sign(role, yes=yes, note=self.said("note")),)
