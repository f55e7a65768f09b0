"""Which attempts come next: by order of steps, batches, failures, and what is polled. Durations are seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from cockpit.playbook.plan import Http, Run
from cockpit.release.events import Part
from cockpit.release.state import COMPLETE, FAILING, HostRun, State, StepState


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
    return bool(state.held_by or state.missing or state.aborted or state.end or state.closed)


def next_attempts(state: State) -> Iterator[Next]:
    """Every attempt that may start now or at its due time, whether or not its host is reached."""
    if state.missing or state.aborted or state.end or state.closed:
        return
    for step in state.track:
        one = state.steps[step.id]
        if one.status == "running" and isinstance(step, Run | Http):
            yield from _polls(one)
            if not state.held_by:
                yield from _starts(state, one)


def poll_spec(one: StepState) -> tuple[int, float, float]:
    """How often in a row, how many seconds apart, and within how many seconds a step's host must pass."""
    step = one.step
    if isinstance(step, Http):
        return step.times, step.every, step.deadline
    if isinstance(step, Run) and step.check:
        return step.check.times, step.check.every, step.check.deadline
    return 1, 0.0, 0.0


def _starts(state: State, one: StepState) -> Iterator[Next]:
    for host in touchable(one):
        run = one.hosts[host]
        if run.status == "waiting" and not _barred(state, host):
            yield Next(one.step.id, host, "run", run.tries + 1)


def _barred(state: State, host: str) -> bool:
    """Whether a host waits, in a rollback, until what is unknown on it is settled."""
    if not state.rolling_back:
        return False
    return any(
        host in other.hosts and other.hosts[host].status == "unknown"
        for other in (state.steps[step.id] for step in state.forward)
    )


def touchable(one: StepState) -> tuple[str, ...]:
    """The hosts that may be touched now: up to the batch whose turn it is, and none once too many have failed."""
    step = one.step
    batches = step.batches if isinstance(step, Run) else (tuple(one.hosts),)
    if too_many_failed(one):
        return ()
    found: list[str] = []
    for number, batch in enumerate(batches):
        found.extend(batch)
        alone = number == 0 and len(batch) == 1
        passable = COMPLETE if alone else COMPLETE | FAILING
        if not all(one.hosts[host].status in passable for host in batch):
            break
    return tuple(found)


def too_many_failed(one: StepState) -> bool:
    """Whether more than the step's tolerated share of all its hosts failed and has no answer yet."""
    failed = sum(run.status in FAILING for run in one.hosts.values())
    tolerated = one.step.fail_above if isinstance(one.step, Run) else 0.0
    return failed > tolerated * len(one.hosts)


def _polls(one: StepState) -> Iterator[Next]:
    times, every, _ = poll_spec(one)
    for host, run in one.hosts.items():
        due = run.polled + every if run.polled is not None else 0.0
        if isinstance(one.step, Http):
            if run.status == "running" and not run.trying:
                yield Next(one.step.id, host, "run", run.tries + 1, due)
        elif _is_checked(one, run) and not run.trying and run.streak < times:
            yield Next(one.step.id, host, "check", run.polls + 1, 0.0 if run.polling is None else due)


def _is_checked(one: StepState, run: HostRun) -> bool:
    """Whether a host's check is to be asked: after its command, or to settle what is unknown."""
    if not (isinstance(one.step, Run) and one.step.check):
        return False
    return run.status == "checking" or (run.status == "unknown" and not run.checked)
