"""A host failed: what it said last, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Http, Run
from cockpit.release.advice import SAYS, advice_on
from cockpit.release.answers import waivers
from cockpit.release.intents import Drop, Hold, Retry, RollBack, Skip, Waive
from cockpit.release.people import rollback_word
from cockpit.release.state import FAILING, HostRun, StepState
from cockpit.units import format_span
from screens.dialogs.commands import command, section
from screens.dialogs.dialog import Answer
from screens.dialogs.form import Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.dialogs.step import HostDialog
from screens.panes.hosts import attempt_of
from screens.view import View, roles_of, step_title
from widgets.defuse import defuse_output
from widgets.looks import HOST
from widgets.rows import Bit, Row, text_row

LAST = 12
"""Lines of output that are shown."""

ALL = "all"


class FailureDialog(HostDialog):
    """Retry, drop the host, skip, hold, or roll back. One answer is for one host, unless the captain says for all."""

    def form(self) -> Form:
        """What happened on this host, and the answers."""
        one = self._one
        run = one.hosts[self._host]
        return Form(
            f"{step_title(one.step)} · {HOST[run.status].word} on {self._host}",
            (*happened(self.view, run), *advised(self.view, one, run), text_row(""), *self._again()),
            self._choices(),
            (Field("note", "Note (needed but for hold):"),),
        )

    def _again(self) -> Iterator[Row]:
        yield section("a retry runs")
        step = self._one.step
        yield from command(step, self.view.state, self._host)
        if isinstance(step, Run) and step.check:
            yield text_row(Bit("    then its check", "quiet"))

    def _choices(self) -> tuple[Choice, ...]:
        others = self._failing()
        note = missing(self.said("note"), "write a note above")
        not_now = refusal(self.view, Retry(step=self._step, host=self._host, note="-"))
        hold = refusal(self.view, Hold())
        if waivers(self._one):
            return self._waivable(not_now, note, hold)
        single = (
            Choice("r", f"Retry {self._host}", "a new attempt", not_now or note, "note"),
            *self._external(not_now or note),
            Choice("d", f"Drop {self._host}", "out of all further steps", not_now or note, "note"),
            Choice("s", f"Skip {self._host}", "this step counts as done there", not_now or note, "note"),
        )
        every = (
            Choice("e", f"Retry all {others}", "every failing host of this step", not_now or note, "note"),
            Choice("o", f"Drop all {others}", "every failing host of this step", not_now or note, "note"),
        )
        rest = (
            Choice("h", "Hold", "nothing new starts; the question stays", hold),
            Choice(
                "b",
                "Roll back",
                "asks for a word to be typed next",
                refusal(self.view, RollBack(confirm=rollback_word(self.view.state))),
            ),
        )
        return (Choice("n", "Not now", "the host keeps waiting"), *single, *(every if others > 1 else ()), *rest)

    def _external(self, why_not: str) -> tuple[Choice, ...]:
        """The same retry, where a second failure has consequences and this one is not to count."""
        step = self._one.step
        if not isinstance(step, Run | Http) or not step.fails_twice:
            return ()
        note = f"else {step.fails_twice} if it fails again"
        return (Choice("x", "Retry, cause external", note, why_not, "note"),)

    def _waivable(self, not_now: str, note: str, hold: str) -> tuple[Choice, ...]:
        waiver = self._waiver("-")
        return (
            Choice("n", "Not now", "the host keeps waiting"),
            Choice("r", f"Retry {self._host}", "a new attempt", not_now or note, "note"),
            Choice("w", "Waive it", f"as {waiver.role}: it counts as done", refusal(self.view, waiver) or note, "note"),
            Choice("h", "Hold", "nothing new starts; the question stays", hold),
        )

    def _waiver(self, note: str) -> Waive:
        roles = waivers(self._one)
        mine = [role for role in roles_of(self.view.state, self.view.login) if role in roles]
        return Waive(what=self._step, role=(mine or list(roles))[0], note=note)

    def _failing(self) -> int:
        return sum(run.status in FAILING for run in self._one.hosts.values())

    def answer(self, choice: str) -> Answer:
        """One intent for one host, or for all."""
        note = self.said("note")
        match choice:
            case "r" | "e":
                return (Retry(step=self._step, host=self._named(choice), note=note),)
            case "x":
                return (Retry(step=self._step, host=self._host, note=note, external=True),)
            case "d" | "o":
                return (Drop(step=self._step, host=self._named(choice), note=note),)
            case "s":
                return (Skip(step=self._step, host=self._host, note=note),)
            case "w":
                return (self._waiver(note),)
            case "h":
                return (Hold(note=note or f"{self._step} failed on {self._host}"),)
            case _:
                return ()

    def _named(self, choice: str) -> str:
        return ALL if choice in "eo" else self._host

    def follow_up(self, choice: str) -> str:
        """The action that a choice leads to."""
        return "rollback" if choice == "b" else ""


def happened(view: View, run: HostRun) -> Iterator[Row]:
    """How the attempt ended and what it said last."""
    attempt = attempt_of(view, run)
    look = HOST[run.status]
    facts = [look.word]
    if attempt is not None:
        facts.append("no exit status" if attempt.exit is None else f"exit {attempt.exit}")
        took = attempt.seconds if attempt.seconds is not None else (attempt.ended or view.now) - attempt.started
        facts += [f"after {format_span(took)}", f"try {run.tries}"]
    yield text_row(Bit(f"{look.glyph} {', '.join(facts)}", look.tone))
    if attempt is None or run.reason != f"exit {attempt.exit}":
        yield from (text_row(Bit(f"  {line}"), indent=2) for line in run.reason.splitlines())
    seen = view.state.hosts.get(run.host)
    if seen is not None and seen.hint:
        yield text_row(Bit(f"  hint: {seen.hint}", "quiet"), indent=2)
    yield text_row("")
    yield section("its last lines")
    yield from last_lines(view.tails.get(attempt.id, b"") if attempt else b"")


def advised(view: View, one: StepState, run: HostRun) -> Iterator[Row]:
    """What the runbook says about it, and its commands as written."""
    advice = advice_on(view.state, one, run)
    if advice is None:
        return
    yield text_row("")
    yield section(SAYS)
    yield from (text_row(Bit(f"  {line}", "warn"), indent=2) for line in advice.say.strip().splitlines())
    for line in (line for each in advice.commands for line in each.splitlines()):
        yield text_row(Bit("  $ ", "quiet"), Bit(line, "strong"), indent=4)


def last_lines(tail: bytes) -> Iterator[Row]:
    """The last lines of some output, safe to show."""
    lines = tail.rstrip(b"\r\n").split(b"\n")[-LAST:] if tail.strip() else []
    if not lines:
        yield text_row(Bit("  it printed nothing", "quiet"))
    for line in lines:
        yield text_row(Bit("  │ ", "quiet"), Bit(defuse_output(line.rstrip(b"\r").rpartition(b"\r")[2])), indent=4)
