"""Hold, resume, stop, abort, roll back and close."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from cockpit.release.intents import Abort, Close, Hold, Resume, RollBack, Stop
from cockpit.release.people import past_no_return, rollback_word
from cockpit.release.standing import running
from cockpit.release.state import Attempt
from cockpit.units import format_duration
from screens.coming import remaining
from screens.dialogs.commands import commands, section
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import NO, Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.panes.outlook import count, hosts_of
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row


class HoldDialog(Dialog):
    """Nothing new starts from now on."""

    def form(self) -> Form:
        """What a hold does."""
        rows = (
            text_row("Nothing new starts until somebody resumes. What runs goes on to its end:"),
            *what_runs(self.view),
            text_row(Bit("Guards, sign-offs and checklists go on.", "quiet")),
        )
        why_not = refusal(self.view, Hold())
        return Form(
            "Hold the release",
            rows,
            (NO, Choice("h", "Hold", "at once", why_not)),
            (Field("note", "Why (others read it; enter holds):", "h"),),
        )

    def answer(self, choice: str) -> Answer:
        """The hold."""
        return (Hold(note=self.said("note")),) if choice == "h" else ()


class ResumeDialog(Dialog):
    """The hold is over."""

    def form(self) -> Form:
        """Who held, why, and what goes on then."""
        state = self.view.state
        rows = (
            text_row(Bit(f"‖ held by {state.held_by}: {state.held_note or 'no note'}", "warn"), indent=2),
            text_row("What waits starts again at once."),
        )
        return Form(
            "Resume the release",
            rows,
            (NO, Choice("u", "Resume", "go on", refusal(self.view, Resume()))),
            (Field("note", "Note (enter resumes):", "u"),),
        )

    def answer(self, choice: str) -> Answer:
        """The end of the hold."""
        return (Resume(note=self.said("note")),) if choice == "u" else ()


class AbortDialog(Dialog):
    """Stop here. Enter is enough, and no key is ignored: it must work always."""

    SHIELDED: ClassVar[bool] = False

    def form(self) -> Form:
        """What is stopped and what stays."""
        rows = (
            text_row("The release stops here: nothing more starts, open gates are closed."),
            *what_runs(self.view),
            text_row(Bit("Hosts stay as they are. Rolling back is still possible afterwards.", "quiet")),
        )
        choices = (
            Choice("a", "Abort, stop what runs", "at once", refusal(self.view, Abort())),
            Choice("f", "Abort, let it finish", "what runs may end by itself", refusal(self.view, Abort(finish=True))),
            NO,
        )
        return Form("Abort the release", rows, choices)

    def answer(self, choice: str) -> Answer:
        """The abort."""
        return () if choice == "n" else (Abort(finish=choice == "f"),)


class RollBackDialog(Dialog):
    """Undo: what is stopped, what runs then, and a word to be typed: more than the name where not all can be undone."""

    def form(self) -> Form:
        """The whole way back."""
        state = self.view.state
        steps = remaining(state, state.backward)
        hosts = hosts_of(steps)
        word = rollback_word(state)
        why_not = refusal(self.view, RollBack(confirm=word))
        untyped = "" if self.said("word") == word else f"type {word} above"
        past = past_no_return(state)
        warning = f"! {past} cannot be undone: what it did stays, and the way back goes past it"
        rows = (
            *((text_row(Bit(warning, "bad"), indent=2), text_row("")) if past else ()),
            section("stopped first, and confirmed"),
            *what_runs(self.view),
            text_row(""),
            section(f"then {count(len(steps), 'step')} on {count(len(hosts), 'host')}: {' '.join(hosts)}"),
            *commands(state.backward, state),
        )
        choices = (NO, Choice("b", "Roll back", "starts at once", why_not or untyped, "" if why_not else "word"))
        fields = (Field("word", f"Type {word} to roll back:", "b"), Field("note", "Why:", "b"))
        return Form(f"Roll back {state.release}", rows, choices, fields)

    def answer(self, choice: str) -> Answer:
        """The order."""
        if choice != "b":
            return ()
        return (RollBack(confirm=self.said("word"), note=self.said("note")),)


class StopDialog(Dialog):
    """Kill what runs, on one host or on all. What is listed is what ran when it was opened."""

    def __init__(self, view: View, calm: float = CALM) -> None:
        self._attempts = running(view.state)[:8]
        super().__init__(view, calm)

    def form(self) -> Form:
        """What runs."""
        note = missing(self.said("note"), "write a note above")
        choices = [
            Choice(f"{number}", f"Stop {each.host}", each.step, self._over(each) or note, "note")
            for number, each in enumerate(self._attempts, 1)
        ]
        if len(choices) > 1:
            choices.append(Choice("9", "Stop all that runs", "", note, "note"))
        return Form("Stop what runs", tuple(what_runs(self.view)), (NO, *choices), (Field("note", "Note (needed):"),))

    def _over(self, attempt: Attempt) -> str:
        return "" if attempt.id in {one.id for one in running(self.view.state)} else "it has ended"

    def answer(self, choice: str) -> Answer:
        """One order for one host; for all of them one for each step."""
        if choice == "n":
            return ()
        note = self.said("note")
        if choice == "9":
            steps = dict.fromkeys(one.step for one in running(self.view.state))
            return tuple(Stop(step=step, host="all", note=note) for step in steps)
        attempt = self._attempts[int(choice) - 1]
        return (Stop(step=attempt.step, host=attempt.host, note=note),)


class CloseDialog(Dialog):
    """End it for good."""

    def form(self) -> Form:
        """What goes and what stays."""
        state = self.view.state
        rows = (
            text_row(f"{state.release} is {(state.end or 'not ended').replace('_', ' ')}."),
            text_row(f"Locks and run folders go from {len(state.hosts)} hosts: {' '.join(state.hosts)}", indent=2),
            text_row(
                Bit("The journal and all output stay here. A closed release cannot be rolled back any more.", "warn"),
                indent=2,
            ),
        )
        close = Choice("x", "Close", "for good", refusal(self.view, Close()))
        return Form(f"Close {state.release}", rows, (NO, close), (Field("note", "Note:", "x"),))

    def answer(self, choice: str) -> Answer:
        """The closing."""
        return (Close(note=self.said("note")),) if choice == "x" else ()


def what_runs(view: View) -> Iterator[Row]:
    """Every running attempt, with how long it has been."""
    attempts = running(view.state)
    if not attempts:
        yield text_row(Bit("  nothing runs now", "quiet"))
    for one in attempts:
        step = view.state.steps[one.step].step
        what = f"{'check of ' if one.part == 'check' else ''}{step_title(step)}"
        yield text_row(
            Bit("  ▶ ", "busy"), what, Bit(f" on {one.host}, {format_duration(view.now - one.started)}", "quiet")
        )
