"""Playing somebody else in a rehearsal: whom, and what for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cockpit.playbook.plan import Gate
from cockpit.release.gates import gate_criteria
from cockpit.release.intents import LetPlay
from cockpit.release.waiting import Waiting
from screens.actions import Act
from screens.dialogs.dialog import CALM, Answer, Dialog
from screens.dialogs.form import Choice, Form
from screens.dialogs.gate import refusal
from screens.panes.call import KEYS
from screens.reasons import open_step
from screens.view import View, is_for, people
from widgets.rows import Bit, text_row

LETTERS = "123456789bdefgilmoprstuvwxyz"
CAPTAIN = "c"


@dataclass(frozen=True)
class Part:
    """What somebody may be played for: an action, on what, and that in words."""

    login: str
    role: str
    action: str
    row: str
    words: str


class PlayDialog(Dialog):
    """Everybody else who is waited for; the question that each is asked opens next, under their login."""

    def __init__(self, view: View, calm: float = CALM) -> None:
        self._parts = dict(zip(LETTERS, dict.fromkeys(parts(view)), strict=False))
        super().__init__(view, calm)

    def form(self) -> Form:
        """Whom there is to play; those that are waited for no more stay where they were."""
        now = set(parts(self.view))
        others = (self._choice_of(key, one, now) for key, one in self._parts.items())
        nobody = () if self._parts else (text_row(Bit("Nobody else is waited for now.", "warn")),)
        rows = (
            *nobody,
            text_row("Who is asked and not played by you answers without you, after a while."),
        )
        return Form("Play somebody", rows, (Choice("n", "Nobody", "nothing happens"), *others, self._captain()))

    def _choice_of(self, key: str, one: Part, now: set[Part]) -> Choice:
        gone = "" if one in now else "no longer waited for"
        role = f", {one.role}" if one.role not in ("", one.login) else ""
        return Choice(key, f"{one.login}{role}", one.words, gone)

    def _captain(self) -> Choice:
        practice = self.view.state.rehearsal
        played = practice is not None and practice.played
        why_not = refusal(self.view, LetPlay(played=not played))
        if played:
            return Choice(CAPTAIN, "Drive by hand", "gates and questions wait for you again", why_not)
        return Choice(
            CAPTAIN, f"Let {self.view.state.captain} be played", "gates and questions are answered without you", why_not
        )

    def answer(self, choice: str) -> Answer:
        """Who plays the captain."""
        practice = self.view.state.rehearsal
        return (LetPlay(played=not practice.played),) if choice == CAPTAIN and practice else ()

    def leads_to(self, choice: str) -> Act | None:
        """The question that somebody is asked."""
        one = self._parts.get(choice)
        return Act(one.action, one.login, one.row) if one else None


def parts(view: View) -> Iterator[Part]:
    """Everybody but this login who is waited for, and for what."""
    for one in view.waiting:
        if one.what in KEYS:
            for login, role in _asked(view, one):
                yield Part(login, role, KEYS[one.what][0], one.item or one.host, one.text)
    yield from _waivers(view)


def _asked(view: View, one: Waiting) -> Iterator[tuple[str, str]]:
    for who in one.who:
        for login in people(view.state, who) or (who,):
            if login != view.login and is_for(view.state, one, login):
                yield login, who


def _waivers(view: View) -> Iterator[Part]:
    """Who may waive what keeps a gate shut."""
    one = open_step(view.state, Gate)
    if one is None or not isinstance(one.step, Gate) or not gate_criteria(view.state, one, one.step):
        return
    for role in one.step.waiver:
        for login in people(view.state, role):
            if login != view.login:
                yield Part(login, role, "waive", "", "waives what keeps the gate shut")
