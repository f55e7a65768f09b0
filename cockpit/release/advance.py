"""What happens next by itself: from a state and a moment to events. Pure: the caller makes them durable first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cockpit.playbook.conditions import parse
from cockpit.playbook.plan import (
    Assign,
    Checklist,
    Do,
    Document,
    Gate,
    Guard,
    Http,
    Notice,
    Run,
    Soak,
    Steady,
    Step,
    Wait,
)
from cockpit.release.apply import fold
from cockpit.release.escalating import escalating, escalations_due
from cockpit.release.events import (
    ITSELF,
    AnyEvent,
    AttemptEnded,
    AttemptStarted,
    BackDone,
    ConditionUnknown,
    Ended,
    Held,
    HostFailed,
    ItemLapsed,
    Record,
    RehearsalLapsed,
    SignOffLapsed,
    StepPassed,
    StepSkipped,
    StepStarted,
    StopOrdered,
    WaiverLapsed,
)
from cockpit.release.facts import holds
from cockpit.release.failures import consequences
from cockpit.release.files import changed
from cockpit.release.fitting import fits_due, fitted
from cockpit.release.gates import practice_ends, signature_ends, waiver_ends
from cockpit.release.guarding import guarding, guards_due
from cockpit.release.health import period_end, steady_end, unwell
from cockpit.release.looking import looks_due, missed
from cockpit.release.moments import lock_end
from cockpit.release.order import all_hosts_complete, is_complete, is_its_turn
from cockpit.release.punctual import overdue, times_due
from cockpit.release.ready import (
    Next,
    attempt_id,
    is_blocked,
    is_in_the_way,
    is_prepared,
    next_attempts,
    poll_spec,
    unrecorded,
)
from cockpit.release.results import results
from cockpit.release.salvage import GONE, is_doubtful, sought
from cockpit.release.soaking import soaking, soaks_due
from cockpit.release.standing import running
from cockpit.release.state import Attempt, State, StepState
from cockpit.release.telling import tellings, tellings_due
from cockpit.release.ticking import lapses, ticked
from cockpit.units import format_duration

GRACE = 5.0
"""Seconds that a check always has, however late before its deadline it was asked."""


def advance(state: State, now: float) -> tuple[AnyEvent, ...]:
    """Every event that follows from the state at this moment, in order, until nothing more follows."""
    events: list[AnyEvent] = []
    while follows := tuple(_once(state, now)):
        events.extend(follows)
        state = _after(state, follows, now)
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
    moments += guards_due(state)
    moments += tellings_due(state)
    moments += soaks_due(state)
    moments += looks_due(state)
    moments += escalations_due(state)
    moments += [end for _, end in practice_ends(state)]
    moments += fits_due(state)
    moments += times_due(state)
    moments += [end for _, _, end in signature_ends(state)]
    moments += [end for *_, end in waiver_ends(state)]
    moments += [end for *_, end in lapses(state)]
    moments += [
        end
        for one in state.steps.values()
        if one.status == "running" and isinstance(one.step, Steady) and (end := steady_end(state, one, one.step))
    ]
    return min((moment for moment in moments if moment > now), default=None)


def _after(state: State, events: Iterable[AnyEvent], now: float) -> State:
    return fold((Record(number, now, event) for number, event in enumerate(events, state.seq + 1)), state)


def _once(state: State, now: float) -> Iterator[AnyEvent]:
    if state.plan is None or state.closed:
        return
    for rule in (
        lapsed,
        _stops,
        _results,
        _lost_locks,
        guarding,
        soaking,
        escalating,
        tellings,
        ticked,
        _completions,
        overdue,
        _back_done,
        _end,
        _seeks,
        _turns,
        _starts,
    ):
        events = tuple(rule(state, now))
        if events:
            yield from events
            return


def lapsed(state: State, now: float) -> Iterator[AnyEvent]:
    """What is no longer so: what is too old by now, looks that nobody made, a calendar that left enough time."""
    for gate, end in practice_ends(state):
        one = state.steps[gate.id]
        if now >= end and one.practised:
            yield RehearsalLapsed(gate=gate.id, release=one.practised.release)
    yield from fitted(state, now)
    for gate, signature, end in signature_ends(state):
        if now >= end:
            yield SignOffLapsed(gate=gate.id, role=signature.role, by=signature.by)
    yield from missed(state, now)
    for gate, what, waiver, end in waiver_ends(state):
        if now >= end:
            yield WaiverLapsed(step=gate.id, what=what, by=waiver.by)
    for one, item, tick, end in lapses(state):
        if now >= end:
            yield ItemLapsed(step=one.step.id, item=item, by=tick.by)


def _stops(state: State, now: float) -> Iterator[AnyEvent]:
    """Attempts that must be killed: aborted, in the way of a rollback, or over their time."""
    for attempt in running(state):
        if attempt.stopping:
            continue
        if state.aborted and not state.finish:
            yield StopOrdered(id=attempt.id, by=ITSELF, note="the release was aborted")
        elif is_in_the_way(state, attempt):
            what = "the release is rolled back" if state.rolling_back else f"a batch of {state.back} is undone"
            yield StopOrdered(id=attempt.id, by=ITSELF, note=what)
        elif now >= (end := _time_box_end(state, attempt)):
            note = f"over its time of {format_duration(end - attempt.started)}"
            yield StopOrdered(id=attempt.id, by=ITSELF, note=note, streamed=_is_streamed(state, attempt))


def _is_streamed(state: State, attempt: Attempt) -> bool:
    step = state.steps[attempt.step].step
    return isinstance(step, Run) and bool(step.stream) and attempt.part == "run"


def _time_box_end(state: State, attempt: Attempt) -> float:
    one = state.steps[attempt.step]
    step = one.step
    assert isinstance(step, Run | Http)
    if attempt.part == "run":
        return attempt.started + (step.stream if isinstance(step, Run) and step.stream else step.timeout)
    _, every, deadline = poll_spec(one)
    polling = one.hosts[attempt.host].polling or attempt.started
    return max(polling + deadline, attempt.started + max(every, GRACE))


def _results(state: State, now: float) -> Iterator[AnyEvent]:
    """What is decided on hosts, and what the playbook says of those that failed."""
    events = tuple(results(state, now))
    yield from events
    state = _after(state, events, now)
    failed = dict.fromkeys(event.step for event in events if isinstance(event, HostFailed))
    for step in failed:
        follows = tuple(consequences(state, state.steps[step]))
        yield from follows
        state = _after(state, follows, now)


def _lost_locks(state: State, _now: float) -> Iterator[AnyEvent]:
    """A lock that another release took from this one holds the release, once."""
    lost = [host for host in state.hosts.values() if host.lock == "lost"]
    if lost and not (state.held_by or state.aborted or state.end):
        names = ", ".join(host.name for host in lost)
        yield Held(by=ITSELF, note=f"the lock of {names} was taken by {lost[0].holder}")


def _completions(state: State, now: float) -> Iterator[AnyEvent]:
    """Steps that are complete; those on hosts even when nothing comes after them, since conditions ask for it."""
    ended = state.aborted or state.end
    for one in state.steps.values():
        here = one.hosts or (one.step in state.track and not ended)
        if one.status == "running" and here and _is_over(state, one, now):
            if one.hosts and not any(run.status == "passed" for run in one.hosts.values()):
                yield StepSkipped(step=one.step.id, by=ITSELF, note="no host is left")
            else:
                yield StepPassed(step=one.step.id)


def _is_over(state: State, one: StepState, now: float) -> bool:
    match one.step:
        case Run() | Http():
            return all_hosts_complete(one)
        case Checklist():
            return all(item.id in one.items for item in one.step.items)
        case Wait():
            return one.started is not None and now >= one.started + one.step.seconds
        case Guard():
            return now >= period_end(one, one.step) and not any(unwell(state, one, one.step))
        case Steady():
            end = steady_end(state, one, one.step)
            return end is not None and now >= end
        case Assign():
            return one.step.role in state.assigned
        case Notice() | Document():
            return one.told > 0
        case Do() | Gate() | Soak():
            return False


def _back_done(state: State, _now: float) -> Iterator[AnyEvent]:
    """A batch that is undone: what comes next is for a person to say."""
    if state.back and not state.rolling_back and is_complete(state.steps[state.undo(state.back).id]):
        yield BackDone(step=state.back)
        yield Held(by=ITSELF, note=f"a batch of {state.back} was undone on {', '.join(state.back_hosts)}")


def _end(state: State, _now: float) -> Iterator[AnyEvent]:
    if state.end or running(state):
        return
    if state.aborted:
        failed = state.rolling_back or state.aborted_by == ITSELF
        yield Ended(outcome="failed" if failed else "aborted", reason=_left_unknown(state))
    elif (
        not state.held_by
        and not state.back
        and not any(changed(state))
        and all(is_complete(state.steps[step.id]) for step in state.track)
    ):
        yield Ended(outcome="rolled_back" if state.rolling_back else "done", reason=_left_unknown(state))


def _left_unknown(state: State) -> str:
    unknown = [
        f"{one.step.id} on {run.host}" for one in state.steps.values() for run in one.hosts.values() if run.unsettled
    ]
    return f"unknown: {', '.join(unknown)}" if unknown else ""


def _turns(state: State, now: float) -> Iterator[AnyEvent]:
    """Steps whose turn has come, and their time too."""
    if is_blocked(state) or any(is_in_the_way(state, attempt) for attempt in running(state)) or any(sought(state)):
        return
    for step in state.track:
        one = state.steps[step.id]
        if one.status == "pending" and step.ticks and state.steps[step.ticks].status == "skipped":
            yield StepSkipped(step=step.id, by=ITSELF, note=f"{step.ticks} was skipped")
        elif one.status == "pending" and _may_begin(state, step, now):
            yield _turn(state, step, one)


def _may_begin(state: State, step: Step, now: float) -> bool:
    if not is_its_turn(state, step) or unrecorded(state, step):
        return False
    return lock_end(state, state.steps[step.id]) <= now or _never_runs(state, step)


def _never_runs(state: State, step: Step) -> bool:
    """Whether its condition does not hold and asks about no other step: then it need not wait for its time."""
    return bool(step.when) and not parse(step.when).steps and holds(state, step.when) is False


def _turn(state: State, step: Step, one: StepState) -> AnyEvent:
    runs = True if one.ordered else holds(state, step.when)
    if runs and is_doubtful(one) and not one.ordered:
        runs = None
    if runs is None:
        return ConditionUnknown(step=step.id)
    return StepStarted(step=step.id) if runs else StepSkipped(step=step.id, by=ITSELF, note=f"not when {step.when}")


def _seeks(state: State, _now: float) -> Iterator[AnyEvent]:
    """Attempts that may have been started behind the end of a broken journal: whether they were, their hosts know."""
    for each in sought(state):
        host = state.hosts[each.host]
        if host.reach not in ("reached", "unreachable"):
            continue
        attempt = _started(state, each, sought=True)
        yield attempt
        if host.reach == "unreachable":
            yield AttemptEnded(id=attempt.id, outcome="unknown", reason=f"{host.name} is unreachable: {host.reason}")
        elif host.marked not in ("", host.marker):
            yield AttemptEnded(id=attempt.id, outcome="unknown", reason=GONE)


def _starts(state: State, now: float) -> Iterator[AnyEvent]:
    """Attempts on hosts that are reached, once the locks are ours."""
    for each in next_attempts(state):
        if each.due <= now and is_prepared(state, each):
            yield _started(state, each)


def _started(state: State, each: Next, *, sought: bool = False) -> AttemptStarted:
    host = state.hosts[each.host]
    return AttemptStarted(
        id=attempt_id(state.nonce, each),
        step=each.step,
        host=each.host,
        part=each.part,
        number=each.number,
        key=host.key,
        boot=host.boot,
        marker=host.marker,
        sought=sought,
    )
