"""Which attempts come next: by order of steps, batches, failures, and what is polled. Durations are seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from cockpit.analysis.rule import refers_to_baseline
from cockpit.playbook.plan import Gate, Http, Run, Steady, Step
from cockpit.release.credentials import lacking
from cockpit.release.events import Part
from cockpit.release.files import changed, unseen
from cockpit.release.health import impending
from cockpit.release.locks import lock_hosts
from cockpit.release.order import awaited
from cockpit.release.standing import running
from cockpit.release.state import COMPLETE, FAILING, Attempt, HostRun, HostStatus, State, StepState
from cockpit.release.waiting import may_be_checked

POLLED: frozenset[HostStatus] = frozenset({"running", "checking", "unknown"})
"""What may go on by asking again."""


class Next(msgspec.Struct, frozen=True):
    """An attempt that may start at `due` (seconds since 1970)."""

    step: str
    host: str
    part: Part
    number: int
    due: float = 0.0


def attempt_id(nonce: str, each: Next) -> str:
    """The id of an attempt, computed: the same after a restart, another in another release."""
    text = "\0".join((nonce, each.step, each.host, each.part, str(each.number)))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def is_blocked(state: State) -> bool:
    """Whether nothing new may start now."""
    stopped = state.aborted or state.end or state.closed or _is_cut_off(state)
    return bool(stopped or lacking(state) or _is_paused(state))


def _is_cut_off(state: State) -> bool:
    """Whether the journal broke and nobody has ordered the way back yet: there is no way forward from there."""
    return state.broken is not None and not state.rolling_back


def _is_paused(state: State) -> bool:
    """Whether people or guards keep anything new from starting."""
    if state.held_by or state.rolling_back:
        return bool(state.held_by)
    return any(impending(state)) or unseen(state) or any(changed(state))


def unrecorded(state: State, step: Step) -> tuple[str, ...]:
    """The metrics whose baseline must be recorded before this step starts, and is not."""
    before, rules = state.the_plan.before, state.the_plan.rules
    if before is None:
        return ()
    asked = rules if before.until == step.id else _asked_on_the_way_back(state, step)
    used = {rules[name].metric for name in asked if refers_to_baseline(rules[name])}
    return tuple(sorted(used - state.baselines.keys()))


def _asked_on_the_way_back(state: State, step: Step) -> tuple[str, ...]:
    """The rules that a step of the way back asks for, which may have begun before the cutover."""
    if step not in state.backward:
        return ()
    match step:
        case Steady():
            return step.rules
        case Gate():
            return step.passing
        case _:
            return ()


def next_attempts(state: State) -> Iterator[Next]:
    """Every attempt that may start now or at its due time, whether or not its host is reached."""
    if state.aborted or state.end or state.closed or lacking(state) or _is_cut_off(state):
        return
    paused = _is_paused(state)
    for step in state.track:
        one = state.steps[step.id]
        if one.status == "running" and isinstance(step, Run | Http):
            yield from _polls(one, held=paused)
            if not (_is_held_back(state) if step.id in state.the_plan.manual else paused):
                yield from _starts(state, one)


def _is_held_back(state: State) -> bool:
    """Whether what a person ordered waits: no hold keeps it back, but on a way back what is stopped first does."""
    return any(is_in_the_way(state, attempt) for attempt in running(state))


def is_in_the_way(state: State, attempt: Attempt) -> bool:
    """Whether an attempt is to be stopped before anything starts on the way back."""
    if attempt.step in state.the_plan.manual and state.is_running(attempt.step):
        return False
    if state.rolling_back:
        return state.steps[attempt.step].step not in state.backward
    return bool(state.back) and (attempt.step == state.back or state.back in awaited(state, attempt.step))


def is_prepared(state: State, each: Next) -> bool:
    """Whether an attempt's host is reached and every lock it needs is held."""
    return not needs_link(state, each) and not unlocked(state, each)


def needs_link(state: State, each: Next) -> bool:
    """Whether an attempt waits for its host to be reached; a request from here only needs to know where it is."""
    host = state.hosts[each.host]
    return host.reach != "reached" and not (host.address and _from_here(state.steps[each.step].step, each.part))


def _from_here(step: Step, part: Part) -> bool:
    if isinstance(step, Run):
        return part == "check" and step.check is not None and step.check.request is not None
    return True


def unlocked(state: State, each: Next) -> tuple[str, ...]:
    """The hosts whose lock an attempt needs and does not have."""
    return tuple(host for host in lock_hosts(state, (each.host,)) if state.hosts[host].lock != "ours")


def poll_spec(one: StepState) -> tuple[int, float, float]:
    """How often in a row, how many seconds apart, and within how many seconds a step's host must pass.

    A row of passes that has begun within that time may be completed.
    """
    step = one.step
    if isinstance(step, Http):
        return step.times, step.every, step.deadline
    if isinstance(step, Run) and step.check:
        return step.check.times, step.check.every, step.check.deadline
    return 1, 0.0, 0.0


def _starts(state: State, one: StepState) -> Iterator[Next]:
    free = touchable(one)
    for host, run in one.hosts.items():
        if run.status == "waiting" and (run.ordered or host in free) and not _barred(state, host):
            yield Next(one.step.id, host, "run", run.tries + 1)


def _barred(state: State, host: str) -> bool:
    """Whether a host waits, on a way back, until what is unknown on it is settled."""
    if not (state.rolling_back or state.back):
        return False
    begun = (state.steps[step.id].hosts.get(host) for step in (*state.forward, *state.manual))
    return any(run.unsettled for run in begun if run)


def touchable(one: StepState) -> frozenset[str]:
    """The hosts that may be touched now: up to the batch whose turn it is, and none once too many have failed.

    A first batch of one host says that one host must be well before the rest: until one has passed, one at a time.
    """
    step = one.step
    batches = step.batches if isinstance(step, Run) else (tuple(one.hosts),)
    if too_many_failed(one):
        return frozenset()
    if batches and len(batches[0]) == 1 and not any(run.status == "passed" for run in one.hosts.values()):
        return frozenset([host for host, run in one.hosts.items() if run.status not in COMPLETE][:1])
    found: set[str] = set()
    for batch in batches:
        found.update(batch)
        if not all(one.hosts[host].status in COMPLETE | FAILING for host in batch):
            break
    return frozenset(found)


def too_many_failed(one: StepState, among: frozenset[HostStatus] = FAILING) -> bool:
    """Whether more than the step's tolerated share of all its hosts failed and has no answer yet."""
    return sum(run.status in among for run in one.hosts.values()) > tolerated(one)


def tolerated(one: StepState) -> int:
    """How many hosts of a step may fail before no further one is touched."""
    # 29% of 100 hosts are 29, though the product is 28.999999999999996
    return int(one.step.fail_above * len(one.hosts) + 1e-9) if isinstance(one.step, Run) else 0


def _polls(one: StepState, *, held: bool) -> Iterator[Next]:
    times, every, _ = poll_spec(one)
    for host, run in one.hosts.items():
        if run.trying or run.status not in POLLED:
            continue
        due = 0.0 if run.polling is None or run.polled is None else run.polled + every
        if isinstance(one.step, Http):
            if run.status == "running":
                yield Next(one.step.id, host, "run", run.tries + 1, due)
        elif _is_checked(one, run, held=held) and run.streak < times:
            yield Next(one.step.id, host, "check", run.polls + 1, due)


def _is_checked(one: StepState, run: HostRun, *, held: bool) -> bool:
    """Whether a host's check is to be asked: after its command, or to settle the unknown (which a hold puts off)."""
    if run.status == "unknown":
        return may_be_checked(one, run) and not (held and run.polling is None)
    return run.status == "checking"
