"""What a played person says to what a release waits for: intents, by the scenario or by good custom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, assert_never

from msgspec.structs import replace

from cockpit.playbook.plan import Gate
from cockpit.rehearsal.scenario import CAPTAIN, Person, Scenario
from cockpit.release.gates import covers, valid_signatures
from cockpit.release.health import is_well
from cockpit.release.intents import (
    Abort,
    Acknowledge,
    AnyIntent,
    Assign,
    Decide,
    Done,
    Drop,
    Go,
    Hold,
    Look,
    NoGo,
    Resume,
    Retry,
    RollBack,
    Settle,
    Sign,
    Skip,
    Tick,
    Veto,
    Waive,
)
from cockpit.release.people import has_role, is_barred, may_sign, people_of, rollback_word
from cockpit.release.state import State
from cockpit.release.waiting import WAIVE, Waiting

NOTE = "played in a rehearsal"

Truth = Callable[[str, str], bool | None]
"""How the latest attempt of a step on a host really ended, as somebody sees who looks: None if it still goes on."""


class Reply(NamedTuple):
    """What somebody asks for."""

    login: str
    intent: AnyIntent


class Replies:
    """Finds replies for one scenario."""

    def __init__(self, scenario: Scenario, truth: Truth) -> None:
        self._scenario, self._truth = scenario, truth

    def person(self, role: str) -> Person:
        """The person who is played for a role, or as the captain."""
        people = self._scenario.people
        return people.get(role) or people.get("") or Person()

    def reply(self, state: State, waiting: Waiting, asked: int, *, no: bool = False) -> Reply | None:
        """What is said to this, the `asked`th time that it is waited for (from 0), or None; `no`: a signer says no."""
        captain = state.captain
        match waiting.what:
            case "sign-off":
                return self._signature(state, waiting, no=no)
            case "gate":
                return Reply(captain, Go(gate=waiting.step, confirm=waiting.confirm))
            case "item":
                return Reply(
                    _login(state, waiting), Tick(step=waiting.step, item=waiting.item, evidence=NOTE, made=state.at)
                )
            case "step":
                return Reply(
                    _login(state, waiting), Done(step=waiting.step, note=NOTE, fields=dict.fromkeys(waiting.asks, NOTE))
                )
            case "assign":
                return Reply(captain, Assign(role=waiting.role, to=self._assigned(state, waiting), note=NOTE))
            case "answer":
                if WAIVE in waiting.options and (note := self._scenario.waives.get(waiting.step)):
                    return self._waived(state, waiting, note)
                return Reply(captain, self._answer(state, waiting, asked))
            case "settle":
                return self._settling(state, waiting, asked)
            case "condition":
                return Reply(captain, self._condition(waiting, asked))
            case "resume":
                return self._resumption(state, asked)
            case "veto":
                vetoes = waiting.item in self._scenario.vetoes
                return Reply(captain, Veto(rule=waiting.item, note=NOTE)) if vetoes else None
            case "decision":
                return self._decision(state, waiting)
            case "acknowledgement" | "look":
                return self._attention(state, waiting)
            case "redeploy":
                again = self._said(waiting.step, asked, "") == "retry"
                return Reply(captain, Retry(step=waiting.step, note=NOTE)) if again else None
            case "lock" | "credentials" | "early" | "file":
                return None
            case _:
                assert_never(waiting.what)

    def waiver(self, state: State, gate: str, criteria: Mapping[str, str], roles: tuple[str, ...]) -> Reply | None:
        """What lets pass what keeps a gate shut, where the scenario says so."""
        for what in criteria:
            note = self._scenario.waives.get(what)
            for role in roles if note else ():
                login = next(iter(people_of(state, role)), state.captain)
                return Reply(login, Waive(what=what, role=role, note=note or gate))
        return None

    def _waived(self, state: State, waiting: Waiting, note: str) -> Reply:
        role = waiting.who[1]
        login = next(iter(people_of(state, role)), state.captain)
        return Reply(login, Waive(what=waiting.step, role=role, note=note))

    def _signature(self, state: State, waiting: Waiting, *, no: bool) -> Reply | None:
        gate = state.steps[waiting.step]
        votes = valid_signatures(state, gate)
        role = waiting.role
        if any(not yes for yes in votes.values()):
            return Reply(state.captain, NoGo(gate=waiting.step, note="somebody signed no"))
        assert isinstance(gate.step, Gate)
        for each in (role,) if role else waiting.who:
            person = self.person(each)
            login = _signer(state, gate.step, each, votes)
            if login and person.says != "nothing" and (login != state.captain or is_played(state)):
                yes, shown = person.says == "yes" and not no, covers(state, waiting.step)
                return Reply(login, Sign(gate=waiting.step, role=each, yes=yes, covers=shown, note=person.note or NOTE))
        return None

    def _assigned(self, state: State, waiting: Waiting) -> str:
        """Who a role is given to: as the scenario says, or somebody who has another role."""
        said = self._scenario.people.get(waiting.role)
        others = (login for role in state.the_plan.roles.values() for login in role.people if login != state.captain)
        return (said.login if said else "") or next(iter((*waiting.options, *others)), state.captain)

    def attentive(self, state: State, waiting: Waiting) -> str:
        """Who of those that were asked says something: a role, or the captain's login; empty where nobody does."""
        return next((who for who in waiting.who if self._player(state, who).says != "nothing"), "")

    def _player(self, state: State, who: str) -> Person:
        return self.person(CAPTAIN if who == state.captain else who)

    def _attention(self, state: State, waiting: Waiting) -> Reply | None:
        who = self.attentive(state, waiting)
        if not who:
            return None
        login = _login(state, replace(waiting, who=(who,)))
        looked = Look(what=waiting.step, note=NOTE)
        return Reply(login, looked if waiting.what == "look" else Acknowledge(rule=waiting.item, note=NOTE))

    def _said(self, step: str, asked: int, otherwise: str) -> str:
        said = self._scenario.answers.get(step, ())
        return said[min(asked, len(said) - 1)].replace("rollback", "roll back") if said else otherwise

    def _answer(self, state: State, waiting: Waiting, asked: int) -> AnyIntent:
        may_go_back = "rollback" in waiting.options
        step, host = waiting.step, waiting.host
        match self._said(step, asked, "retry" if not asked else "roll back"):
            case "retry":
                return Retry(step=step, host=host, note=NOTE)
            case "skip":
                return Skip(step=step, host=host, note=NOTE)
            case "drop":
                return Drop(step=step, host=host, note=NOTE)
            case "hold":
                return Hold(note=NOTE)
            case "roll back" if may_go_back:
                return RollBack(confirm=rollback_word(state), note=NOTE)
            case _:
                return Abort(note=NOTE)

    def _settling(self, state: State, waiting: Waiting, asked: int) -> Reply | None:
        step, host = waiting.step, waiting.host
        said = self._said(step, asked, "")
        if said in ("retry", "skip") and said in waiting.options:
            return Reply(state.captain, (Retry if said == "retry" else Skip)(step=step, host=host, note=NOTE))
        if said in ("roll back", "abort") and state.track == state.forward:
            return Reply(state.captain, self._answer(state, waiting, asked))
        truth = self._truth(step, host)
        if truth is None and said not in ("passed", "failed"):
            return None
        well = said == "passed" or (said != "failed" and bool(truth))
        settle = Settle(step=step, host=host, outcome="passed" if well else "failed", note=NOTE)
        return Reply(state.captain, settle)

    def _condition(self, waiting: Waiting, asked: int) -> AnyIntent:
        option = "skip" if self._said(waiting.step, asked, "run") == "skip" else "run"
        return Decide(decision=waiting.step, option=option, note=NOTE)

    def _resumption(self, state: State, asked: int) -> Reply | None:
        """A hold ends once its rules are well again; one that a no has caused does not."""
        ask_again = state.held_rules and not all(is_well(state, rule) for rule in state.held_rules)
        if ask_again:
            return None
        refused = any(not yes for one in state.steps.values() for yes in valid_signatures(state, one).values())
        if refused or asked > len(state.steps):
            return Reply(state.captain, self.giving_up(state, "nobody lets it go on"))
        return Reply(state.captain, Resume(note=NOTE))

    def _decision(self, state: State, waiting: Waiting) -> Reply | None:
        option = self._scenario.decisions.get(waiting.item)
        if option not in waiting.options:
            option = next((each for each in ("roll back",) if each in waiting.options and waiting.due is None), None)
            option = option or (waiting.options[0] if waiting.due is None else None)
        if option is None:
            return None
        return Reply(_login(state, waiting), Decide(decision=waiting.item, option=option, note=NOTE))

    def giving_up(self, state: State, why: str) -> AnyIntent:
        """What the captain does when it does not go on: back, where something was begun and there is a way."""
        begun = any(run.begun for step in state.forward for run in state.steps[step.id].hosts.values())
        if begun and state.backward and not state.rolling_back:
            return RollBack(confirm=rollback_word(state), note=why)
        return Abort(note=why)


def is_played(state: State) -> bool:
    """Whether the captain is played, because nobody sits there."""
    return state.rehearsal is not None and state.rehearsal.played


def roles_of(state: State, waiting: Waiting) -> tuple[str, ...]:
    """The roles that something is waited for from; none where only the captain can do it."""
    return tuple(role for role in waiting.who if role in state.the_plan.roles and role != CAPTAIN)


def is_for_others(state: State, waiting: Waiting) -> bool:
    """Whether it is waited for from people of whom the captain is none."""
    roles = [role for role in waiting.who if role in state.the_plan.roles]
    barred = waiting.what == "sign-off" and is_barred(state, state.steps[waiting.step].step, state.captain)
    return bool(roles) and (barred or not any(has_role(state, state.captain, role) for role in roles))


def _signer(state: State, gate: Gate, role: str, votes: Mapping[tuple[str, str], bool]) -> str:
    """Who signs next for a role: rather somebody who has not signed at all; empty where everybody has."""
    may = [login for login in people_of(state, role) if may_sign(state, gate, login, role)]
    people = [login for login in may if (role, login) not in votes]
    others = {login for _, login in votes}
    return next((login for login in people if login not in others), next(iter(people), ""))


def _login(state: State, waiting: Waiting) -> str:
    """Somebody who may do it: the captain, if it is for the captain too."""
    if not is_for_others(state, waiting):
        return state.captain
    return next((login for role in waiting.who for login in people_of(state, role)), state.captain)
