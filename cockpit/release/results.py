"""What ended attempts and unreachable hosts mean for a step: who passed, who failed."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.release.events import (
    ITSELF,
    AnyEvent,
    AttemptSettled,
    HostDropped,
    HostFailed,
    HostPassed,
    Outcome,
)
from cockpit.release.ready import Next, needs_link, next_attempts, poll_spec, unlocked
from cockpit.release.state import COMPLETE, FAILING, Attempt, HostRun, State, StepState
from cockpit.units import format_duration


def results(state: State, now: float) -> Iterator[AnyEvent]:
    """What is now decided on hosts of steps; no host of a step is named twice."""
    running = [one for one in state.steps.values() if one.status == "running"]
    found = [event for one in running for run in one.hosts.values() for event in _result(state, one, run, now)]
    yield from found or _unreached(state)


def _result(state: State, one: StepState, run: HostRun, now: float) -> Iterator[AnyEvent]:
    if run.trying or run.status in COMPLETE:
        return
    if run.status == "running" and run.polling is None:
        yield _ended(one, run, state.attempts[run.run])
    elif run.status in ("running", "checking", "unknown") and run.polling is not None:
        yield from _polled(state, one, run, now)
    elif state.hosts[run.host].dropped and run.status in FAILING | {"waiting"} and one.step in state.track:
        yield HostDropped(step=one.step.id, host=run.host, by=ITSELF, note="dropped earlier")


def _ended(one: StepState, run: HostRun, attempt: Attempt) -> AnyEvent:
    step, host = one.step.id, run.host
    assert attempt.outcome is not None
    if attempt.outcome == "passed" or (attempt.streamed and attempt.outcome == "stopped"):
        return HostPassed(step=step, host=host)
    return HostFailed(step=step, host=host, outcome=attempt.outcome, reason=_why(attempt))


def _polled(state: State, one: StepState, run: HostRun, now: float) -> Iterator[AnyEvent]:
    times, every, deadline = poll_spec(one)
    step, host = one.step.id, run.host
    attempt = state.attempts[run.check or run.run]
    over = (run.polled or now) - (run.polling or now) + every > deadline
    if run.streak >= times:
        if run.status == "unknown":
            yield AttemptSettled(id=run.run, outcome="passed", by="check", note="it passed")
        yield HostPassed(step=step, host=host)
    elif attempt.part == "run" and attempt.outcome == "unknown":
        yield HostFailed(step=step, host=host, outcome="unknown", reason=_why(attempt))
    elif attempt.stopped_by not in ("", ITSELF) or (over and run.streak == 0):
        yield HostFailed(step=step, host=host, outcome=_poll_outcome(run, attempt), reason=_poll_why(run, attempt, now))


def _poll_outcome(run: HostRun, attempt: Attempt) -> Outcome:
    if run.status == "unknown":
        return "unknown"
    if attempt.part == "check" or attempt.outcome is None or attempt.outcome == "passed":
        return "failed"
    return attempt.outcome


def _poll_why(run: HostRun, attempt: Attempt, now: float) -> str:
    if attempt.part == "run" and run.tries <= 1:
        return _why(attempt)
    return f"did not pass within {format_duration(now - (run.polling or now))}, last: {_why(attempt)}"


def _why(attempt: Attempt) -> str:
    if attempt.stopping:
        return f"{attempt.outcome}: {attempt.stopping}" + (f"; {attempt.reason}" if attempt.reason else "")
    return attempt.reason or (f"exit status {attempt.exit}" if attempt.exit is not None else str(attempt.outcome))


def _unreached(state: State) -> Iterator[AnyEvent]:
    if not any(host.reach == "unreachable" for host in state.hosts.values()):
        return
    for each in next_attempts(state):
        needed = [each.host] if needs_link(state, each) else []
        for host in (*needed, *unlocked(state, each)):
            if state.hosts[host].reach == "unreachable":
                yield _not_started(state, each, f"{host} is unreachable: {state.hosts[host].reason}")
                break


def _not_started(state: State, each: Next, reason: str) -> HostFailed:
    status = state.steps[each.step].hosts[each.host].status
    outcome: Outcome = "unknown" if status == "unknown" else "error"
    what = "nothing was started" if each.part == "run" else "the check was not asked"
    return HostFailed(step=each.step, host=each.host, outcome=outcome, reason=f"{what}: {reason}")
