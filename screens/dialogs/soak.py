"""A soak from its beginning, after what was wrong is mended."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Soak
from cockpit.release.intents import Retry
from cockpit.units import format_duration
from screens.dialogs.commands import command, section
from screens.dialogs.dialog import Answer
from screens.dialogs.form import NO, Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.dialogs.step import StepDialog
from screens.panes.watching import soaked
from screens.view import step_title
from widgets.rows import Bit, Row, text_row


class RedeployDialog(StepDialog):
    """Steps before a soak are done again, and then all of it."""

    def form(self) -> Form:
        """How far it is, and what runs."""
        why_not = refusal(self.view, Retry(step=self._step, note="-"))
        note = missing(self.said("note"), "write above what was mended")
        return Form(
            f"Redeploy · {step_title(self._one.step)}",
            tuple(self._rows()),
            (NO, Choice("d", "Again", "its time begins anew", why_not or note, "" if why_not else "note")),
            (Field("note", "What was mended (needed; enter orders it):", "d"),),
        )

    def _rows(self) -> Iterator[Row]:
        state, one = self.view.state, self._one
        assert isinstance(one.step, Soak)
        if one.status == "running":
            yield text_row(*soaked(self.view, one, one.step), indent=2)
            yield text_row("")
        if one.step.redeploy:
            yield section("runs again")
            for name in one.step.redeploy:
                yield from command(state.steps[name].step, state)
        long = format_duration(one.step.seconds)
        yield text_row(Bit(f"Then its rules must pass for {long} throughout, from the beginning.", "quiet"))

    def answer(self, choice: str) -> Answer:
        """The order."""
        return (Retry(step=self._step, note=self.said("note")),) if choice == "d" else ()
