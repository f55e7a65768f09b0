"""What people say: an item is true, a step is done, who drives, who leaves."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.playbook.plan import Checklist, Do, Document, Item, Notice, Step
from cockpit.release.intents import Assign, Captaincy, Done, Tick
from cockpit.units import format_within, moment_of, utc
from screens.coming import wording
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import NO, PICKS, Choice, Field, Form, missing
from screens.dialogs.gate import refusal
from screens.dialogs.step import StepDialog
from screens.panes.telling import told_to
from screens.reasons import assignable
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row


class ItemDialog(StepDialog):
    """One item of a checklist: true, with what shows it; or not applicable, with the reason."""

    def __init__(self, view: View, step: str, item: str, calm: float = CALM) -> None:
        self._item = item
        super().__init__(view, step, calm)

    def form(self) -> Form:
        """The item, and what it takes."""
        item = self._found()
        text = self.said("evidence")
        why_not = refusal(self.view, Tick(step=self._step, item=self._item, evidence="-", made=self.view.now))
        undated = self._undated(item)
        needs = missing(text, "needs evidence: write above what shows it") if item.evidence else ""
        reason = missing(text, "write the reason above")
        allowed = "" if item.not_applicable else "the playbook says that it always applies"
        choices = (
            Choice("n", "Not now", "the item stays open"),
            Choice(
                "t",
                "It is true",
                "recorded under your login",
                why_not or needs or undated,
                "made" if undated and not needs else "evidence",
            ),
            Choice(
                "x",
                "Does not apply",
                "with the reason above",
                why_not or allowed or reason,
                "" if allowed else "evidence",
            ),
        )
        label = "Evidence (needed: text, link, file):" if item.evidence else "Evidence or reason:"
        rows = (text_row(Bit(item.title, "strong")), *(text_row(line) for line in item.text.splitlines()))
        return Form(
            f"Tick · {step_title(self._one.step)}",
            rows,
            choices,
            (Field("evidence", label, "t"), *self._dated(item)),
        )

    def _dated(self, item: Item) -> tuple[Field, ...]:
        if not item.fresh:
            return ()
        today = utc(self.view.now)[:10]
        return (Field("made", f"Made (UTC, no older than {format_within(item.fresh)}; such as {today}):", "t"),)

    def _undated(self, item: Item) -> str:
        """What is wrong with the date at which the evidence was made; empty where it needs none."""
        if not item.fresh:
            return ""
        made = moment_of(self.said("made"))
        if made is None:
            return "write above when it was made, such as " + utc(self.view.now)[:10]
        return refusal(self.view, Tick(step=self._step, item=self._item, evidence="-", made=made))

    def _found(self) -> Item:
        step = self._one.step
        assert isinstance(step, Checklist)
        return next(item for item in step.items if item.id == self._item)

    def answer(self, choice: str) -> Answer:
        """The tick."""
        text = self.said("evidence")
        match choice:
            case "t":
                made = moment_of(self.said("made")) if self._found().fresh else None
                return (Tick(step=self._step, item=self._item, evidence=text, made=made),)
            case "x":
                return (Tick(step=self._step, item=self._item, not_applicable=text),)
            case _:
                return ()


class DoneDialog(StepDialog):
    """A person did what a step asks for."""

    def form(self) -> Form:
        """What was to be done."""
        step = self._one.step
        why_not = refusal(self.view, self._done())
        tells = isinstance(step, Notice | Document)
        return Form(
            f"{'Supply' if tells else 'Done'} · {step_title(step)}",
            (*self._where(step), *(text_row(line) for line in self._text(step).splitlines())),
            (
                Choice("n", "Not yet", "the step keeps waiting"),
                Choice("d", "Supply it" if tells else "It is done", "the release goes on", why_not, self._lacks()),
            ),
            (*self._asked(), Field("note", f"Note (enter {'supplies it' if tells else 'says that it is done'}):", "d")),
        )

    def _where(self, step: Step) -> tuple[Row, ...]:
        """To whom or where it is told; nothing of what a person does."""
        return (told_to(self.view, step), text_row("")) if isinstance(step, Notice | Document) else ()

    def _text(self, step: Step) -> str:
        """What is to be done; of what is told, the text as it would be with what was typed."""
        if isinstance(step, Notice | Document):
            return wording(self.view.state, step.text, self._done().fields)
        return step.text if isinstance(step, Do) else ""

    def _lacks(self) -> str:
        """The line that is still empty, of those that are asked for."""
        return next((f"ask-{name}" for name in self._asks() if not self.said(f"ask-{name}")), "")

    def _asked(self) -> tuple[Field, ...]:
        return tuple(Field(f"ask-{name}", f"{what}:", "d") for name, what in self._asks().items())

    def _asks(self) -> Mapping[str, str]:
        step = self._one.step
        return step.asks if isinstance(step, Notice | Document) else {}

    def _done(self) -> Done:
        return Done(
            step=self._step, note=self.said("note"), fields={name: self.said(f"ask-{name}") for name in self._asks()}
        )

    def answer(self, choice: str) -> Answer:
        """That it is done."""
        return (self._done(),) if choice == "d" else ()


class AssignDialog(Dialog):
    """Who a role is: one of those whom the playbook names, or any login."""

    def form(self) -> Form:
        """The role that nobody has yet, or the first; who it can be."""
        state = self.view.state
        role = self._role
        now = state.assigned.get(role, "")
        rows = (
            text_row(f"{now or 'Nobody'} is ", Bit(state.the_plan.roles[role].title, "strong"), "" if now else " yet"),
            *(text_row(Bit(f"{state.assigned.get(other, 'nobody')} is {other}", "quiet")) for other in self._others),
        )
        named = state.the_plan.roles[role].people
        label = "Login (enter assigns):" if not named else "Reason (needed to give it to another):"
        choices = tuple(self._pick(key, to) for key, to in zip(PICKS, named, strict=False))
        given = () if named else (self._pick("a", self.said("text").strip()),)
        return Form(f"Assign · {role}", rows, (NO, *choices, *given), (Field("text", label, "" if named else "a"),))

    @property
    def _role(self) -> str:
        return assignable(self.view.state)[0]

    @property
    def _others(self) -> tuple[str, ...]:
        return assignable(self.view.state)[1:]

    def _pick(self, key: str, to: str) -> Choice:
        note = self.said("text") if self.view.state.the_plan.roles[self._role].people else ""
        if not to:
            return Choice(key, "Assign", "recorded under your login", "write the login above", "text")
        why_not = refusal(self.view, Assign(role=self._role, to=to, note=note))
        return Choice(key, f"{to} is {self._role}", "recorded under your login", why_not, "text" if why_not else "")

    def answer(self, choice: str) -> Answer:
        """The assignment."""
        named = self.view.state.the_plan.roles[self._role].people
        if choice == "a" and not named:
            return (Assign(role=self._role, to=self.said("text").strip()),)
        to = dict(zip(PICKS, named, strict=False)).get(choice)
        return (Assign(role=self._role, to=to, note=self.said("text")),) if to else ()


class CaptainDialog(Dialog):
    """Who drives: by offer and acceptance, or taken with a reason when the captain is gone."""

    def form(self) -> Form:
        """What this login may do about it."""
        state = self.view.state
        here = self.view.connected.get(state.captain, 0)
        there = "is connected" if here else "is not connected"
        offered = f"It is offered to {state.offered_to}." if state.offered_to else "It is offered to nobody."
        rows = (text_row(Bit(state.captain, "strong"), f" drives and {there}. {offered}"),)
        if state.captain == self.view.login:
            to = self.said("text")
            why_not = missing(to, "write the login above")
            choice = Choice("o", "Offer", "you drive until it is accepted", why_not, "text")
            return Form("Captaincy", rows, (NO, choice), (Field("text", "Offer it to (login):", "o"),))
        note = missing(self.said("text"), "write the reason above")
        accept = refusal(self.view, Captaincy(action="accept"))
        choices = (
            NO,
            Choice("a", "Accept", "you drive from then on", accept),
            Choice("t", "Take", "without being offered it; recorded with the reason", note, "text"),
        )
        return Form("Captaincy", rows, choices, (Field("text", "Reason (taking it needs one):"),))

    def answer(self, choice: str) -> Answer:
        """Offer, accept or take."""
        text = self.said("text")
        match choice:
            case "o":
                return (Captaincy(action="offer", to=text),)
            case "a":
                return (Captaincy(action="accept"),)
            case "t":
                return (Captaincy(action="take", note=text),)
            case _:
                return ()


class LeaveDialog(Dialog):
    """This screen closes; the release does not."""

    def form(self) -> Form:
        """What goes on, and how to come back."""
        release = self.view.state.release or "RELEASE"
        over = self.view.state.end is not None
        rows = (
            text_row(
                "The release has ended; closing this screen changes nothing."
                if over
                else "The release goes on without this screen."
            ),
            text_row("Come back with  ", Bit(f"cockpit attach {release}", "strong")),
        )
        return Form("Leave", rows, (Choice("n", "Stay", ""), Choice("q", "Leave", "the release is not touched")))

    def follow_up(self, choice: str) -> str:
        """Leaving is the app's."""
        return "exit" if choice == "q" else ""
