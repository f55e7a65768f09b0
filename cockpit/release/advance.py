"""What happens next by itself: from a state and a moment to events. Pure: the caller makes them durable first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cockpit.playbook.plan import Checklist, Do, Gate, Http, Run, Step, Wait
from cockpit.release.apply import apply
from cockpit.release.events import (
    ITSELF,
    Aborted,
    AnyEvent,
    AttemptSettled,
    AttemptStarted,
    ConditionUnknown,
    Ended,
    Held,
    HostDropped,
    HostFailed,
    HostPassed,
    Outcome,
    Record,
    RollbackStarted,
    StepPassed,
    StepSkipped,
    StepStarted,
    StopOrdered,
)
from cockpit.release.facts import holds
from cockpit.release.ready import (
    Next,
    attempt_id,
    is_blocked,
    next_attempts,
    poll_spec,
    too_many_failed,
)
from cockpit.release.standing import all_hosts_complete, is_complete, lock_hosts, running
from cockpit.release.state import FAILING, Attempt, HostRun, State, StepState
from cockpit.units import format_duration


def advance(state: State, now: float) -> tuple[AnyEvent, ...]:
    """Every event that follows from the state at this moment, in order, until nothing more follows."""
    events: list[AnyEvent] = []
    while follows := tuple(_once(state, now)):
        events.extend(follows)
        for event in follows:
            state = apply(state, Record(state.seq + 1, now, event))
    return tuple(events)


def due(state: State, now: float) -> float | None:
    """The next moment at which something may follow by itself; None when only a result or a person changes anything."""
    moments = [each.due for each in next_attempts(state)]
    moments += [_time_box_end(state, attempt) for attempt in running(state) if not attempt.stopping]
    moments += [
        one.started + one.step.seconds
        for one in state.steps.values()
        if one.status == "running" and isinstance(one.step, Wait) and one.started is not None
    ]
    return min((moment for moment in moments if moment > now), default=None)


def _once(state: State, now: float) -> Iterator[AnyEvent]:
    if state.plan is None or state.closed:
        return
    for rule in (_stops, _results, _completions, _end, _turns, _starts):
        events = tuple(rule(state, now))
        if events:
            yield from events
            return


def _stops(state: State, now: float) -> Iterator[AnyEvent]:
    """Attempts that must be killed: aborted, in the way of a rollback, or over their time."""
    forward = {step.id for step in state.forward}
    for attempt in running(state):
        if attempt.stopping:
            continue
        if state.aborted and not state.finish:
            yield StopOrdered(id=attempt.id, by=ITSELF, note="the release was aborted")
        elif state.rolling_back and attempt.step in forward:
            yield StopOrdered(id=attempt.id, by=ITSELF, note="the release is rolled back")
        elif now >= (end := _time_box_end(state, attempt)):
            note = f"over its time of {format_duration(end - attempt.started)}"
            yield StopOrdered(id=attempt.id, by=ITSELF, note=note)


def _time_box_end(state: State, attempt: Attempt) -> float:
    one = state.steps[attempt.step]
    step = one.step
    assert isinstance(step, Run | Http)
    if attempt.part == "run":
        return attempt.started + step.timeout
    _, _, deadline = poll_spec(one)
    return (one.hosts[attempt.host].polling or attempt.started) + max(deadline, 1.0)


def _results(state: State, now: float) -> Iterator[AnyEvent]:
    """What ended attempts and unreachable hosts mean for a step, and what the playbook says of failures."""
    events = [event for one in state.steps.values() for event in _step_results(state, one, now)]
    events += _unreached(state)
    yield from events
    failed = dict.fromkeys(event.step for event in events if isinstance(event, HostFailed))
    for event in events:
        state = apply(state, Record(state.seq + 1, now, event))
    for step in failed:
        if not is_blocked(state) and step in {each.id for each in state.track}:
            yield from _consequences(state, state.steps[step])


def _step_results(state: State, one: StepState, now: float) -> Iterator[AnyEvent]:
    if one.status == "running":
        for run in one.hosts.values():
            yield from _host_result(state, one, run, now)


def _host_result(state: State, one: StepState, run: HostRun, now: float) -> Iterator[AnyEvent]:
    if run.trying or run.status not in ("running", "checking", "unknown"):
        return
    if run.status == "running" and isinstance(one.step, Run):
        yield from _run_result(one, run, state.attempts[run.run])
    elif run.polling is not None:
        yield from _poll_result(state, one, run, now)


def _run_result(one: StepState, run: HostRun, attempt: Attempt) -> Iterator[AnyEvent]:
    assert isinstance(one.step, Run)
    step, host = one.step.id, run.host
    match attempt.outcome:
        case "passed" if one.step.check is None:
            yield HostPassed(step=step, host=host)
        case "passed" | None:
            return
        case _:
            yield HostFailed(step=step, host=host, outcome=attempt.outcome, reason=_why(attempt))


def _poll_result(state: State, one: StepState, run: HostRun, now: float) -> Iterator[AnyEvent]:
    times, every, deadline = poll_spec(one)
    step, host = one.step.id, run.host
    attempt = state.attempts[run.check or run.run]
    over = (run.polled or now) - (run.polling or now) + every > deadline
    if run.streak >= times:
        if run.status == "unknown":
            yield AttemptSettled(id=run.run, outcome="passed", by="check", note="the step's check passed")
        yield HostPassed(step=step, host=host)
    elif attempt.part == "run" and attempt.outcome == "unknown":
        yield HostFailed(step=step, host=host, outcome="unknown", reason=_why(attempt))
    elif attempt.stopping or (over and run.streak == 0):
        outcome: Outcome = "unknown" if run.status == "unknown" else "failed"
        yield HostFailed(step=step, host=host, outcome=outcome, reason=_poll_why(run, attempt, now))


def _poll_why(run: HostRun, attempt: Attempt, now: float) -> str:
    if attempt.part == "run" and run.tries <= 1:
        return _why(attempt)
    return f"did not pass within {format_duration(now - (run.polling or now))}, last: {_why(attempt)}"


def _why(attempt: Attempt) -> str:
    if attempt.stopping:
        return f"{attempt.outcome}: {attempt.stopping}" + (f"; {attempt.reason}" if attempt.reason else "")
    return attempt.reason or f"exit status {attempt.exit}"


def _unreached(state: State) -> Iterator[AnyEvent]:
    unreachable = {name for name, host in state.hosts.items() if host.reach == "unreachable"}
    for each in next_attempts(state) if unreachable else ():
        for host in (each.host, *_locks(state, each)):
            if host in unreachable:
                reason = f"nothing was started: {host} is unreachable: {state.hosts[host].reason}"
                outcome: Outcome = "unknown" if _is_unknown(state, each) else "error"
                yield HostFailed(step=each.step, host=each.host, outcome=outcome, reason=reason)
                break


def _is_unknown(state: State, each: Next) -> bool:
    return state.steps[each.step].hosts[each.host].status == "unknown"


def _consequences(state: State, one: StepState) -> Iterator[AnyEvent]:
    """What the playbook says of a failure, where it does not ask."""
    step = one.step
    assert isinstance(step, Run | Http)
    failing = [run for run in one.hosts.values() if run.status in FAILING]
    if step.if_fails == "drop":
        yield from _drops(one, failing)
    if not too_many_failed(one):
        return
    note = f"{step.id} {failing[0].status} on {', '.join(run.host for run in failing)}"
    match step.if_fails:
        case "hold":
            yield Held(by=ITSELF, note=note)
        case "roll back":
            if not state.rolling_back and state.the_plan.rollback:
                yield RollbackStarted(by=ITSELF, note=note)
        case "stop":
            yield Aborted(by=ITSELF, note=note, finish=True)
        case "ask" | "drop":
            return
        case _:
            assert_never(step.if_fails)


def _drops(one: StepState, failing: list[HostRun]) -> Iterator[AnyEvent]:
    """Failed hosts let go, as long as those and the ones let go before are not more than the step tolerates."""
    tolerated = one.step.fail_above if isinstance(one.step, Run) else 0.0
    gone = sum(run.status == "dropped" for run in one.hosts.values())
    if gone + len(failing) <= tolerated * len(one.hosts):
        for run in failing:
            if run.status != "unknown":
                yield HostDropped(step=one.step.id, host=run.host, by=ITSELF, note=run.reason)


def _completions(state: State, now: float) -> Iterator[AnyEvent]:
    if state.aborted or state.end:
        return
    for step in state.track:
        one = state.steps[step.id]
        if one.status == "running" and _is_over(one, now):
            yield StepPassed(step=step.id)


def _is_over(one: StepState, now: float) -> bool:
    match one.step:
        case Run() | Http():
            return all_hosts_complete(one)
        case Checklist():
            return all(item.id in one.items for item in one.step.items)
        case Wait():
            return one.started is not None and now >= one.started + one.step.seconds
        case Do() | Gate():
            return False


def _end(state: State, _now: float) -> Iterator[AnyEvent]:
    if state.end or running(state):
        return
    if state.aborted:
        failed = state.rolling_back or state.aborted_by == ITSELF
        yield Ended(outcome="failed" if failed else "aborted", reason=_left_unknown(state))
    elif not state.held_by and all(is_complete(state.steps[step.id]) for step in state.track):
        yield Ended(outcome="rolled_back" if state.rolling_back else "done")


def _left_unknown(state: State) -> str:
    unknown = [
        f"{one.step.id} on {run.host}"
        for one in state.steps.values()
        for run in one.hosts.values()
        if run.status == "unknown"
    ]
    return f"unknown: {', '.join(unknown)}" if unknown else ""


def _turns(state: State, _now: float) -> Iterator[AnyEvent]:
    """Steps whose turn has come."""
    if is_blocked(state) or (state.rolling_back and _forward_runs(state)):
        return
    for step in state.track:
        one = state.steps[step.id]
        if one.status == "pending" and all(is_complete(state.steps[name]) for name in step.after):
            yield from _turn(state, step, one)


def _turn(state: State, step: Step, one: StepState) -> Iterator[AnyEvent]:
    runs = True if one.ordered else holds(state, step.when)
    if runs is None:
        yield ConditionUnknown(step=step.id)
    elif not runs:
        yield StepSkipped(step=step.id, by=ITSELF, note=f"not when {step.when}")
    else:
        yield StepStarted(step=step.id)
        for host in one.hosts:
            if state.hosts[host].dropped:
                yield HostDropped(step=step.id, host=host, by=ITSELF, note="dropped earlier")


def _forward_runs(state: State) -> bool:
    forward = {step.id for step in state.forward}
    return any(attempt.step in forward for attempt in running(state))


def _starts(state: State, now: float) -> Iterator[AnyEvent]:
    """Attempts on hosts that are reached, once the locks are ours."""
    for each in next_attempts(state):
        if each.due <= now and is_prepared(state, each):
            host = state.hosts[each.host]
            yield AttemptStarted(
                id=attempt_id(state.nonce, each),
                step=each.step,
                host=each.host,
                part=each.part,
                number=each.number,
                key=host.key,
                boot=host.boot,
                marker=host.marker,
            )


def is_prepared(state: State, each: Next) -> bool:
    """Whether an attempt's host is reached and every lock it needs is held."""
    return state.hosts[each.host].reach == "reached" and all(
        state.hosts[host].lock == "ours" for host in _locks(state, each)
    )


def _locks(state: State, each: Next) -> tuple[str, ...]:
    return lock_hosts(state, (each.host,))
