"""Folding: one event changes the state. No decision is taken here; an event of the past is never refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from cockpit.release.draft import Draft
from cockpit.release.events import (
    Aborted,
    Acknowledged,
    AnyEvent,
    AttemptEnded,
    AttemptSettled,
    AttemptStarted,
    BackDone,
    BackOrdered,
    BaselineRecorded,
    CalledOff,
    CaptainChanged,
    CaptaincyOffered,
    CaptainPlayed,
    Closed,
    ConditionUnknown,
    CredentialsMissed,
    CredentialsSupplied,
    Decided,
    DecisionOpened,
    EarlyOrdered,
    Ended,
    EngineStarted,
    Escalated,
    FaultBegan,
    FileSeen,
    FitJudged,
    FreezeLifted,
    GateOpened,
    GateRefused,
    Held,
    HostCleaned,
    HostDropped,
    HostFailed,
    HostPassed,
    HostReached,
    HostUnreachable,
    ItemLapsed,
    ItemNotApplicable,
    ItemTicked,
    JournalContinued,
    LinkLost,
    LockRefused,
    LockTaken,
    LockTakeoverOrdered,
    Looked,
    LookMissed,
    ManualOrdered,
    NoticeTold,
    Opened,
    Overdue,
    Record,
    RecordMade,
    RedeployOrdered,
    RehearsalFound,
    RehearsalLapsed,
    Resumed,
    RetryOrdered,
    RoleAssigned,
    RollbackAnnounced,
    RollbackStarted,
    SignedOff,
    SignOffLapsed,
    SoakBegan,
    SoakBroken,
    Soaked,
    SoakPaused,
    SpeedChanged,
    StepDone,
    StepOrdered,
    StepPassed,
    StepSkipped,
    StepStarted,
    StopOrdered,
    VerdictChanged,
    Vetoed,
    Waived,
    WaiverLapsed,
)
from cockpit.release.folding import (
    attempts,
    checklists,
    course,
    engines,
    gates,
    hosts,
    opening,
    rules,
    runs,
    steps,
    watching,
)
from cockpit.release.practice import practise
from cockpit.release.salvage import continued
from cockpit.release.state import Practised, State


def fold(records: Iterable[Record], state: State | None = None) -> State:
    """The state after these records, from the given one or from nothing."""
    draft = Draft(state or State())
    last = None
    for record in records:
        _apply(draft, record.event, record.at)
        last = record
    return replace(draft.state, seq=last.seq, at=last.at) if last else draft.state


def apply(state: State, record: Record) -> State:
    """The state after one more record."""
    return fold((record,), state)


def _apply(draft: Draft, event: AnyEvent, at: float) -> None:  # noqa: PLR0915  a case for each event
    match event:
        case AttemptEnded():
            attempts.ended(draft, event, at)
        case AttemptStarted():
            attempts.started(draft, event, at)
        case StopOrdered():
            attempts.stopping(draft, event, at)
        case AttemptSettled():
            attempts.settled(draft, event)
        case HostPassed():
            draft.set_run(event.step, event.host, status="passed", reason="", ended=at, polling=None)
        case HostFailed():
            runs.failed(draft, event, at)
        case RetryOrdered():
            runs.retried(draft, event)
        case HostDropped():
            runs.dropped(draft, event, at)
        case HostReached():
            hosts.reached(draft, event)
        case HostUnreachable():
            draft.set_host(event.host, reach="unreachable", reason=event.reason, hint=event.hint)
        case LinkLost():
            draft.set_host(event.host, reach="lost", reason=event.reason)
        case HostCleaned():
            draft.set_host(event.host, cleaned=True, lock="none", reason=event.reason)
        case LockTaken():
            draft.set_host(event.host, lock="ours", holder="")
        case LockRefused():
            hosts.lock_refused(draft, event)
        case LockTakeoverOrdered():
            draft.set_host(event.host, lock="taking")
        case StepStarted():
            steps.started(draft, event, at)
        case StepPassed():
            draft.set_step(event.step, status="passed", ended=at)
        case StepSkipped(host=""):
            draft.set_step(event.step, status="skipped", by=event.by, note=event.note, ended=at)
        case StepSkipped():
            runs.skipped(draft, event, at)
        case StepDone():
            draft.set_step(event.step, by=event.by, note=event.note, fields=event.fields)
        case NoticeTold():
            draft.set_step(event.step, told=event.number, told_at=at)
        case RecordMade():
            draft.set_step(event.step, told=1, told_at=at)
        case StepOrdered():
            draft.set_step(event.step, status="pending", ordered=True, by=event.by, note=event.note)
        case ManualOrdered():
            steps.ordered(draft, event, at)
        case RedeployOrdered():
            steps.redeployed(draft, event)
        case ConditionUnknown():
            draft.set_step(event.step, status="asking")
        case EarlyOrdered():
            steps.early(draft, event, at)
        case Overdue():
            draft.set_step(event.step, overdue=event.due)
        case FileSeen():
            steps.file_seen(draft, event)
        case ItemTicked():
            checklists.ticked(draft, event, at)
        case ItemNotApplicable():
            checklists.not_applicable(draft, event, at)
        case ItemLapsed():
            checklists.lapsed(draft, event)
        case SignedOff():
            gates.signed(draft, event, at)
        case SignOffLapsed():
            gates.sign_off_lapsed(draft, event)
        case GateOpened():
            draft.set_step(event.gate, by=event.by, note=event.note)
        case GateRefused():
            draft.set_step(event.gate, signatures=(), by=event.by, note=event.note)
        case Waived():
            gates.waived(draft, event, at)
        case WaiverLapsed():
            gates.waiver_lapsed(draft, event)
        case RehearsalFound():
            draft.set_step(event.gate, practised=Practised(event.release, event.at))
        case RehearsalLapsed():
            draft.set_step(event.gate, practised=None)
        case FitJudged():
            gates.fit_judged(draft, event, at)
        case FreezeLifted():
            draft.set(lifted=(*draft.state.lifted, event.freeze))
        case VerdictChanged():
            rules.judged(draft, event, at)
        case RollbackAnnounced():
            draft.set_rule(event.rule, guard=event.guard, announced=event.due)
        case Vetoed():
            draft.set_rule(event.rule, **rules.SETTLED, excused=event.by, excuse=event.note)
        case DecisionOpened():
            draft.set_rule(event.rule, guard=event.guard, asked=event.about, due=event.due)
        case Decided():
            rules.decided(draft, event, at)
        case CalledOff():
            draft.set_rule(event.rule, **rules.SETTLED)
        case Acknowledged():
            draft.set_rule(event.rule, acknowledged=event.by)
        case BaselineRecorded():
            draft.set(baselines={**draft.state.baselines, event.metric: event.hosts})
        case SoakBegan() | SoakPaused() | SoakBroken() | Soaked():
            watching.soaking(draft, event, at)
        case Looked():
            watching.looked(draft, event, at)
        case LookMissed():
            watching.missed(draft, event)
        case Escalated():
            watching.escalated(draft, event, at)
        case Held():
            course.held(draft, event)
        case Resumed():
            course.resumed(draft, event)
        case Aborted():
            course.aborted(draft, event)
        case RollbackStarted():
            course.rollback_started(draft, event)
        case BackOrdered():
            course.back_ordered(draft, event, at)
        case BackDone():
            course.back_done(draft, event)
        case Ended():
            draft.set(end=event.outcome, end_reason=event.reason, ended=at)
        case Closed():
            draft.set(closed=True)
        case CredentialsMissed():
            draft.set(missing=tuple(sorted({*draft.state.missing, *event.names})))
        case CredentialsSupplied():
            draft.set(missing=tuple(sorted({*draft.state.missing} - {*event.names})))
        case CaptaincyOffered():
            draft.set(offered_to=event.to)
        case CaptainChanged():
            draft.set(captain=event.captain, offered_to="")
        case RoleAssigned():
            draft.set(assigned={**draft.state.assigned, event.role: event.to})
        case FaultBegan() | SpeedChanged() | CaptainPlayed():
            practise(draft, event, at)
        case EngineStarted():
            engines.started(draft, event, at)
        case JournalContinued():
            continued(draft, event, at)
        case Opened():
            draft.begin(opening.opened(event, at))
        case _:
            assert_never(event)
