"""A question that a rule has opened."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.release.asked import options_of, owners_of
from cockpit.release.intents import Decide
from cockpit.release.people import rollback_word
from cockpit.units import clock, format_duration
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import PICKS, Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.panes.rules import told
from screens.view import View, people
from widgets.rows import Bit, Row, text_row

NEEDS_REASON = "write the reason above"


class DecisionDialog(Dialog):
    """A question about a rule: its options, each with when it is right, and what is taken when nobody answers."""

    def __init__(self, view: View, rule: str, calm: float = CALM) -> None:
        self._rule = rule
        super().__init__(view, calm)

    def form(self) -> Form:
        """The question as it stands."""
        state = self.view.state
        choices = tuple(self._pick(number, option) for number, option in self._options())
        return Form(
            f"Decision · {self._rule}",
            (
                *self._question(),
                text_row(""),
                *told(self.view, self._rule),
                text_row(""),
                *self._guide(),
                *self._deadline(),
            ),
            (Choice("n", "Not now", "it stays open"), *choices),
            (Field("note", "Why (needed; recorded with the decision):"),) if state.rules[self._rule].asked else (),
        )

    def _options(self) -> Iterator[tuple[str, str]]:
        return zip(PICKS, options_of(self.view.state, self._rule), strict=False)

    def _question(self) -> Iterator[Row]:
        state = self.view.state
        decision = state.the_plan.decisions.get(self._rule)
        match state.rules[self._rule].asked:
            case "decision":
                yield text_row(Bit(decision.ask if decision else "", "strong"))
            case "no return":
                yield text_row(Bit("It should roll back, but not all can be undone. Roll back all the same?", "strong"))
                yield text_row(Bit(f"What is past: {rollback_word(state)}", "warn"), indent=2)
            case "end":
                guard = state.rules[self._rule].guard
                yield text_row(Bit(f"{guard} is over, but this does not pass. Accept it?", "strong"))
            case None:
                yield text_row(Bit("· nothing is asked any more", "quiet"))

    def _guide(self) -> Iterator[Row]:
        """When which option is right."""
        options = options_of(self.view.state, self._rule)
        for option in options:
            text = f"{option.capitalize():<14}"
            yield text_row(Bit(text, "strong"), Bit(self._means(option)), indent=14)
        if options:
            yield text_row("")

    def _means(self, option: str) -> str:
        decision = self.view.state.the_plan.decisions.get(self._rule)
        guide = decision.guide.get(option, "") if decision else ""
        return guide or MEANS.get(option, "")

    def _deadline(self) -> Iterator[Row]:
        state, one = self.view.state, self.view.state.rules[self._rule]
        owners = owners_of(state, self._rule)
        named = ", ".join(f"{role} ({' or '.join(people(state, role))})" for role in owners)
        yield text_row(
            Bit("decides    ", "title"), f"{named}, or " if named else "", f"{state.captain}, captain", indent=11
        )
        if one.due is not None:
            default = state.the_plan.decisions[self._rule].default
            left = Bit(format_duration(one.due - self.view.now), "warn")
            yield text_row(
                Bit("deadline   ", "title"), left, f" left, at {clock(one.due)} UTC; then ", Bit(default, "strong")
            )
        elif one.asked:
            yield text_row(Bit("deadline   ", "title"), "none: nothing new starts until somebody decides")

    def _pick(self, key: str, option: str) -> Choice:
        decision = self.view.state.the_plan.decisions.get(self._rule)
        default = decision.default if decision else ""
        note = missing(self.said("note"), "write above why")
        why_not = refusal(self.view, Decide(decision=self._rule, option=option, note="-"))
        said = "taken at the deadline, if nobody decides" if option == default else "recorded with the reason"
        return Choice(key, option.capitalize(), said, why_not or note, "" if why_not else "note")

    def answer(self, choice: str) -> Answer:
        """The decision."""
        option = dict(self._options()).get(choice)
        return (Decide(decision=self._rule, option=option, note=self.said("note")),) if option else ()


MEANS = {
    "roll back": "all the way, at once",
    "back": "the last batch is undone, then it holds",
    "hold": "nothing new starts until somebody resumes",
    "abort": "the release stops here",
    "go on": "the rule causes nothing until it has passed again",
    "accept": "the guard ends in spite of it",
    "wait": "asked again later if it still fails",
}
"""What the options do that a playbook says nothing of."""
