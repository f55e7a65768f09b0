"""Whether something may be done now, and if not, why not: what the deciding core would say, in advance."""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType

from cockpit.playbook.plan import BLOCK, Do, Document, Gate, Notice, Soak
from cockpit.release.asked import owners_of
from cockpit.release.block import blocking
from cockpit.release.decide import decide
from cockpit.release.escalating import unlooked
from cockpit.release.gates import gate_criteria
from cockpit.release.intents import AnyIntent, Refusal, Retry
from cockpit.release.people import has_role, is_captain, may_act, may_sign_any
from cockpit.release.practice import FASTEST_REAL
from cockpit.release.standing import current, running
from cockpit.release.state import State, StepState
from cockpit.release.waiting import waiting_for

Kind = type | UnionType
"""A kind of step, or several."""

PERSONS = Do | Notice | Document
"""What a person does, or supplies what is to be told."""

WhyNot = Callable[[State, str, bool], str]
"""From state, login and whether it only watches: empty when it may be done now, else the reason why not."""

WATCHING = "you only watch: attach without --observe to act"
NOT_BEGUN = "the release has not begun"
NO_REHEARSAL = "this is no rehearsal"
FULL = 0.0


def asking(make: Callable[[State], AnyIntent]) -> WhyNot:
    """Asks the deciding core about an intent of the captain."""

    def why_not(state: State, login: str, observer: bool) -> str:
        if observer:
            return WATCHING
        if state.plan is None:
            return NOT_BEGUN
        answer = decide(state, login, make(state))
        return answer.reason if isinstance(answer, Refusal) else ""

    return why_not


def at(kind: Kind, what: str) -> Callable[[WhyNot], WhyNot]:
    """Only while a step of this kind is open."""

    def wrap(inner: WhyNot) -> WhyNot:
        def why_not(state: State, login: str, observer: bool) -> str:
            if state.plan is None:
                return NOT_BEGUN
            return inner(state, login, observer) if open_step(state, kind) else f"no {what} is open"

        return why_not

    return wrap


def open_step(state: State, kind: Kind) -> StepState | None:
    """The step of a kind whose turn it is: the current one before others; after a rollback what is due then."""
    if state.plan is None or state.end or state.aborted:
        due = state.steps[BLOCK] if not state.closed and blocking(state) else None
        if due is not None and isinstance(due.step, kind) and state.end:
            return due
        return None
    ones = [one for one in (current(state), *(state.steps[step.id] for step in state.track)) if one is not None]
    return next((one for one in ones if one.status == "running" and isinstance(one.step, kind)), None)


def opens_gate(state: State, login: str, observer: bool) -> str:
    """Only the captain."""
    if observer:
        return WATCHING
    return "" if is_captain(state, login) else f"only the captain opens it: {state.captain}"


def signs(state: State, login: str, _observer: bool) -> str:
    """Whoever has a role that the open gate asks for."""
    one = open_step(state, Gate)
    asked = one.step.sign if one is not None and isinstance(one.step, Gate) else {}
    if not asked:
        return "this gate asks for no sign-off"
    if one is not None and isinstance(one.step, Gate) and may_sign_any(state, one.step, login):
        return ""
    if any(has_role(state, login, role) for role in asked):
        return "you started the release, and this gate is signed by others"
    return f"you are none of {', '.join(asked)}"


def owned(kind: Kind) -> WhyNot:
    """Whoever owns the open step of this kind, and the captain."""

    def why_not(state: State, login: str, _observer: bool) -> str:
        one = open_step(state, kind)
        if one is None or may_act(state, login, one.step.owner):
            return ""
        return f"{', '.join(one.step.owner) or 'the captain'} does it, and you are not"

    return why_not


def orders(state: State, login: str, observer: bool) -> str:
    """Whoever owns a command that no step runs, and the captain."""
    if observer:
        return WATCHING
    if state.plan is None:
        return NOT_BEGUN
    if state.end or state.aborted:
        return f"the release is {state.end or 'aborted'}"
    manual = state.plan.manual.values()
    if not manual:
        return "the playbook has no command to be run by hand"
    return "" if any(may_act(state, login, each.step.owner) for each in manual) else "you own none of these commands"


def waives(state: State, login: str, _observer: bool) -> str:
    """Whoever has a role that may waive at the open gate, while a criterion does not hold."""
    one = open_step(state, Gate)
    if one is None or not isinstance(one.step, Gate) or not gate_criteria(state, one, one.step):
        return "no criterion keeps this gate shut"
    if any(has_role(state, login, role) for role in one.step.waiver):
        return ""
    return (
        f"{' or '.join(one.step.waiver)} may waive, and you are not"
        if one.step.waiver
        else "nothing can be waived here"
    )


def announced(state: State) -> tuple[str, ...]:
    """The rules that will roll the release back by themselves, the soonest first."""
    if state.plan is None or state.end or state.aborted:
        return ()
    found = [(one.announced, rule) for rule, one in state.rules.items() if one.announced is not None]
    return tuple(rule for _, rule in sorted(found))


def undecided(state: State) -> tuple[str, ...]:
    """The rules about which somebody is to decide, the soonest first."""
    if state.plan is None or state.end or state.aborted:
        return ()
    found = [
        (one.due if one.due is not None else state.at + 1e9, rule) for rule, one in state.rules.items() if one.asked
    ]
    return tuple(rule for _, rule in sorted(found))


def unseen(state: State) -> tuple[str, ...]:
    """The rules that do not pass, and that nobody has said to have seen."""
    if state.plan is None or state.end or state.aborted:
        return ()
    ones = state.rules.items()
    return tuple(rule for rule, one in ones if one.verdict not in (None, "passing") and not one.acknowledged)


def vetoes(state: State, login: str, observer: bool) -> str:
    """Only the captain, while a rollback is announced."""
    if observer:
        return WATCHING
    if not announced(state):
        return "no rollback is announced"
    return "" if is_captain(state, login) else f"only the captain vetoes: {state.captain}"


def acknowledges(state: State, _login: str, _observer: bool) -> str:
    """Anybody, while a rule does not pass that nobody has seen."""
    return "" if unseen(state) else "every rule passes, or was seen"


def reports(state: State, login: str, _observer: bool) -> str:
    """Whoever may report something that people judge."""
    if state.plan is None or not (found := reported(state)):
        return "this playbook asks people about nothing"
    if state.end or state.aborted:
        return f"the release is {state.end or 'aborted'}"
    return "" if any(may_act(state, login, state.the_plan.rules[rule].by) for rule in found) else "others report here"


def reported(state: State) -> tuple[str, ...]:
    """The rules that people judge."""
    return tuple(name for name, rule in state.the_plan.rules.items() if rule.reported)


def looked_at(state: State, login: str) -> tuple[str, ...]:
    """The steps at which this login may look, the soonest due first."""
    mine = [owed for owed in unlooked(state) if may_act(state, login, owed.who)]
    return tuple(owed.step for owed in sorted(mine, key=lambda owed: owed.due))


def looks_owed(state: State, login: str, _observer: bool) -> str:
    """Whoever owes a look, and the captain."""
    if not any(unlooked(state)):
        return "nothing asks for a look"
    if looked_at(state, login):
        return ""
    whom = dict.fromkeys(who for owed in unlooked(state) for who in owed.who)
    return f"{', '.join(whom)} looks, and you are not"


def answers(state: State, login: str, observer: bool) -> str:
    """The captain; of decisions about rules, their owners too."""
    if any(may_act(state, login, owners_of(state, rule)) for rule in undecided(state)):
        return ""
    if observer:
        return WATCHING
    kinds = ("answer", "settle", "condition", "lock", "early")
    if undecided(state):
        owners = {owner for rule in undecided(state) for owner in owners_of(state, rule)}
        return f"{', '.join(sorted(owners)) or 'the captain'} decides, and you are not"
    if state.plan is None or not any(one.what in kinds for one in waiting_for(state)):
        return "nothing waits for an answer"
    return "" if is_captain(state, login) else f"only the captain answers: {state.captain}"


def soak_of(state: State) -> StepState | None:
    """The soak that goes on, else the last that is complete."""
    if state.plan is None or state.end or state.aborted or state.rolling_back:
        return None
    ones = [state.steps[step.id] for step in reversed(state.forward) if isinstance(step, Soak)]
    found = (one for status in ("running", "passed") for one in ones if one.status == status)
    return next(found, None)


def redeploys(state: State, login: str, observer: bool) -> str:
    """Only the captain, from a soak on until something comes after it."""
    one = soak_of(state)
    if one is None:
        return WATCHING if observer else "there is no soak to begin anew"
    return asking(lambda _: Retry(step=one.step.id, note="-"))(state, login, observer)


def stops(state: State, login: str, observer: bool) -> str:
    """Only the captain, while something runs."""
    if observer:
        return WATCHING
    if state.plan is None or not running(state):
        return "nothing runs"
    return "" if is_captain(state, login) else f"only the captain stops: {state.captain}"


def assigns(state: State, login: str, observer: bool) -> str:
    """Only the captain, where roles are assigned."""
    if observer:
        return WATCHING
    if state.plan is None or not assignable(state):
        return "every role has its people"
    if state.end or state.aborted:
        return f"the release is {state.end or 'aborted'}"
    return "" if is_captain(state, login) else f"only the captain assigns: {state.captain}"


def assignable(state: State) -> tuple[str, ...]:
    """The roles that are assigned during the release, those that nobody has yet first."""
    roles = [name for name, role in state.the_plan.roles.items() if role.assigned]
    return tuple(sorted(roles, key=lambda name: name in state.assigned))


def drives(state: State, _login: str, observer: bool) -> str:
    """Anybody who does not only watch."""
    if observer:
        return WATCHING
    return "the release is closed" if state.closed or state.plan is None else ""


def measures(state: State, _login: str, _observer: bool) -> str:
    """Only where the plan has rules."""
    return "" if state.rules else "this playbook has no rules: nothing is judged"


def rehearses(state: State, _login: str, observer: bool) -> str:
    """Only in a rehearsal that goes on."""
    if state.plan is None:
        return NOT_BEGUN
    if state.rehearsal is None:
        return NO_REHEARSAL
    if state.end is not None:
        return "the rehearsal has ended"
    return WATCHING if observer else ""


def hurries(state: State, login: str, observer: bool) -> str:
    """Only in a rehearsal that may still go faster."""
    if (reason := rehearses(state, login, observer)) or state.rehearsal is None:
        return reason
    above = faster(state.rehearsal.speed)
    if above is None:
        return "it goes as fast as it can"
    if state.rehearsal.setting.real and not 0 < above <= FASTEST_REAL:
        return f"its hosts are SSH servers: only one begun with `--speed max` goes faster than {FASTEST_REAL:g} times"
    return ""


def slows(state: State, login: str, observer: bool) -> str:
    """Only in a rehearsal that may still go slower."""
    slowest = state.rehearsal is not None and slower(state.rehearsal.speed) is None
    return rehearses(state, login, observer) or ("it goes at the speed of real time" if slowest else "")


def scored(state: State, _login: str, _observer: bool) -> str:
    """Only of a rehearsal that has ended."""
    if state.plan is None:
        return NOT_BEGUN
    if state.rehearsal is None:
        return NO_REHEARSAL
    return "" if state.end is not None else "the rehearsal has not ended"


SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 0.0)
"""How many seconds of a rehearsal pass in one; 0: as fast as it goes."""


def faster(speed: float) -> float | None:
    """The next speed above one; None above full speed."""
    if speed == FULL:
        return None
    return next((each for each in SPEEDS if each > speed), FULL)


def slower(speed: float) -> float | None:
    """The next speed below one; None at real time or below."""
    return next((each for each in reversed(SPEEDS[:-1]) if each < speed or speed == FULL), None)
