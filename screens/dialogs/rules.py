"""What people say of rules: a veto, a decision, a waiver, that one has seen it; and taking a batch back."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.release.back import last_batch
from cockpit.release.intents import Acknowledge, Back, Report, Veto
from cockpit.units import clock, format_duration
from screens.dialogs.commands import command, section
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import NO, PICKS, Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.judged import leads
from screens.panes.outlook import count, way_back
from screens.panes.rules import told
from screens.reasons import reported, unseen
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row

NEEDS_REASON = "write the reason above"


class VetoDialog(Dialog):
    """The rollback that a rule has announced does not happen."""

    def __init__(self, view: View, rule: str, calm: float = CALM) -> None:
        self._rule = rule
        super().__init__(view, calm)

    def form(self) -> Form:
        """What would happen by itself, when, and why; and what a veto means."""
        state = self.view.state
        due = state.rules[self._rule].announced
        left = format_duration(due - self.view.now) if due is not None else ""
        head = (
            f"↺ rolls back by itself in {left}, at {clock(due)} UTC" if due is not None else "· not announced any more"
        )
        note = missing(self.said("note"), NEEDS_REASON)
        why_not = refusal(self.view, Veto(rule=self._rule, note="-"))
        rows = (
            text_row(Bit(head, "bad"), indent=2),
            *told(self.view, self._rule),
            text_row(""),
            text_row(Bit("would run  ", "title"), way_back(state), indent=11),
            text_row(Bit(f"After a veto, {self._rule} causes nothing until it has passed again.", "quiet")),
        )
        choices = (
            Choice("n", "No veto", f"it rolls back in {left}" if left else "nothing happens"),
            Choice("v", "Veto", "recorded with the reason", why_not or note, "" if why_not else "note"),
        )
        return Form(
            f"Veto · rollback by {self._rule}", rows, choices, (Field("note", "Reason (needed; enter vetoes):", "v"),)
        )

    def answer(self, choice: str) -> Answer:
        """The veto."""
        return (Veto(rule=self._rule, note=self.said("note")),) if choice == "v" else ()


class AcknowledgeDialog(Dialog):
    """Somebody has seen that a rule does not pass."""

    def __init__(self, view: View, rule: str, calm: float = CALM) -> None:
        self._rules = (rule, *(each for each in unseen(view.state) if each != rule)) if rule else unseen(view.state)
        super().__init__(view, calm)

    def form(self) -> Form:
        """The rules that do not pass."""
        rows = [row for rule in self._rules for row in told(self.view, rule)]
        rows += [
            text_row(""),
            text_row(Bit("This says that you have seen it, no more: what a rule leads to goes on.", "quiet")),
        ]
        choices = (
            Choice(key, f"I have seen {rule}", leads(self.view.state, rule), refusal(self.view, Acknowledge(rule=rule)))
            for key, rule in zip(PICKS, self._rules, strict=False)
        )
        return Form("Seen", tuple(rows), (NO, *choices), (Field("note", "Note:"),))

    def answer(self, choice: str) -> Answer:
        """That it was seen."""
        found = dict(zip(PICKS, self._rules, strict=False)).get(choice)
        return (Acknowledge(rule=found, note=self.said("note")),) if found else ()


class ReportDialog(Dialog):
    """What people see and no metric shows: it is so, or it is over."""

    def __init__(self, view: View, rule: str, calm: float = CALM) -> None:
        rules = reported(view.state)
        self._rules = (rule, *(each for each in rules if each != rule)) if rule in rules else rules
        super().__init__(view, calm)

    def form(self) -> Form:
        """What can be reported, with what it leads to."""
        rows = [row for rule in self._rules for row in told(self.view, rule)]
        choices = (self._pick(key, rule) for key, rule in zip(PICKS, self._rules, strict=False))
        alone = "1" if len(self._rules) == 1 else ""
        return Form("Report", tuple(rows), (NO, *choices), (Field("note", "What you see (needed):", alone),))

    def _pick(self, key: str, rule: str) -> Choice:
        clear = self._is_over(rule)
        why_not = refusal(self.view, Report(rule=rule, note="-", clear=clear))
        note = missing(self.said("note"), "write above what you see")
        title = f"{rule} is over" if clear else f"Report {rule}"
        leads_to = "it passes again" if clear else leads(self.view.state, rule)
        return Choice(key, title, leads_to, why_not or note, "" if why_not else "note")

    def _is_over(self, rule: str) -> bool:
        return self.view.state.rules[rule].verdict != "passing"

    def answer(self, choice: str) -> Answer:
        """The report."""
        rule = dict(zip(PICKS, self._rules, strict=False)).get(choice)
        return (Report(rule=rule, note=self.said("note"), clear=self._is_over(rule)),) if rule else ()


class BackDialog(Dialog):
    """The batch that was begun last is undone, and the release holds."""

    def form(self) -> Form:
        """Which batch, on which hosts, and what runs."""
        state = self.view.state
        found = last_batch(state)
        why_not = refusal(self.view, Back(note="-"))
        note = missing(self.said("note"), NEEDS_REASON)
        return Form(
            "Take the last batch back",
            tuple(self._rows(found)),
            (NO, Choice("b", "Take it back", "then the release holds", why_not or note, "" if why_not else "note")),
            (Field("note", "Reason (needed; enter takes it back):", "b"),),
        )

    def _rows(self, found: tuple[str, tuple[str, ...]] | None) -> Iterator[Row]:
        if found is None:
            yield text_row(Bit("· there is no batch to take back", "quiet"))
            return
        step, hosts = found
        title = step_title(self.view.state.steps[step].step)
        yield text_row(Bit(title, "strong"), f" on {count(len(hosts), 'host')}: {' '.join(hosts)}")
        yield text_row("")
        yield section("runs, after what runs there was stopped")
        for host in hosts:
            yield from command(self.view.state.undo(step), self.view.state, host)
        yield text_row(Bit("Its hosts wait again then, and so does everything that comes after the step.", "quiet"))

    def answer(self, choice: str) -> Answer:
        """The order."""
        return (Back(note=self.said("note")),) if choice == "b" else ()
