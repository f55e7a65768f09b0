"""The captain's smaller questions: unknown attempts, locks, conditions."""

from __future__ import annotations

from typing import Literal

from cockpit.release.intents import Decide, Retry, Settle, Skip
from cockpit.release.waiting import EARLY_OPTIONS
from screens.dialogs.commands import command, section
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.failure import advised, happened
from screens.dialogs.form import Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.dialogs.step import HostDialog, StepDialog
from screens.view import View, step_title
from widgets.rows import Bit, text_row

NOTE = Field("note", "Note (needed):")
NEEDS_NOTE = "write a note above"


class SettleDialog(HostDialog):
    """Nobody knows how an attempt ended: a person who looked says so."""

    def form(self) -> Form:
        """What is known, and what a person may say."""
        one = self._one
        note = missing(self.said("note"), NEEDS_NOTE)
        settle = refusal(self.view, Settle(step=self._step, host=self._host, outcome="passed", note="-"))
        again = refusal(self.view, Retry(step=self._step, host=self._host, note="-"))
        rows = (
            text_row(
                Bit("Neither passed nor failed: there is no exit status. Look on the host before you say.", "warn")
            ),
            text_row(""),
            *happened(self.view, one.hosts[self._host]),
            *advised(self.view, one, one.hosts[self._host]),
            text_row(""),
            section("a retry runs"),
            *command(one.step, self.view.state, self._host),
        )
        choices = (
            Choice("n", "Not now", "it stays unknown"),
            Choice("p", "It passed", "somebody looked", settle or note, "note"),
            Choice("f", "It failed", "asks what to do then", settle or note, "note"),
            Choice("r", f"Retry {self._host}", "runs it a second time", again or note, "note"),
            Choice("s", f"Skip {self._host}", "this step counts as done there", again or note, "note"),
        )
        return Form(f"{step_title(one.step)} · unknown on {self._host}", rows, choices, (NOTE,))

    def answer(self, choice: str) -> Answer:
        """What was said."""
        note = self.said("note")
        match choice:
            case "p" | "f":
                outcome: Literal["passed", "failed"] = "passed" if choice == "p" else "failed"
                return (Settle(step=self._step, host=self._host, outcome=outcome, note=note),)
            case "r":
                return (Retry(step=self._step, host=self._host, note=note),)
            case "s":
                return (Skip(step=self._step, host=self._host, note=note),)
            case _:
                return ()


class LockDialog(Dialog):
    """Another release holds the lock of a host."""

    def __init__(self, view: View, host: str, calm: float = CALM) -> None:
        self._host = host
        super().__init__(view, calm)

    def form(self) -> Form:
        """Who holds it, and since when."""
        host = self.view.state.hosts[self._host]
        note = missing(self.said("note"), NEEDS_NOTE)
        take = refusal(self.view, Decide(decision=f"lock-{self._host}", option="take over", note="-"))
        rows = (
            text_row(Bit(f"✖ {self._host} is locked by {host.holder or 'another'}", "bad"), indent=2),
            text_row(""),
            text_row(
                "Its lock keeps two releases from changing the same hosts. Take it over only when that release is gone."
            ),
        )
        choices = (
            Choice("n", "No", "this release waits for the lock"),
            Choice("t", "Take over", "the other release is kept out", take or note, "note"),
        )
        return Form(f"Lock · {self._host}", rows, choices, (NOTE,))

    def answer(self, choice: str) -> Answer:
        """The order to take it over."""
        if choice != "t":
            return ()
        return (Decide(decision=f"lock-{self._host}", option="take over", note=self.said("note")),)


class ConditionDialog(StepDialog):
    """A step's condition depends on what is unknown."""

    def form(self) -> Form:
        """The condition, and what would run."""
        one = self._one
        note = missing(self.said("note"), NEEDS_NOTE)
        not_now = refusal(self.view, Decide(decision=self._step, option="run", note="-"))
        rows = (
            text_row(f"{step_title(one.step)} runs only when  ", Bit(one.step.when, "strong"), indent=2),
            text_row(Bit("and that depends on something unknown.", "quiet")),
            text_row(""),
            section("it would run"),
            *command(one.step, self.view.state),
        )
        choices = (
            Choice("n", "Not now", "the step keeps waiting"),
            Choice("r", "Run it", "", not_now or note, "note"),
            Choice("s", "Skip it", "", not_now or note, "note"),
        )
        return Form(f"Condition · {step_title(one.step)}", rows, choices, (NOTE,))

    def answer(self, choice: str) -> Answer:
        """Run or skip."""
        options = {"r": "run", "s": "skip"}
        if choice not in options:
            return ()
        return (Decide(decision=self._step, option=options[choice], note=self.said("note")),)


class EarlyDialog(StepDialog):
    """A step waits for its time, and the captain may begin it before that."""

    def form(self) -> Form:
        """When it would begin by itself, and what would run now."""
        one = self._one
        note = missing(self.said("note"), NEEDS_NOTE)
        not_now = refusal(self.view, Decide(decision=self._step, option="run", note="-"))
        waits = next((each for each in self.view.early if each.step == self._step), None)
        rows = (
            text_row(Bit(waits.text if waits else "its time has come", "strong"), indent=2),
            text_row(""),
            section("what begins"),
            *command(one.step, self.view.state),
        )
        choices = (
            Choice("n", "No", "it begins at its time"),
            Choice("r", "Begin it now", "before its time", not_now or note, "note"),
        )
        return Form(f"Before its time · {step_title(one.step)}", rows, choices, (NOTE,))

    def answer(self, choice: str) -> Answer:
        """Begin it, or wait."""
        if choice != "r":
            return ()
        return (Decide(decision=self._step, option=EARLY_OPTIONS[0], note=self.said("note")),)
