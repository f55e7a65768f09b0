"""A criterion of a gate that is let pass by a person."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Gate
from cockpit.release.gates import gate_criteria
from cockpit.release.intents import Waive
from screens.dialogs.dialog import Answer
from screens.dialogs.form import PICKS, Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.dialogs.step import StepDialog
from screens.panes.rules import told
from screens.view import roles_of, step_title
from widgets.rows import Bit, text_row

NEEDS_REASON = "write the reason above"


class WaiveDialog(StepDialog):
    """A criterion that does not hold at a gate is let pass, by a role that may do that."""

    def form(self) -> Form:
        """What does not hold, and a choice for each with each role of this login that may waive."""
        one = self._one
        rows = [text_row(Bit("These keep the gate shut:", "quiet"))]
        again = "A waiver is recorded with its reason; what was signed before it must be signed again."
        for what, why in self._criteria().items():
            known = what in self.view.state.rules
            rows += told(self.view, what) if known else [text_row(Bit(f"✖ {why}", "bad"), indent=2)]
        rows += [text_row(""), text_row(Bit(again, "warn"), indent=2)]
        return Form(
            f"Waive · {step_title(one.step)}",
            tuple(rows),
            (Choice("n", "No", "the gate stays shut"), *(self._pick(*each) for each in self._pairs())),
            (Field("note", "Reason (needed):"),),
        )

    def _criteria(self) -> dict[str, str]:
        one = self._one
        return gate_criteria(self.view.state, one, one.step) if isinstance(one.step, Gate) else {}

    def _pairs(self) -> Iterator[tuple[str, str, str]]:
        step = self._one.step
        allowed = step.waiver if isinstance(step, Gate) else ()
        mine = [role for role in roles_of(self.view.state, self.view.login) if role in allowed]
        pairs = ((what, role) for what in self._criteria() for role in mine or allowed[:1])
        return ((key, *pair) for key, pair in zip(PICKS, pairs, strict=False))

    def _pick(self, key: str, what: str, role: str) -> Choice:
        why_not = refusal(self.view, Waive(what=what, role=role, note="-"))
        note = missing(self.said("note"), NEEDS_REASON)
        return Choice(key, f"Waive {what}", f"as {role}", why_not or note, "" if why_not else "note")

    def answer(self, choice: str) -> Answer:
        """The waiver."""
        found = next(((what, role) for key, what, role in self._pairs() if key == choice), None)
        return (Waive(what=found[0], role=found[1], note=self.said("note")),) if found else ()
