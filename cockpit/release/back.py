"""Taking a batch back: which one, and what becomes of the steps that came after it."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.playbook.plan import Run
from cockpit.release.facts import has_begun
from cockpit.release.state import HostRun, HostStatus, State, StepState


def last_batch(state: State) -> tuple[str, tuple[str, ...]] | None:
    """The step that was begun last among those that can be undone, and the hosts of its last batch that was begun."""
    found: tuple[float, str, tuple[str, ...]] | None = None
    for step in state.forward:
        one = state.steps[step.id]
        if isinstance(step, Run) and step.undo and (hosts := _begun(one, step)):
            found = max(found or (0.0, "", ()), (_last_begun(state, one), step.id, hosts))
    return found[1:] if found else None


def _last_begun(state: State, one: StepState) -> float:
    """When a step was begun; where it waits for its turn again, when its latest attempt was."""
    latest = (state.attempts[run.run].started for run in one.hosts.values() if run.run in state.attempts)
    return max(latest, default=0.0) if one.started is None else one.started


def _begun(one: StepState, step: Run) -> tuple[str, ...]:
    for batch in reversed(step.batches):
        hosts = tuple(host for host in batch if has_begun(one.hosts[host]) and one.hosts[host].status != "dropped")
        if hosts:
            return hosts
    return ()


def renewed(one: StepState) -> StepState:
    """A step that waits for its turn again. What is unknown, and that it had begun, remains: nobody undid that."""
    runs = {host: _renewed(run, begun=run.begun) for host, run in one.hosts.items()}
    begun = one.begun or one.started is not None
    return StepState(one.step, hosts=runs, begun=begun, early=one.early, overdue=one.overdue)


def undoing(one: StepState, hosts: tuple[str, ...]) -> StepState:
    """The step that undoes a batch, about to begin on its hosts."""
    runs = {host: _afresh(run, "waiting" if host in hosts else "skipped") for host, run in one.hosts.items()}
    return StepState(one.step, hosts=runs)


def without_batch(one: StepState, hosts: tuple[str, ...]) -> StepState:
    """A step of which the batch on these hosts was undone: it goes on with it, or begins anew where nothing is left."""
    runs = {host: _renewed(run, begun=False) if host in hosts else run for host, run in one.hosts.items()}
    if not any(run.begun for run in runs.values()):
        return renewed(replace(one, hosts=runs))
    return replace(one, status="running", ended=None, hosts=runs)


def _renewed(run: HostRun, *, begun: bool) -> HostRun:
    """One that was let go stays so."""
    return replace(run if run.status in ("dropped", "skipped") else _afresh(run, "waiting"), begun=begun)


def _afresh(run: HostRun, status: HostStatus) -> HostRun:
    reason = "not in this batch" if status == "skipped" else ""
    return HostRun(
        run.host,
        status=status,
        run=run.run,
        check=run.check,
        tries=run.tries,
        polls=run.polls,
        reason=reason,
        unsettled=run.unsettled,
    )
