"""What an intent causes, or why it is refused. Pure: from a state, who asks, what, and when, to events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from cockpit.playbook.plan import BLOCK, Checklist, Do, Document, Gate, Item, Notice, Step
from cockpit.release.answers import answer
from cockpit.release.block import blocking
from cockpit.release.escalating import unlooked
from cockpit.release.events import (
    Aborted,
    AnyEvent,
    CaptainChanged,
    CaptaincyOffered,
    Closed,
    EarlyOrdered,
    GateOpened,
    GateRefused,
    Held,
    ItemNotApplicable,
    ItemTicked,
    LockTakeoverOrdered,
    Looked,
    ManualOrdered,
    Resumed,
    RoleAssigned,
    RollbackStarted,
    SignedOff,
    StepDone,
    StepOrdered,
    StepPassed,
    StepSkipped,
)
from cockpit.release.gates import covers, gate_obstacles
from cockpit.release.intents import (
    Abort,
    Acknowledge,
    AnyIntent,
    Assign,
    Back,
    Captaincy,
    Close,
    Decide,
    Done,
    Drop,
    Go,
    Hold,
    Hurry,
    LetPlay,
    Look,
    NoGo,
    Refusal,
    Report,
    Resume,
    Retry,
    RollBack,
    RunManual,
    Settle,
    Sign,
    Skip,
    Stop,
    Throw,
    Tick,
    Veto,
    Waive,
)
from cockpit.release.order import is_complete
from cockpit.release.people import has_role, is_captain, may_act, may_sign, past_no_return, people_of, rollback_word
from cockpit.release.practice import practised
from cockpit.release.questions import answered, question
from cockpit.release.standing import running
from cockpit.release.state import State, StepState
from cockpit.release.ticking import by_hand
from cockpit.release.waiting import EARLY_OPTIONS, is_early
from cockpit.units import format_within

Decision = tuple[AnyEvent, ...] | Refusal


def decide(state: State, login: str, intent: AnyIntent, now: float | None = None) -> Decision:
    """The events that an intent of this login causes at a moment (None: that of the last record), or a refusal."""
    if state.plan is None:
        return Refusal("the release has not begun")
    if state.closed:
        return Refusal(f"{state.release} is closed", "a closed release cannot change; start a new one")
    match intent:
        case Tick():
            return _tick(state, login, intent, state.at if now is None else now)
        case Done():
            return _done(state, login, intent)
        case Sign():
            return _sign(state, login, intent)
        case Captaincy():
            return _captaincy(state, login, intent)
        case Look():
            return _look(state, login, intent, state.at if now is None else now)
        case Acknowledge() | Waive() | Report():
            return question(state, login, intent)
        case RunManual():
            return _manual(state, login, intent)
        case Throw() | Hurry() | LetPlay():
            return practised(state, login, intent)
        case Decide() if _is_about_rule(state, intent.decision):
            return answered(state, login, intent.decision, intent.option, intent.note)
        case _:
            if not is_captain(state, login):
                hint = f"the captain is {state.captain}; `cockpit captain {state.release} take --note …` takes over"
                return Refusal(f"only the captain may do this, and {login} is not", hint)
            return _captains(state, login, intent)


def _captains(
    state: State,
    login: str,
    intent: Go
    | NoGo
    | Hold
    | Resume
    | Abort
    | RollBack
    | Close
    | Retry
    | Skip
    | Drop
    | Stop
    | Settle
    | Decide
    | Veto
    | Assign
    | Back,
) -> Decision:
    match intent:
        case Go():
            return _go(state, login, intent)
        case NoGo():
            return _no_go(state, login, intent)
        case Hold() | Resume():
            return _hold_or_resume(state, login, intent)
        case Abort():
            return _abort(state, login, intent)
        case RollBack():
            return _roll_back(state, login, intent)
        case Close():
            return _close(state, login, intent)
        case Retry() | Skip() | Drop() | Stop() | Settle():
            return answer(state, login, intent)
        case Decide():
            return _decide(state, login, intent)
        case Assign():
            return _assign(state, login, intent)
        case Veto() | Back():
            return question(state, login, intent)
        case _:
            assert_never(intent)


def _open_step(state: State, name: str) -> StepState | Refusal:
    one = state.steps.get(name)
    rolling = "the release is rolling back" if state.rolling_back else "it belongs to the rollback"
    if one is None:
        return Refusal(f"no step {name!r} in {state.release}", f"steps: {', '.join(state.steps)}")
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if one.step not in state.track:
        return Refusal(f"{name} is not part of what is being done now", rolling)
    if one.status == "pending":
        return Refusal(f"it is not {name}'s turn yet", _waits_for(state, one))
    if one.status == "asking":
        return Refusal(
            f"whether {name} is done is to be decided first", f"cockpit decide {state.release} {name} run|skip"
        )
    if one.status != "running":
        return Refusal(f"{name} has {one.status} already")
    return one


def _waits_for(state: State, one: StepState) -> str:
    before = [name for name in one.step.after if not is_complete(state.steps[name])]
    return f"it waits for {', '.join(before)}" if before else "nothing starts at the moment"


def _tick(state: State, login: str, intent: Tick, now: float) -> Decision:
    due_afterwards = intent.step == BLOCK and state.rolling_back and state.end is not None
    one = state.steps[BLOCK] if due_afterwards else _open_step(state, intent.step)
    if isinstance(one, Refusal):
        return one
    if not isinstance(one.step, Checklist):
        return Refusal(f"{intent.step} is not a checklist")
    item = next((each for each in one.step.items if each.id == intent.item), None)
    if item is None:
        return Refusal(f"no item {intent.item!r}", f"items: {', '.join(each.id for each in one.step.items)}")
    if not may_act(state, login, one.step.owner):
        return Refusal(f"{login} may not tick items of {intent.step}", _owners(one))
    ticked = _ticked(login, intent, item, now)
    if isinstance(ticked, Refusal) or not item.by:
        return ticked
    instead = by_hand(state, login, item, intent.evidence or intent.not_applicable)
    return instead if isinstance(instead, Refusal) else (*ticked, *instead)


def _ticked(login: str, intent: Tick, item: Item, now: float) -> Decision:
    if intent.not_applicable:
        if not item.not_applicable:
            return Refusal(f"{item.title} always applies", "the playbook does not allow `not applicable` here")
        return (ItemNotApplicable(step=intent.step, item=item.id, by=login, reason=intent.not_applicable),)
    if item.evidence and not intent.evidence.strip():
        return Refusal(f"{item.title} needs evidence", "give it with --evidence: a text, a file or a link")
    if item.fresh and (stale := _stale(intent, item, now)):
        return stale
    made = intent.made if item.fresh else None
    return (ItemTicked(step=intent.step, item=item.id, by=login, evidence=intent.evidence, made=made),)


def _stale(intent: Tick, item: Item, now: float) -> Refusal | None:
    """Why what shows an item is not new enough; None where it is."""
    within = format_within(item.fresh)
    if intent.made is None:
        return Refusal(
            f"{item.title} does not say when its evidence was made", f"--made DATE: no longer ago than {within}"
        )
    if intent.made + item.fresh <= now:
        return Refusal(f"what shows that {item.title} is older than {within}", "make it anew")
    return None


def _done(state: State, login: str, intent: Done) -> Decision:
    one = _open_step(state, intent.step)
    if isinstance(one, Refusal):
        return one
    if not isinstance(one.step, Do | Notice | Document):
        return Refusal(f"{intent.step} is not done by a person")
    if not may_act(state, login, one.step.owner):
        return Refusal(f"{login} may not say that {intent.step} is done", _owners(one))
    asks = {} if isinstance(one.step, Do) else one.step.asks
    if refused := _fields(intent, asks):
        return refused
    done = StepDone(step=intent.step, by=login, note=intent.note, fields=intent.fields)
    return (done, StepPassed(step=intent.step)) if isinstance(one.step, Do) else (done,)


def _fields(intent: Done, asks: Mapping[str, str]) -> Refusal | None:
    """What speaks against the lines that were supplied."""
    if unknown := [name for name in intent.fields if name not in asks]:
        return Refusal(
            f"{intent.step} asks for no {', '.join(unknown)}", f"it asks for: {', '.join(asks) or 'nothing'}"
        )
    if lacks := [name for name in asks if not intent.fields.get(name, "").strip()]:
        hint = " ".join(f"--field {name}=…" for name in lacks)
        return Refusal(f"{intent.step} needs {', '.join(asks[name] for name in lacks)}", hint)
    return None


def _manual(state: State, login: str, intent: RunManual) -> Decision:
    manual = state.the_plan.manual
    found = manual.get(intent.command)
    if found is None:
        return Refusal(f"no manual command {intent.command!r}", f"there are: {', '.join(manual) or 'none'}")
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if not may_act(state, login, found.step.owner):
        return Refusal(f"{login} may not run {intent.command}", _owners(state.steps[intent.command]))
    if busy := _is_busy(state, found.step):
        return busy
    if found.confirm and intent.confirm != found.confirm:
        return Refusal(f"{intent.command} asks first: {found.ask}", f"--confirm '{found.confirm}'")
    if not intent.note.strip():
        return Refusal("this needs a note", "say why, with --note")
    return (ManualOrdered(step=intent.command, by=login, note=intent.note),)


def _is_busy(state: State, step: Step) -> Refusal | None:
    """Why a person cannot order a command now: it runs, or how it ended is not known."""
    if state.is_running(step.id) or any(attempt.step == step.id for attempt in running(state)):
        return Refusal(f"{step.id} is running already")
    if state.broken is not None and not state.rolling_back:
        return Refusal(f"the journal of {state.release} is broken: there is only the way back", "roll back first")
    doubtful = [run.host for run in state.steps[step.id].hosts.values() if run.unsettled or run.lost]
    if doubtful:
        return Refusal(
            f"how {step.id} ended on {', '.join(doubtful)} is not known", "settle it, or do this on the host by hand"
        )
    return None


def _look(state: State, login: str, intent: Look, now: float) -> Decision:
    owed = next((each for each in unlooked(state) if each.step == intent.what), None)
    if owed is None:
        one = _open_step(state, intent.what)
        return one if isinstance(one, Refusal) else Refusal(f"{intent.what} asks for no look")
    if not may_act(state, login, owed.who):
        return Refusal(f"{login} may not look at {intent.what}", f"the captain may, and {', '.join(owed.who)}")
    return (Looked(step=intent.what, by=login, note=intent.note, late=max(0.0, now - owed.due)),)


def _owners(one: StepState) -> str:
    return f"the captain may, and {', '.join(one.step.owner) or 'nobody else'}"


def _gate(state: State, name: str) -> StepState | Refusal:
    one = _open_step(state, name)
    if isinstance(one, Refusal) or isinstance(one.step, Gate):
        return one
    return Refusal(f"{name} is not a gate")


def _sign(state: State, login: str, intent: Sign) -> Decision:
    one = _gate(state, intent.gate)
    if isinstance(one, Refusal):
        return one
    assert isinstance(one.step, Gate)
    if intent.role not in one.step.sign:
        return Refusal(f"{intent.gate} asks for no {intent.role}", f"roles: {', '.join(one.step.sign) or 'none'}")
    if not has_role(state, login, intent.role):
        people = ", ".join(people_of(state, intent.role)) or "nobody yet"
        return Refusal(f"{login} is not {intent.role}", f"{intent.role}: {people}")
    if not may_sign(state, one.step, login, intent.role):
        others = ", ".join(each for each in people_of(state, intent.role) if each != login)
        return Refusal(
            f"{login} started the release, and {intent.gate} is signed by others",
            f"{intent.role}: {others or 'nobody'}",
        )
    if intent.covers != covers(state, intent.gate):
        return Refusal("what you were shown has changed since", "look again, then sign what is shown now")
    if not intent.yes and not intent.note.strip():
        return Refusal("a no needs a note", "say why, with --note")
    signed = SignedOff(
        gate=intent.gate, role=intent.role, by=login, yes=intent.yes, covers=intent.covers, note=intent.note
    )
    return (signed,)


def _go(state: State, login: str, intent: Go) -> Decision:
    one = _gate(state, intent.gate)
    if isinstance(one, Refusal):
        return one
    assert isinstance(one.step, Gate)
    if obstacles := gate_obstacles(state, one):
        return Refusal(f"{intent.gate} stays shut: {'; '.join(obstacles)}")
    if one.step.confirm and intent.confirm != one.step.confirm:
        return Refusal(f"{intent.gate} asks for a word to be typed", f"--confirm {one.step.confirm}")
    return GateOpened(gate=intent.gate, by=login, note=intent.note), StepPassed(step=intent.gate)


def _no_go(state: State, login: str, intent: NoGo) -> Decision:
    one = _gate(state, intent.gate)
    if isinstance(one, Refusal):
        return one
    if not intent.note.strip():
        return Refusal("a no-go needs a note", "say why, with --note")
    refused = GateRefused(gate=intent.gate, by=login, note=intent.note)
    return (refused,) if state.is_held_for_people else (refused, Held(by=login, note=f"no-go: {intent.note}"))


def _assign(state: State, login: str, intent: Assign) -> Decision:
    """A role given to a login, or with a note from one to another."""
    roles = {name: role for name, role in state.the_plan.roles.items() if role.assigned}
    role = roles.get(intent.role)
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if role is None:
        return Refusal(f"{intent.role} is not assigned here", f"these are: {', '.join(roles) or 'none'}")
    if not intent.to.strip() or (role.people and intent.to not in role.people):
        return Refusal(f"{intent.to or 'nobody'} cannot be {intent.role}", f"logins: {', '.join(role.people) or 'any'}")
    if (now := state.assigned.get(intent.role)) == intent.to:
        return Refusal(f"{now} is {intent.role} already")
    if now and not intent.note.strip():
        return Refusal(f"{now} is {intent.role}: giving it to another needs a note", "say why, with --note")
    return (RoleAssigned(role=intent.role, to=intent.to.strip(), by=login, note=intent.note),)


def _hold_or_resume(state: State, login: str, intent: Hold | Resume) -> Decision:
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if isinstance(intent, Hold):
        if state.is_held_for_people:
            return Refusal(f"held by {state.held_by} already", "resume ends the hold")
        return (Held(by=login, note=intent.note),)
    if not state.held_by:
        return Refusal("nothing is held")
    return (Resumed(by=login, note=intent.note),)


def _abort(state: State, login: str, intent: Abort) -> Decision:
    if state.end or (state.aborted and (intent.finish or not state.finish)):
        return Refusal(f"{state.release} is {state.end or 'aborted'} already")
    return (Aborted(by=login, note=intent.note, finish=intent.finish),)


def _roll_back(state: State, login: str, intent: RollBack) -> Decision:
    if state.the_plan.rollback is None:
        return Refusal("this playbook has no rollback", "abort stops the release where it is")
    if state.end == "rolled_back":
        return Refusal(f"{state.release} is rolled back already")
    if state.rolling_back and state.end is None and not state.aborted:
        return Refusal(f"{state.release} is being rolled back already")
    if intent.confirm != (word := rollback_word(state)):
        if past := past_no_return(state):
            return Refusal(f"{past} cannot be undone: rolling back past it asks again", f"--confirm '{word}'")
        return Refusal("rolling back asks for the release's name to be typed", f"--confirm {word}")
    return (RollbackStarted(by=login, note=intent.note),)


def _close(state: State, login: str, intent: Close) -> Decision:
    if state.end is None:
        return Refusal(f"{state.release} has not ended", "abort it or roll it back first")
    if left := blocking(state):
        hint = f"`cockpit tick {state.release} {left[0].id}` says that it is done"
        return Refusal(f"it was rolled back, and this is still to be done: {_titles(left)}", hint)
    return (Closed(by=login, note=intent.note),)


def _titles(items: tuple[Item, ...]) -> str:
    return "; ".join(item.title for item in items)


def _is_about_rule(state: State, name: str) -> bool:
    """Whether a decision is about a rule; one about a step of the same name goes first."""
    one = state.steps.get(name)
    is_of_step = one is not None and (one.status == "asking" or is_early(state, one))
    return name in state.rules and not (is_of_step or state.end or state.aborted)


def _decide(state: State, login: str, intent: Decide) -> Decision:
    host = state.hosts.get(intent.decision.removeprefix("lock-"))
    if intent.decision.startswith("lock-") and host is not None and host.lock in ("refused", "lost"):
        if intent.option != "take over":
            return Refusal(f"no option {intent.option!r}", "options: take over")
        if not intent.note.strip():
            return Refusal("taking a lock over needs a note", "say why, with --note")
        return (LockTakeoverOrdered(host=host.name, by=login, note=intent.note),)
    one = state.steps.get(intent.decision)
    if one is not None and one.status == "asking" and one.step in state.track and not (state.end or state.aborted):
        return _condition(login, intent)
    if one is not None and one.step in state.track and not (state.end or state.aborted) and is_early(state, one):
        return _early(login, intent)
    return Refusal(f"no decision {intent.decision!r} is open")


def _condition(login: str, intent: Decide) -> Decision:
    if not intent.note.strip():
        return Refusal("a decision needs a note", "say why, with --note")
    match intent.option:
        case "run":
            return (StepOrdered(step=intent.decision, by=login, note=intent.note),)
        case "skip":
            return (StepSkipped(step=intent.decision, by=login, note=intent.note),)
        case _:
            return Refusal(f"no option {intent.option!r}", "options: run, skip")


def _early(login: str, intent: Decide) -> Decision:
    if intent.option not in EARLY_OPTIONS:
        return Refusal(f"no option {intent.option!r}", f"options: {', '.join(EARLY_OPTIONS)}; it begins by itself")
    if not intent.note.strip():
        return Refusal("beginning before its time needs a note", "say why, with --note")
    return (EarlyOrdered(step=intent.decision, by=login, note=intent.note),)


def _captaincy(state: State, login: str, intent: Captaincy) -> Decision:
    match intent.action:
        case "offer":
            if not is_captain(state, login):
                return Refusal(f"{login} is not the captain", f"the captain is {state.captain}")
            if not intent.to or intent.to == login:
                return Refusal("name the login to offer the captaincy to")
            return (CaptaincyOffered(to=intent.to, by=login),)
        case "accept":
            if state.offered_to != login:
                return Refusal(f"the captaincy was not offered to {login}")
            return (CaptainChanged(captain=login, by=login),)
        case "take":
            if is_captain(state, login):
                return Refusal(f"{login} is the captain already")
            if not intent.note.strip():
                return Refusal("taking the captaincy needs a note", "say why, with --note")
            return (CaptainChanged(captain=login, by=login, note=intent.note),)
        case _:
            assert_never(intent.action)
