"""Folding: one event changes the state. No decision is taken here; an event of the past is never refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from msgspec.structs import replace

from cockpit.playbook.plan import Http, Run, Step
from cockpit.release.events import (
    Aborted,
    AnyEvent,
    AttemptEnded,
    AttemptSettled,
    AttemptStarted,
    CaptainChanged,
    CaptaincyOffered,
    Closed,
    ConditionUnknown,
    CredentialsMissed,
    CredentialsSupplied,
    Ended,
    EngineStarted,
    GateOpened,
    GateRefused,
    Held,
    HostCleaned,
    HostDropped,
    HostFailed,
    HostPassed,
    HostReached,
    HostUnreachable,
    ItemNotApplicable,
    ItemTicked,
    LinkLost,
    LockRefused,
    LockTaken,
    LockTakeoverOrdered,
    Opened,
    Record,
    Resumed,
    RetryOrdered,
    RollbackStarted,
    SignedOff,
    StepDone,
    StepOrdered,
    StepPassed,
    StepSkipped,
    StepStarted,
    StopOrdered,
)
from cockpit.release.state import Attempt, HostRun, HostState, Signature, State, StepState, Ticked


def fold(records: Iterable[Record], state: State | None = None) -> State:
    """The state after these records, from the given one or from nothing."""
    state = state or State()
    for record in records:
        state = apply(state, record)
    return state


def apply(state: State, record: Record) -> State:
    """The state after one more record."""
    return replace(_apply(state, record.event, record.at), seq=record.seq, at=record.at)


def _apply(state: State, event: AnyEvent, at: float) -> State:
    match event:
        case Opened():
            return _opened(event, at)
        case EngineStarted():
            lost = {name: _unlinked(host) for name, host in state.hosts.items()}
            return replace(state, epoch=event.epoch, hosts=lost)
        case HostReached() | HostUnreachable() | LinkLost() | HostCleaned():
            return _host_seen(state, event)
        case LockTaken() | LockRefused() | LockTakeoverOrdered():
            return _lock(state, event)
        case StepStarted() | StepPassed() | StepDone() | StepOrdered() | ConditionUnknown() | GateOpened():
            return _step(state, event, at)
        case StepSkipped():
            return _skipped(state, event, at)
        case AttemptStarted():
            return _attempt_started(state, event, at)
        case StopOrdered():
            return _attempt(state, event.id, stopping=event.note or event.by, stop_ordered=at)
        case AttemptEnded():
            return _attempt_ended(state, event, at)
        case AttemptSettled():
            attempt = state.attempts[event.id]
            settled = _attempt(state, event.id, outcome=event.outcome, reason=event.note or attempt.reason)
            note = f"settled as {event.outcome} by {event.by}"
            return _host_run(settled, attempt.step, attempt.host, status=event.outcome, reason=note, ended=at)
        case HostPassed():
            return _host_run(state, event.step, event.host, status="passed", reason="", ended=at, polling=None)
        case HostFailed():
            return _host_failed(state, event, at)
        case RetryOrdered():
            fresh = _host_run(
                state,
                event.step,
                event.host,
                status="waiting",
                reason="",
                streak=0,
                polling=None,
                polled=None,
                checked=False,
            )
            return _host(fresh, event.host, reach=_retried(state.hosts[event.host]), dropped=False)
        case HostDropped():
            return _dropped(state, event, at)
        case ItemTicked():
            return _item(state, event.step, event.item, Ticked(event.by, at, evidence=event.evidence))
        case ItemNotApplicable():
            return _item(state, event.step, event.item, Ticked(event.by, at, not_applicable=event.reason))
        case SignedOff():
            signature = Signature(event.role, event.by, event.yes, at, event.covers, event.note)
            return _change(state, event.gate, signatures=(*state.steps[event.gate].signatures, signature))
        case GateRefused():
            return _change(state, event.gate, signatures=(), by=event.by, note=event.note)
        case Held():
            return replace(state, held_by=event.by, held_note=event.note)
        case Resumed():
            return replace(state, held_by="", held_note="")
        case Aborted():
            return replace(state, aborted=True, aborted_by=event.by, finish=event.finish, held_by="", held_note="")
        case RollbackStarted():
            return _rollback_started(state, event)
        case CredentialsMissed():
            return replace(state, missing=tuple(sorted({*state.missing, *event.names})))
        case CredentialsSupplied():
            return replace(state, missing=tuple(name for name in state.missing if name not in event.names))
        case CaptaincyOffered():
            return replace(state, offered_to=event.to)
        case CaptainChanged():
            return replace(state, captain=event.captain, offered_to="")
        case Ended():
            return replace(state, end=event.outcome, end_reason=event.reason, ended=at)
        case Closed():
            return replace(state, closed=True)
        case _:
            assert_never(event)


def _opened(event: Opened, at: float) -> State:
    plan = event.plan
    steps = [*plan.steps, *(plan.rollback or ())]
    names = [host for step in steps for host in _hosts_of(step)]
    firsts = [members[0] for members in plan.groups.values()]
    return State(
        release=event.release,
        nonce=event.nonce,
        mode=event.mode,
        plan=plan,
        digest=event.digest,
        captain=event.captain,
        opened=at,
        steps={step.id: StepState(step, hosts=_fresh_hosts(step)) for step in steps},
        hosts={name: HostState(name) for name in dict.fromkeys([*names, *firsts])},
    )


def _hosts_of(step: Step) -> tuple[str, ...]:
    return step.hosts if isinstance(step, Run | Http) else ()


def _fresh_hosts(step: Step) -> dict[str, HostRun]:
    return {host: HostRun(host) for host in _hosts_of(step)}


def _unlinked(host: HostState) -> HostState:
    reach = "lost" if host.reach == "reached" else host.reach
    lock = "taking" if host.lock == "ours" else host.lock
    return replace(host, reach=reach, lock=lock)


def _host_seen(state: State, event: HostReached | HostUnreachable | LinkLost | HostCleaned) -> State:
    match event:
        case HostReached():
            seen = {"address": event.address, "key": event.key, "boot": event.boot, "marker": event.marker}
            return _host(state, event.host, reach="reached", reason="", hint="", **seen)
        case HostUnreachable():
            return _host(state, event.host, reach="unreachable", reason=event.reason, hint=event.hint)
        case LinkLost():
            return _host(state, event.host, reach="lost", reason=event.reason)
        case HostCleaned():
            return _host(state, event.host, cleaned=True, lock="none", reason=event.reason)
        case _:
            assert_never(event)


def _lock(state: State, event: LockTaken | LockRefused | LockTakeoverOrdered) -> State:
    match event:
        case LockTaken():
            return _host(state, event.host, lock="ours", holder="")
        case LockRefused():
            holder = (
                f"release {event.release} of {event.login} on {event.machine} since {event.since}, "
                f"last heard of {event.heartbeat_age:.0f} s ago"
            )
            return _host(state, event.host, lock="refused", holder=holder)
        case LockTakeoverOrdered():
            return _host(state, event.host, lock="taking")
        case _:
            assert_never(event)


def _step(
    state: State,
    event: StepStarted | StepPassed | StepDone | StepOrdered | ConditionUnknown | GateOpened,
    at: float,
) -> State:
    match event:
        case StepStarted():
            return _change(state, event.step, status="running", started=at)
        case StepPassed():
            return _change(state, event.step, status="passed", ended=at)
        case StepDone():
            return _change(state, event.step, by=event.by, note=event.note)
        case StepOrdered():
            return _change(state, event.step, status="pending", ordered=True, by=event.by, note=event.note)
        case ConditionUnknown():
            return _change(state, event.step, status="asking")
        case GateOpened():
            return _change(state, event.gate, by=event.by, note=event.note)
        case _:
            assert_never(event)


def _skipped(state: State, event: StepSkipped, at: float) -> State:
    if event.host:
        note = f"skipped by {event.by}: {event.note}"
        return _host_run(state, event.step, event.host, status="skipped", reason=note, ended=at)
    return _change(state, event.step, status="skipped", by=event.by, note=event.note, ended=at)


def _attempt_started(state: State, event: AttemptStarted, at: float) -> State:
    run = state.steps[event.step].hosts[event.host]
    attempt = Attempt(
        event.id, event.step, event.host, event.part, event.number, at, event.key, event.boot, event.marker
    )
    replaced = run.run if event.part == "run" else run.check
    kept = {key: each for key, each in state.attempts.items() if key != replaced}
    state = replace(state, attempts={**kept, event.id: attempt})
    changes: dict[str, Any] = {"trying": True}
    if _is_polled(state, attempt):
        changes["polling"] = at if run.polling is None else run.polling
    if event.part == "check":
        changes |= {"check": event.id, "polls": event.number}
    else:
        started = at if run.status == "waiting" else run.started
        changes |= {"status": "running", "run": event.id, "tries": event.number, "started": started}
    return _host_run(state, event.step, event.host, **changes)


def _is_polled(state: State, attempt: Attempt) -> bool:
    return attempt.part == "check" or isinstance(state.steps[attempt.step].step, Http)


def _attempt_ended(state: State, event: AttemptEnded, at: float) -> State:
    attempt = state.attempts[event.id]
    ended = replace(
        attempt,
        outcome=event.outcome,
        ended=at,
        exit=event.exit,
        reason=event.reason,
        seconds=event.seconds,
        size=event.size,
    )
    state = replace(state, attempts={**state.attempts, event.id: ended}, captures=_captured(state, event, attempt))
    one = state.steps[attempt.step]
    run = one.hosts[attempt.host]
    changes: dict[str, Any] = {"trying": False}
    if _is_polled(state, attempt):
        changes |= {"polled": at, "streak": run.streak + 1 if event.outcome == "passed" else 0}
    elif event.outcome == "passed" and isinstance(one.step, Run) and one.step.check:
        changes["status"] = "checking"
    return _host_run(state, attempt.step, attempt.host, **changes)


def _captured(state: State, event: AttemptEnded, attempt: Attempt) -> Mapping[str, Mapping[str, str]]:
    new = {name: {**state.captures.get(name, {}), attempt.host: value} for name, value in event.captures.items()}
    return {**state.captures, **new} if new else state.captures


def _host_failed(state: State, event: HostFailed, at: float) -> State:
    checked = state.steps[event.step].hosts[event.host].status == "unknown"
    state = _host_run(
        state,
        event.step,
        event.host,
        status=event.outcome,
        reason=event.reason,
        ended=at,
        streak=0,
        polling=None,
        checked=checked,
    )
    if state.hosts[event.host].reach == "unreachable":
        state = _host(state, event.host, reach="untried")
    return state


def _retried(host: HostState) -> str:
    return "untried" if host.reach == "unreachable" else host.reach


def _dropped(state: State, event: HostDropped, at: float) -> State:
    note = f"dropped by {event.by}: {event.note}"
    state = _host_run(state, event.step, event.host, status="dropped", reason=note, ended=at)
    return _host(state, event.host, dropped=True)


def _rollback_started(state: State, event: RollbackStarted) -> State:
    again = {
        step.id: replace(state.steps[step.id], status="pending", hosts=_again(state.steps[step.id]))
        for step in state.backward
        if state.rolling_back and state.steps[step.id].status == "running"
    }
    return replace(
        state,
        rolling_back=True,
        rollback_by=event.by,
        rollback_note=event.note,
        aborted=False,
        held_by="",
        held_note="",
        end=None,
        end_reason="",
        ended=None,
        hosts={name: replace(host, dropped=False) for name, host in state.hosts.items()},
        steps={**state.steps, **again},
    )


def _again(one: StepState) -> Mapping[str, HostRun]:
    return {
        name: run if run.status in ("passed", "unknown") else replace(run, status="waiting", polling=None, streak=0)
        for name, run in one.hosts.items()
    }


def _item(state: State, step: str, item: str, ticked: Ticked) -> State:
    return _change(state, step, items={**state.steps[step].items, item: ticked})


def _change(state: State, step: str, **changes: Any) -> State:
    return replace(state, steps={**state.steps, step: replace(state.steps[step], **changes)})


def _host(state: State, name: str, **changes: Any) -> State:
    host = state.hosts.get(name) or HostState(name)
    return replace(state, hosts={**state.hosts, name: replace(host, **changes)})


def _host_run(state: State, step: str, host: str, **changes: Any) -> State:
    one = state.steps[step]
    return _change(state, step, hosts={**one.hosts, host: replace(one.hosts[host], **changes)})


def _attempt(state: State, attempt: str, **changes: Any) -> State:
    return replace(state, attempts={**state.attempts, attempt: replace(state.attempts[attempt], **changes)})
