"""Go or no-go."""

from __future__ import annotations

from cockpit.playbook.plan import Gate
from cockpit.release.decide import decide
from cockpit.release.gates import gate_criteria
from cockpit.release.intents import (
    Acknowledge,
    AnyIntent,
    Decide,
    Done,
    Go,
    Look,
    NoGo,
    Refusal,
    Report,
    Sign,
    Tick,
    Waive,
)
from cockpit.release.order import next_gate
from screens.actions import BY_ID
from screens.dialogs.commands import commands, section
from screens.dialogs.dialog import Answer
from screens.dialogs.form import Choice, Field, Form, missing
from screens.dialogs.step import StepDialog
from screens.panes.gate import gate
from screens.panes.outlook import way_back
from screens.reasons import WATCHING
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row


class GateDialog(StepDialog):
    """Criteria and sign-offs as they are, what runs next and the way back; the captain types a word to go."""

    def form(self) -> Form:
        """The gate as it stands."""
        one = self._one
        word = word_for(self.view, self._step)
        go = refusal(self.view, Go(gate=self._step, confirm=_confirm(self.view, self._step)))
        untyped = f"type {word} above" if word and self.said("word") != word else ""
        no_go = refusal(self.view, NoGo(gate=self._step, note="-")) or missing(self.said("note"), "write a note above")
        return Form(
            f"Gate · {step_title(one.step)}",
            (*gate(self.view, one), text_row(""), *ahead(self.view, self._step)),
            (
                Choice("n", "Not now", "the gate stays as it is"),
                Choice("g", "Go", "opens the gate; what is listed above starts", go or untyped, "" if go else "word"),
                Choice("x", "No-go", "voids the sign-offs and holds the release", no_go, "note"),
                *waives(self.view, self._step),
            ),
            (
                *([Field("word", f"Type {word} to go:", "g")] if word else []),
                Field("note", "Note (a no-go needs one):", ""),
            ),
        )

    def answer(self, choice: str) -> Answer:
        """Go, no-go, or nothing."""
        match choice:
            case "g":
                return (Go(gate=self._step, confirm=self.said("word"), note=self.said("note")),)
            case "x":
                return (NoGo(gate=self._step, note=self.said("note")),)
            case _:
                return ()

    def follow_up(self, choice: str) -> str:
        """The question of a waiver."""
        return "waive" if choice == "w" else ""


def waives(view: View, gate: str) -> tuple[Choice, ...]:
    """The choice to waive a criterion, where there is one that does not hold."""
    one = view.state.steps[gate]
    assert isinstance(one.step, Gate)
    if one.status != "running" or not gate_criteria(view.state, one, one.step):
        return ()
    why_not = BY_ID["waive"].why_not(view.state, view.login, view.observer)
    return (Choice("w", "Waive a criterion", "asks which, for which role, and why", why_not),)


def word_for(view: View, gate: str) -> str:
    """What the captain types at a gate: the plan's word; on production the release's name where the plan has none."""
    return _confirm(view, gate) or (view.state.release if view.state.mode == "live" else "")


def _confirm(view: View, gate: str) -> str:
    step = view.state.steps[gate].step
    return step.confirm if isinstance(step, Gate) else ""


def ahead(view: View, gate: str) -> tuple[Row, ...]:
    """What runs once the gate is open, and the way back."""
    steps = next_gate(view.state, view.state.steps[gate].step)
    return (
        section("runs then, by itself"),
        *commands(steps, view.state),
        text_row(""),
        text_row(Bit("way back  ", "title"), Bit(way_back(view.state)), indent=10),
    )


FROM_OBSERVERS = Sign | Tick | Done | Acknowledge | Look | Report | Waive | Decide
"""What somebody who only watches may ask for."""


def refusal(view: View, intent: AnyIntent) -> str:
    """Why the engine would refuse this now; empty when it would not."""
    if view.observer and not isinstance(intent, FROM_OBSERVERS):
        return WATCHING
    answer = decide(view.state, view.login, intent)
    return answer.reason if isinstance(answer, Refusal) else ""
