"""What an intent causes, or why it is refused. Pure: from a state, who asks, what, and when, to events."""

from __future__ import annotations

from typing import assert_never

from cockpit.playbook.plan import Item
from cockpit.release.answers import answer
from cockpit.release.appointing import assign, captaincy
from cockpit.release.block import blocking
from cockpit.release.doing import done_by, look, tick
from cockpit.release.events import (
    Aborted,
    Closed,
    EarlyOrdered,
    Held,
    LockTakeoverOrdered,
    Resumed,
    RollbackStarted,
    StepOrdered,
    StepSkipped,
)
from cockpit.release.intents import (
    Abort,
    Acknowledge,
    AnyIntent,
    Assign,
    Back,
    Captaincy,
    Close,
    Decide,
    Decision,
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
from cockpit.release.manual import order_manual
from cockpit.release.people import is_captain, past_no_return, rollback_word
from cockpit.release.practice import practised
from cockpit.release.questions import answered, question
from cockpit.release.signing import go, no_go, sign
from cockpit.release.state import State
from cockpit.release.waiting import EARLY_OPTIONS, is_early


def decide(state: State, login: str, intent: AnyIntent, now: float | None = None) -> Decision:
    """The events that an intent of this login causes at a moment (None: that of the last record), or a refusal."""
    if state.plan is None:
        return Refusal("the release has not begun")
    if state.closed:
        return Refusal(f"{state.release} is closed", "a closed release cannot change; start a new one")
    match intent:
        case Tick():
            return tick(state, login, intent, state.at if now is None else now)
        case Done():
            return done_by(state, login, intent)
        case Sign():
            return sign(state, login, intent)
        case Captaincy():
            return captaincy(state, login, intent)
        case Look():
            return look(state, login, intent, state.at if now is None else now)
        case Acknowledge() | Waive() | Report():
            return question(state, login, intent)
        case RunManual():
            return order_manual(state, login, intent)
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
            return go(state, login, intent)
        case NoGo():
            return no_go(state, login, intent)
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
            return assign(state, login, intent)
        case Veto() | Back():
            return question(state, login, intent)
        case _:
            assert_never(intent)


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
