"""Folding: one event changes the state. No decision is taken here; an event of the past is never refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from msgspec.structs import replace

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Checklist, Http, Plan, Run, Step
from cockpit.release.back import renewed, undoing, without_batch
from cockpit.release.draft import Draft
from cockpit.release.events import (
    ITSELF,
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
from cockpit.release.files import watched
from cockpit.release.health import guards, unmeasured
from cockpit.release.locks import lock_hosts
from cockpit.release.order import awaited
from cockpit.release.practice import practise
from cockpit.release.salvage import ask_again, continued, found, settled_by_person
from cockpit.release.soaking import soaks, without_gap
from cockpit.release.state import (
    COMPLETE,
    Ahead,
    Attempt,
    Dated,
    Fitting,
    HostRun,
    HostState,
    Kept,
    Looking,
    Practised,
    Rehearsal,
    RuleState,
    Signature,
    Soaking,
    State,
    StepState,
    Ticked,
    Waiver,
)


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


def _apply(draft: Draft, event: AnyEvent, at: float) -> None:
    match event:
        case AttemptEnded():
            _attempt_ended(draft, event, at)
        case AttemptStarted():
            _attempt_started(draft, event, at)
        case HostPassed():
            draft.set_run(event.step, event.host, status="passed", reason="", ended=at, polling=None)
        case HostReached() | HostUnreachable() | LinkLost() | HostCleaned():
            _host_seen(draft, event)
        case HostFailed() | HostDropped() | RetryOrdered() | AttemptSettled():
            _host_judged(draft, event, at)
        case LockTaken() | LockRefused() | LockTakeoverOrdered():
            _lock(draft, event)
        case (
            StepStarted()
            | StepPassed()
            | StepSkipped()
            | StepDone()
            | NoticeTold()
            | RecordMade()
            | StepOrdered()
            | ManualOrdered()
            | ConditionUnknown()
            | EarlyOrdered()
            | Overdue()
            | ItemTicked()
            | ItemLapsed()
            | ItemNotApplicable()
            | SignedOff()
            | SignOffLapsed()
            | GateOpened()
            | GateRefused()
        ):
            _step(draft, event, at)
        case StopOrdered():
            stopping = {"stopping": event.note or event.by, "stopped_by": event.by, "stop_ordered": at}
            draft.set_attempt(event.id, **stopping, streamed=event.streamed)
        case Held() | Resumed() | Aborted() | RollbackStarted() | Ended() | Closed():
            _interrupted(draft, event, at)
        case (
            VerdictChanged()
            | RollbackAnnounced()
            | Vetoed()
            | DecisionOpened()
            | Decided()
            | CalledOff()
            | Acknowledged()
        ):
            _rule(draft, event, at)
        case Waived() | WaiverLapsed() | RehearsalFound() | RehearsalLapsed() | FitJudged():
            _criterion(draft, event, at)
        case (
            SoakBegan()
            | SoakPaused()
            | SoakBroken()
            | Soaked()
            | RedeployOrdered()
            | Looked()
            | LookMissed()
            | Escalated()
        ):
            _watched(draft, event, at)
        case FreezeLifted():
            draft.set(lifted=(*draft.state.lifted, event.freeze))
        case BaselineRecorded() | FileSeen():
            _seen(draft, event)
        case BackOrdered():
            _back_ordered(draft, event, at)
        case BackDone():
            _back_done(draft, event)
        case CredentialsMissed() | CredentialsSupplied():
            _credentials(draft, event)
        case CaptaincyOffered():
            draft.set(offered_to=event.to)
        case CaptainChanged() | RoleAssigned():
            _appointed(draft, event)
        case EngineStarted():
            _engine_started(draft, event, at)
        case FaultBegan() | SpeedChanged() | CaptainPlayed():
            practise(draft, event, at)
        case Opened():
            draft.begin(_opened(event, at))
        case JournalContinued():
            continued(draft, event, at)
        case _:
            assert_never(event)


def _opened(event: Opened, at: float) -> State:
    plan = event.plan
    steps = plan.every
    names = [host for step in steps for host in _hosts_of(step)]
    firsts = [members[0] for members in plan.groups.values() if members]
    return State(
        release=event.release,
        nonce=event.nonce,
        mode=event.mode,
        rehearsal=Rehearsal(played, played.speed, played.played) if (played := event.rehearsal) else None,
        plan=plan,
        exchanges=event.exchanges,
        digest=event.digest,
        captain=event.captain,
        starter=event.captain,
        opened=at,
        day=event.day,
        not_before=event.not_before,
        steps={step.id: StepState(step, hosts={host: HostRun(host) for host in _hosts_of(step)}) for step in steps},
        hosts={name: HostState(name, _groups_of(plan, name)) for name in dict.fromkeys([*names, *firsts])},
        rules={name: _unjudged(rule, at) for name, rule in plan.rules.items()},
    )


def _unjudged(rule: Rule, at: float) -> RuleState:
    """A rule that nobody has judged yet: what people report is well until somebody does."""
    return RuleState(verdict="passing", since=at) if rule.reported else RuleState()


def _hosts_of(step: Step) -> tuple[str, ...]:
    return step.hosts if isinstance(step, Run | Http) else ()


def _groups_of(plan: Plan, host: str) -> tuple[str, ...]:
    return tuple(name for name, members in plan.groups.items() if host in members)


def _appointed(draft: Draft, event: CaptainChanged | RoleAssigned) -> None:
    if isinstance(event, CaptainChanged):
        draft.set(captain=event.captain, offered_to="")
    else:
        draft.set(assigned={**draft.state.assigned, event.role: event.to})


def _engine_started(draft: Draft, event: EngineStarted, at: float) -> None:
    draft.set(epoch=event.epoch)
    _unmeasured(draft, at if event.alive is None else event.alive, at)
    for name, host in draft.state.hosts.items():
        reach = "lost" if host.reach == "reached" else host.reach
        lock = "taking" if host.lock == "ours" else host.lock
        draft.set_host(name, reach=reach, lock=lock)


def _unmeasured(draft: Draft, since: float, until: float) -> None:
    """No engine lived between two moments: that is no time in which anything was seen to be well."""
    state = draft.state
    for one, soak in soaks(state):
        draft.set_step(soak.id, soaking=without_gap(state, one, soak, since, until))
    for one, guard in guards(state):
        blind = min(unmeasured(state, guard.rules, since, until), until - (one.started or until))
        draft.set_step(guard.id, blind=one.blind + blind)
    for name in state.rules:
        if unmeasured(state, (name,), since, until):
            draft.set_rule(name, anew=until)


def _host_seen(draft: Draft, event: HostReached | HostUnreachable | LinkLost | HostCleaned) -> None:
    match event:
        case HostReached():
            seen = {"address": event.address, "key": event.key, "boot": event.boot, "marker": event.marker}
            draft.set_host(event.host, reach="reached", reason="", hint="", **seen)
        case HostUnreachable():
            draft.set_host(event.host, reach="unreachable", reason=event.reason, hint=event.hint)
        case LinkLost():
            draft.set_host(event.host, reach="lost", reason=event.reason)
        case HostCleaned():
            draft.set_host(event.host, cleaned=True, lock="none", reason=event.reason)
        case _:
            assert_never(event)


def _lock(draft: Draft, event: LockTaken | LockRefused | LockTakeoverOrdered) -> None:
    match event:
        case LockTaken():
            draft.set_host(event.host, lock="ours", holder="")
        case LockRefused():
            before = draft.state.hosts[event.host]
            was_ours = before.lock == "ours" or (before.lock == "taking" and not before.holder)
            holder = (
                f"release {event.release} of {event.login} on {event.machine} since {event.since}, "
                f"last heard of {event.heartbeat_age:.0f} s ago"
            )
            draft.set_host(event.host, lock="lost" if was_ours else "refused", holder=holder)
        case LockTakeoverOrdered():
            draft.set_host(event.host, lock="taking")
        case _:
            assert_never(event)


def _step(
    draft: Draft,
    event: StepStarted
    | StepPassed
    | StepSkipped
    | StepDone
    | NoticeTold
    | RecordMade
    | StepOrdered
    | ManualOrdered
    | ConditionUnknown
    | EarlyOrdered
    | Overdue
    | ItemTicked
    | ItemLapsed
    | ItemNotApplicable
    | SignedOff
    | SignOffLapsed
    | GateOpened
    | GateRefused,
    at: float,
) -> None:
    match event:
        case StepStarted():
            draft.set_step(event.step, status="running", started=at)
            _see_anew(draft, event.step)
            _try_again(draft, draft.step(event.step).hosts)
        case StepPassed():
            draft.set_step(event.step, status="passed", ended=at)
        case StepSkipped(host=""):
            draft.set_step(event.step, status="skipped", by=event.by, note=event.note, ended=at)
        case StepSkipped():
            note = f"skipped by {event.by}: {event.note}"
            draft.set_run(event.step, event.host, status="skipped", reason=note, ended=at)
        case StepDone():
            draft.set_step(event.step, by=event.by, note=event.note, fields=event.fields)
        case NoticeTold():
            draft.set_step(event.step, told=event.number, told_at=at)
        case RecordMade():
            draft.set_step(event.step, told=1, told_at=at)
        case StepOrdered():
            draft.set_step(event.step, status="pending", ordered=True, by=event.by, note=event.note)
        case ManualOrdered():
            one = draft.step(event.step)
            draft.put_step(undoing(one, tuple(one.hosts)))
            draft.set_step(event.step, status="running", started=at, by=event.by, note=event.note)
            _try_again(draft, one.hosts)
        case ConditionUnknown():
            draft.set_step(event.step, status="asking")
        case EarlyOrdered():
            _early(draft, event, at)
        case Overdue():
            draft.set_step(event.step, overdue=event.due)
        case ItemTicked():
            _tick(draft, event, _ticked(event, at))
        case ItemLapsed():
            _untick(draft, event)
        case ItemNotApplicable():
            _tick(draft, event, Ticked(event.by, at, not_applicable=event.reason))
        case SignedOff():
            signature = Signature(event.role, event.by, event.yes, at, event.covers, event.note)
            draft.set_step(event.gate, signatures=(*draft.step(event.gate).signatures, signature))
        case SignOffLapsed():
            draft.set_step(event.gate, signatures=_without(draft.step(event.gate).signatures, event))
        case GateOpened():
            draft.set_step(event.gate, by=event.by, note=event.note)
        case GateRefused():
            draft.set_step(event.gate, signatures=(), by=event.by, note=event.note)
        case _:
            assert_never(event)


def _seen(draft: Draft, event: BaselineRecorded | FileSeen) -> None:
    match event:
        case BaselineRecorded():
            draft.set(baselines={**draft.state.baselines, event.metric: event.hosts})
        case FileSeen():
            kept = Kept(event.step, event.was or event.sha256, event.sha256, event.reason)
            draft.set(files={**draft.state.files, event.path: kept})
        case _:
            assert_never(event)


def _see_anew(draft: Draft, step: str) -> None:
    """A step that is done once more finds its files as they are then, unless others want them as they were."""
    one = draft.step(step)
    old = {path for path in one.step.unchanged if one.begun and path in draft.state.files}
    if old := old - {path for path, other in watched(draft.state) if other != step}:
        draft.set(files={path: kept for path, kept in draft.state.files.items() if path not in old})


def _early(draft: Draft, event: EarlyOrdered, at: float) -> None:
    """A step may begin; where nothing was to begin yet, the release does."""
    for name, one in [*draft.state.steps.items()]:
        if event.step in (name, one.step.ticks):
            draft.set_step(name, early=event.by)
    if draft.state.not_before is not None:
        draft.set(not_before=min(draft.state.not_before, at))


def _without(signatures: tuple[Signature, ...], event: SignOffLapsed) -> tuple[Signature, ...]:
    """The signatures of a gate once those of a person for a role have become too old."""
    return tuple(
        replace(each, lapsed=True) if (each.role, each.by) == (event.role, event.by) else each for each in signatures
    )


def _criterion(
    draft: Draft, event: Waived | WaiverLapsed | RehearsalFound | RehearsalLapsed | FitJudged, at: float
) -> None:
    match event:
        case Waived():
            waiver = Waiver(event.by, at, event.note, event.role)
            draft.set_step(event.step, waived={**draft.step(event.step).waived, event.what: waiver})
        case WaiverLapsed():
            waived = draft.step(event.step).waived
            draft.set_step(event.step, waived={what: each for what, each in waived.items() if what != event.what})
        case RehearsalFound():
            draft.set_step(event.gate, practised=Practised(event.release, event.at))
        case RehearsalLapsed():
            draft.set_step(event.gate, practised=None)
        case FitJudged():
            ahead = Ahead(event.work, event.whole, event.work_by, event.whole_by)
            draft.set_step(event.gate, fitting=Fitting(event.fits, event.why, event.next, event.until, ahead, at))
        case _:
            assert_never(event)


def _ticked(event: ItemTicked, at: float) -> Ticked:
    """Evidence is never newer than its tick, whatever was said of it."""
    if event.made is None:
        return Ticked(event.by, at, evidence=event.evidence)
    return Dated(event.by, at, evidence=event.evidence, made=min(event.made, at))


def _tick(draft: Draft, event: ItemTicked | ItemNotApplicable, ticked: Ticked) -> None:
    draft.set_step(event.step, items={**draft.step(event.step).items, event.item: ticked})


def _untick(draft: Draft, event: ItemLapsed) -> None:
    """An item is open again, and its checklist with it; what ticked it does so anew."""
    one = draft.step(event.step)
    left = {name: tick for name, tick in one.items.items() if name != event.item}
    draft.set_step(event.step, items=left, status="running", ended=None)
    step = one.step
    item = next(each for each in step.items if each.id == event.item) if isinstance(step, Checklist) else None
    if item is not None and item.by:
        draft.put_step(renewed(draft.step(item.by)))


def _rule(
    draft: Draft,
    event: VerdictChanged | RollbackAnnounced | Vetoed | DecisionOpened | Decided | CalledOff | Acknowledged,
    at: float,
) -> None:
    match event:
        case VerdictChanged():
            _verdict(draft, event, at)
        case RollbackAnnounced():
            draft.set_rule(event.rule, guard=event.guard, announced=event.due)
        case Vetoed():
            draft.set_rule(event.rule, **_SETTLED, excused=event.by, excuse=event.note)
        case DecisionOpened():
            draft.set_rule(event.rule, guard=event.guard, asked=event.about, due=event.due)
        case Decided():
            again = at + event.wait if event.wait else None
            draft.set_rule(event.rule, **_SETTLED, excused=event.by, excuse=event.note, again=again)
        case CalledOff():
            draft.set_rule(event.rule, **_SETTLED)
        case Acknowledged():
            draft.set_rule(event.rule, acknowledged=event.by)
        case _:
            assert_never(event)


_SETTLED: Mapping[str, Any] = {"announced": None, "asked": None, "due": None}
_CLEARED: Mapping[str, Any] = {
    "excused": "",
    "excuse": "",
    "again": None,
    "acknowledged": "",
    "unwell": None,
    "level": 0,
    "told": None,
    "backed": None,
}


def _verdict(draft: Draft, event: VerdictChanged, at: float) -> None:
    unwell = draft.state.rules[event.rule].unwell
    draft.set_rule(
        event.rule,
        **(_CLEARED if event.verdict == "passing" else {"unwell": at if unwell is None else unwell}),
        verdict=event.verdict,
        since=at,
        value=event.value,
        threshold=event.threshold,
        host=event.host,
        window=event.window,
        samples=event.samples,
        reason=event.reason,
    )


def _settle_rules(draft: Draft) -> None:
    """Nothing is announced or asked any more: something larger was decided."""
    for name, one in draft.state.rules.items():
        if one.announced is not None or one.asked:
            draft.set_rule(name, **_SETTLED)


def _back_ordered(draft: Draft, event: BackOrdered, at: float) -> None:
    _settle_rules(draft)
    if event.rule:
        draft.set_rule(event.rule, backed=at)
    draft.put_step(undoing(draft.step(draft.state.undo(event.step).id), event.hosts))
    draft.set(back=event.step, back_hosts=event.hosts, **_NOT_HELD)
    _try_again(draft, event.hosts)


def _back_done(draft: Draft, event: BackDone) -> None:
    state = draft.state
    draft.put_step(without_batch(draft.step(event.step), state.back_hosts))
    for step in state.forward:
        if event.step in awaited(state, step.id):
            draft.put_step(renewed(draft.step(step.id)))
    draft.set(back="", back_hosts=())


def _attempt_started(draft: Draft, event: AttemptStarted, at: float) -> None:
    run = draft.run(event.step, event.host)
    attempt = Attempt(
        event.id,
        event.step,
        event.host,
        event.part,
        event.number,
        at,
        event.key,
        event.boot,
        event.marker,
        event.sought,
    )
    if event.sought:
        draft.add_attempt(attempt, "")
        draft.set_run(event.step, event.host, trying=True)
        return
    draft.add_attempt(attempt, run.run if event.part == "run" else run.check)
    polling = at if run.polling is None and _is_polled(draft, attempt) else run.polling
    if event.part == "check":
        draft.set_run(event.step, event.host, trying=True, polling=polling, check=event.id, polls=event.number)
        return
    draft.set_run(
        event.step,
        event.host,
        trying=True,
        polling=polling,
        status="running",
        run=event.id,
        tries=event.number,
        started=at if run.status == "waiting" else run.started,
        unsettled=False,
        ordered=False,
    )


def _is_polled(draft: Draft, attempt: Attempt) -> bool:
    return attempt.part == "check" or isinstance(draft.step(attempt.step).step, Http)


def _attempt_ended(draft: Draft, event: AttemptEnded, at: float) -> None:
    attempt = draft.set_attempt(
        event.id,
        outcome=event.outcome,
        ended=at,
        exit=event.exit,
        reason=event.reason,
        seconds=event.seconds,
        size=event.size,
        sha256=event.sha256,
        advice=event.advice,
    )
    if event.captures:
        _capture(draft, event, attempt)
    if attempt.sought:
        found(draft, attempt)
        return
    run = draft.run(attempt.step, attempt.host)
    changes: dict[str, Any] = {"trying": False}
    if attempt.part == "run":
        changes |= {"begun": run.begun or event.outcome != "error", "unsettled": event.outcome == "unknown"}
    if _is_polled(draft, attempt):
        changes |= {"polled": at, "streak": run.streak + 1 if event.outcome == "passed" else 0}
    elif event.outcome == "passed" and _has_check(draft, attempt):
        changes["status"] = "checking"
    draft.set_run(attempt.step, attempt.host, **changes)


def _has_check(draft: Draft, attempt: Attempt) -> bool:
    step = draft.step(attempt.step).step
    return isinstance(step, Run) and step.check is not None


def _credentials(draft: Draft, event: CredentialsMissed | CredentialsSupplied) -> None:
    missing = {*draft.state.missing}
    missing = missing | {*event.names} if isinstance(event, CredentialsMissed) else missing - {*event.names}
    draft.set(missing=tuple(sorted(missing)))


def _watched(
    draft: Draft,
    event: SoakBegan | SoakPaused | SoakBroken | Soaked | RedeployOrdered | Looked | LookMissed | Escalated,
    at: float,
) -> None:
    match event:
        case SoakBegan() | SoakPaused() | SoakBroken() | Soaked():
            _soak(draft, event, at)
        case RedeployOrdered():
            _redeploy(draft, event)
        case Looked():
            old = draft.step(event.step).looking
            new = Looking(at, None, at, event.by, event.note, old.count + 1, old.late + (event.late > 0), old.missed)
            draft.set_step(event.step, looking=new)
        case LookMissed():
            old = draft.step(event.step).looking
            owed = event.due if old.owed is None else old.owed
            draft.set_step(
                event.step, looking=replace(old, base=event.last, owed=owed, missed=old.missed + event.count)
            )
        case Escalated(step=""):
            draft.set_rule(event.rule, level=event.level, told=at)
        case Escalated():
            old = draft.step(event.step).looking
            draft.set_step(event.step, looking=replace(old, level=event.level, told=at))
        case _:
            assert_never(event)


def _soak(draft: Draft, event: SoakBegan | SoakPaused | SoakBroken | Soaked, at: float) -> None:
    old = draft.step(event.step).soaking
    counted = old.counted + (at - old.counting if old.counting is not None else 0.0)
    match event:
        case SoakBegan():
            new = Soaking(old.since if old.since is not None else at, at, old.counted, old.breaks)
        case SoakPaused():
            new = Soaking(old.since, None, counted, old.breaks, event.rule, event.why)
        case SoakBroken():
            new = Soaking(breaks=old.breaks + 1, rule=event.rule, why=event.why)
        case Soaked():
            new = Soaking(old.since, None, counted, old.breaks)
        case _:
            assert_never(event)
    draft.set_step(event.step, soaking=new)


def _redeploy(draft: Draft, event: RedeployOrdered) -> None:
    state = draft.state
    again = {event.step, *event.steps, *(step.id for step in state.forward if event.step in awaited(state, step.id))}
    again |= {step.id for step in state.forward if step.ticks in again}
    for name in again:
        if draft.step(name).status != "pending":
            draft.put_step(renewed(draft.step(name)))


def _capture(draft: Draft, event: AttemptEnded, attempt: Attempt) -> None:
    known = draft.state.captures
    new = {name: {**known.get(name, {}), attempt.host: value} for name, value in event.captures.items()}
    draft.set(captures={**known, **new})


def _host_judged(draft: Draft, event: HostFailed | HostDropped | RetryOrdered | AttemptSettled, at: float) -> None:
    afresh: dict[str, Any] = {"streak": 0, "polling": None, "polled": None}
    match event:
        case HostFailed():
            before = draft.run(event.step, event.host)
            checked, failures = before.status == "unknown", before.failures + (event.outcome != "unknown")
            changes = {**afresh, "status": event.outcome, "reason": event.reason, "ended": at, "checked": checked}
            changes["failures"] = failures
            draft.set_run(event.step, event.host, **changes)
            _try_again(draft, (event.host,))
        case HostDropped():
            note = f"dropped by {event.by}: {event.note}"
            draft.set_run(event.step, event.host, status="dropped", reason=note, ended=at)
            draft.set_host(event.host, dropped=True)
        case RetryOrdered():
            failures = 0 if event.external else draft.run(event.step, event.host).failures
            changes = {**afresh, "status": "waiting", "reason": "", "checked": False, "ordered": True}
            draft.set_run(event.step, event.host, **changes, failures=failures)
            _try_again(draft, (event.host,))
        case AttemptSettled():
            _settled(draft, event, afresh)
        case _:
            assert_never(event)


def _settled(draft: Draft, event: AttemptSettled, afresh: Mapping[str, Any]) -> None:
    """A host that waits for this counts as running again: what follows is the same as had it ended so."""
    note = f"settled as {event.outcome} by {event.by}: {event.note}"
    attempt = draft.set_attempt(event.id, outcome=event.outcome, reason=note)
    if attempt.sought:
        settled_by_person(draft, attempt)
        return
    changes: dict[str, Any] = {"unsettled": False}
    if draft.run(attempt.step, attempt.host).status == "unknown":
        changes |= {**afresh, "status": "running", "reason": note}
    draft.set_run(attempt.step, attempt.host, **changes)


def _try_again(draft: Draft, hosts: Iterable[str]) -> None:
    """What could not be reached, of these hosts and those with their locks, is worth another try."""
    if any(host.reach == "unreachable" for host in draft.state.hosts.values()):
        for host in (*hosts, *lock_hosts(draft.state, hosts)):
            if draft.state.hosts[host].reach == "unreachable":
                draft.set_host(host, reach="untried")


def _interrupted(draft: Draft, event: Held | Resumed | Aborted | RollbackStarted | Ended | Closed, at: float) -> None:
    match event:
        case Held():
            draft.set(held_by=event.by, held_note=event.note, held_rules=event.rules, held_guard=event.guard)
            for host in [host for host in draft.state.hosts.values() if host.lock == "lost"]:
                draft.set_host(host.name, lock="refused")
        case Resumed():
            _resumed(draft, event)
        case Aborted():
            by = draft.state.aborted_by if draft.state.aborted else event.by
            _settle_rules(draft)
            draft.set(aborted=True, aborted_by=by, finish=event.finish, back="", back_hosts=(), **_NOT_HELD)
        case RollbackStarted():
            _rollback_started(draft, event)
        case Ended():
            draft.set(end=event.outcome, end_reason=event.reason, ended=at)
        case Closed():
            draft.set(closed=True)
        case _:
            assert_never(event)


_NOT_HELD: Mapping[str, Any] = {"held_by": "", "held_note": "", "held_rules": (), "held_guard": ""}


def _resumed(draft: Draft, event: Resumed) -> None:
    """A person who resumes excuses the rules that caused the hold; else it would begin anew at once."""
    for rule in draft.state.held_rules if event.by != ITSELF else ():
        if draft.state.rules[rule].verdict != "passing":
            draft.set_rule(rule, excused=event.by, excuse=event.note)
    draft.set(**_NOT_HELD)


def _rollback_started(draft: Draft, event: RollbackStarted) -> None:
    _settle_rules(draft)
    if draft.state.rolling_back:
        _repeat_what_has_not_passed(draft)
        ask_again(draft)
    else:
        for name in draft.state.hosts:
            draft.set_host(name, dropped=False)
    for step in draft.state.manual:
        if draft.state.is_running(step.id):
            draft.set_step(step.id, left=True)
    _try_again(draft, draft.state.hosts)
    draft.set(rolling_back=True, rollback_by=event.by, rollback_note=event.note)
    draft.set(aborted=False, aborted_by="", finish=False, back="", back_hosts=(), **_NOT_HELD)
    draft.set(end=None, end_reason="", ended=None)


def _repeat_what_has_not_passed(draft: Draft) -> None:
    for step in draft.state.backward:
        one = draft.step(step.id)
        for host, run in one.hosts.items() if one.status == "running" else ():
            if run.status == "checking":
                draft.set_run(step.id, host, polling=None, polled=None, streak=0)
            elif run.status not in COMPLETE and not run.unsettled and not run.trying:
                draft.set_run(step.id, host, status="waiting", polling=None, polled=None, streak=0)
