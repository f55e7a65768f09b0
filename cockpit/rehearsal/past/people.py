"""What people said in a recorded release, and what each of them answered with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cockpit.rehearsal.scenario import Spoken
from cockpit.release.apply import apply
from cockpit.release.events import (
    ITSELF,
    Aborted,
    Acknowledged,
    AnyEvent,
    AttemptSettled,
    BackOrdered,
    Decided,
    EarlyOrdered,
    GateOpened,
    GateRefused,
    Held,
    HostDropped,
    ItemNotApplicable,
    ItemTicked,
    Looked,
    Record,
    RedeployOrdered,
    Resumed,
    RetryOrdered,
    RoleAssigned,
    RollbackStarted,
    SignedOff,
    StepDone,
    StepOrdered,
    StepSkipped,
    StopOrdered,
    VerdictChanged,
    Vetoed,
    Waived,
)
from cockpit.release.intents import (
    Abort,
    Acknowledge,
    AnyIntent,
    Assign,
    Back,
    Decide,
    Done,
    Drop,
    Go,
    Hold,
    Look,
    NoGo,
    Report,
    Resume,
    Retry,
    RollBack,
    Settle,
    Sign,
    Skip,
    Stop,
    Tick,
    Veto,
    Waive,
)
from cockpit.release.state import State
from cockpit.release.waiting import Key, waiting_for

_FOLLOWING = (Held, Aborted, BackOrdered, RollbackStarted, Waived, StepSkipped)
"""What may come of a decision, a no-go or a tick, with no word of its own."""

_BY_ROLE = (Sign, Waive)
"""What even the captain does in a role."""


def spoken(records: Iterable[Record]) -> tuple[Spoken, ...]:
    """Everything that people asked for and that was done, in order; but for closing, and handing over."""
    return tuple(_spoken(records))


def _spoken(records: Iterable[Record]) -> Iterator[Spoken]:
    state, last = State(), (0.0, "")
    for record in records:
        by = getattr(record.event, "by", ITSELF)
        said = None if by == ITSELF else _said(state, record.event)
        if said is not None and not (isinstance(record.event, _FOLLOWING) and last == (record.at, by)):
            name = "" if by == state.captain and not isinstance(said, _BY_ROLE) else by
            yield Spoken(after=round(record.at - state.opened, 3), intent=said, by=name, to=_answered(state, said))
            if isinstance(record.event, Decided | GateRefused | ItemTicked | ItemNotApplicable):
                last = (record.at, by)
        state = apply(state, record)


def _said(state: State, event: AnyEvent) -> AnyIntent | None:
    """The intent that an event is of; None where it is of none that is repeated."""
    match event:
        case ItemTicked(step=step, item=item, evidence=evidence, made=made):
            return Tick(step=step, item=item, evidence=evidence, made=made)
        case ItemNotApplicable(step=step, item=item, reason=reason):
            return Tick(step=step, item=item, not_applicable=reason)
        case StepDone(step=step, note=note):
            return Done(step=step, note=note)
        case SignedOff(gate=gate, role=role, yes=yes, note=note):
            return Sign(gate=gate, role=role, yes=yes, covers="", note=note)
        case GateOpened(gate=gate, note=note):
            return Go(gate=gate, note=note)
        case GateRefused(gate=gate, note=note):
            return NoGo(gate=gate, note=note)
        case Held(note=note):
            return Hold(note=note)
        case Resumed(note=note):
            return Resume(note=note)
        case Aborted(note=note, finish=finish):
            return Abort(note=note, finish=finish)
        case RollbackStarted(note=note):
            return RollBack(note=note)
        case BackOrdered(note=note):
            return Back(note=note)
        case Acknowledged(rule=rule, note=note):
            return Acknowledge(rule=rule, note=note)
        case Looked(step=step, note=note):
            return Look(what=step, note=note)
        case Vetoed(rule=rule, note=note):
            return Veto(rule=rule, note=note)
        case Waived(what=what, role=role, note=note):
            return Waive(what=what, role=role, note=note)
        case VerdictChanged(rule=rule, verdict=verdict, reason=note):
            return Report(rule=rule, note=note, clear=verdict == "passing")
        case RoleAssigned(role=role, to=to, note=note):
            return Assign(role=role, to=to, note=note)
        case Decided(rule=rule, option=option, note=note):
            return Decide(decision=rule, option=option, note=note)
        case _:
            return _answer(state, event)


def _answer(state: State, event: AnyEvent) -> AnyIntent | None:
    """The same for what is said of steps and their attempts."""
    match event:
        case RetryOrdered(step=step, host=host, note=note, external=external):
            return Retry(step=step, host=host, note=note, external=external)
        case RedeployOrdered(step=step, note=note):
            return Retry(step=step, note=note)
        case HostDropped(step=step, host=host, note=note):
            return Drop(step=step, host=host, note=note)
        case StepSkipped(step=step, host="", note=note) if state.steps[step].status == "asking":
            return Decide(decision=step, option="skip", note=note)
        case StepSkipped(step=step, host=host, note=note):
            return Skip(step=step, host=host, note=note)
        case StepOrdered(step=step, note=note) | EarlyOrdered(step=step, note=note):
            return Decide(decision=step, option="run", note=note)
        case AttemptSettled(id=name, outcome=outcome, note=note) if name in state.attempts:
            attempt = state.attempts[name]
            return Settle(step=attempt.step, host=attempt.host, outcome=outcome, note=note)
        case StopOrdered(id=name, note=note) if name in state.attempts:
            attempt = state.attempts[name]
            return Stop(step=attempt.step, host=attempt.host, note=note)
        case _:
            return None


def _answered(state: State, said: AnyIntent) -> Key | None:
    """What was waited for then that this answers."""
    return next((each.key for each in waiting_for(state) if _answers(said, each.key)), None)


def _answers(said: AnyIntent, key: Key) -> bool:
    what, step, host, item, role = key
    match said:
        case Tick():
            return (what, step, item) == ("item", said.step, said.item)
        case Done():
            return (what, step) == ("step", said.step)
        case Sign():
            return (what, step) == ("sign-off", said.gate) and role in ("", said.role)
        case Go():
            return (what, step) == ("gate", said.gate)
        case Resume():
            return what == "resume"
        case Acknowledge():
            return (what, item) == ("acknowledgement", said.rule)
        case Look():
            return (what, step) == ("look", said.what)
        case Retry(host="") if what == "redeploy":
            return step == said.step
        case Veto():
            return (what, item) == ("veto", said.rule)
        case Decide():
            return said.decision in (item, step) and what in ("decision", "condition")
        case Settle() | Retry() | Skip() | Drop():
            return what in ("answer", "settle") and (step, host) == (said.step, said.host)
        case _:
            return False
