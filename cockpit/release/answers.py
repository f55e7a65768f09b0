"""What the captain answers to failures and unknowns: one answer is for one host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cockpit.playbook.plan import Checklist, Gate, Http, Run, Soak
from cockpit.release.events import (
    AnyEvent,
    AttemptSettled,
    HostDropped,
    RedeployOrdered,
    RetryOrdered,
    StepSkipped,
    StopOrdered,
)
from cockpit.release.intents import Decision, Drop, Refusal, Retry, Settle, Skip, Stop
from cockpit.release.order import awaited, is_its_turn
from cockpit.release.ready import POLLED
from cockpit.release.standing import running
from cockpit.release.state import FAILING, Attempt, HostRun, State, StepState

ALL = "all"
"""The host that stands for every host that waits for an answer."""


def answer(state: State, login: str, intent: Retry | Skip | Drop | Stop | Settle) -> Decision:
    """The events of an answer, or why it is refused."""
    one = state.steps.get(intent.step)
    if one is None:
        return Refusal(f"no step {intent.step!r} in {state.release}", f"steps: {', '.join(state.steps)}")
    if not intent.note.strip():
        return Refusal("this needs a note", "say why, with --note")
    if isinstance(intent, Stop):
        return _stop(state, login, intent)
    if isinstance(intent, Settle):
        return _settle(login, one, intent)
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if one.step not in state.track:
        return Refusal(f"{intent.step} is not part of what is being done now", _way(state))
    if isinstance(intent, Retry) and isinstance(one.step, Soak):
        return _redeployed(state, login, one, one.step, intent.note)
    if isinstance(intent, Skip | Drop) and (roles := waivers(one)):
        names = ", ".join(roles)
        return Refusal(
            f"{intent.step} passes only by a waiver of {names}",
            f"`cockpit waive {state.release} {intent.step} --role ROLE --note …`",
        )
    if isinstance(intent, Skip) and not intent.host and not _failing(one):
        return _skip_step(state, login, one, intent)
    hosts = _hosts(one, intent.host)
    if isinstance(hosts, Refusal):
        return hosts
    return tuple(event for run in hosts for event in _answers(login, run, intent))


def _answers(login: str, run: HostRun, intent: Retry | Skip | Drop) -> tuple[AnyEvent, ...]:
    match intent:
        case Retry():
            return (_retried(login, run, intent),)
        case Skip():
            return (StepSkipped(step=intent.step, host=run.host, by=login, note=intent.note),)
        case Drop():
            return (HostDropped(step=intent.step, host=run.host, by=login, note=intent.note),)
        case _:
            assert_never(intent)


def waivers(one: StepState) -> tuple[str, ...]:
    """The roles that alone let a failure of a step pass; none where the captain does."""
    return one.step.waiver if isinstance(one.step, Run | Http) else ()


def _retried(login: str, run: HostRun, intent: Retry) -> RetryOrdered:
    return RetryOrdered(step=intent.step, host=run.host, by=login, note=intent.note, external=intent.external)


def _failing(one: StepState) -> list[HostRun]:
    return [run for run in one.hosts.values() if run.status in FAILING]


def _hosts(one: StepState, host: str) -> list[HostRun] | Refusal:
    asked = [run.host for run in _failing(one) if run.trying]
    if host in asked or (asked and host in ("", ALL)):
        return _asked_just_now(", ".join(asked))
    failing = _failing(one)
    names = ", ".join(run.host for run in failing)
    if host == ALL:
        return failing or Refusal(f"no host of {one.step.id} waits for an answer")
    if host:
        found = [run for run in failing if run.host == host]
        return found or Refusal(f"{host} does not wait for an answer at {one.step.id}", f"these do: {names or 'none'}")
    if len(failing) == 1:
        return failing
    if not failing:
        return Refusal(f"no host of {one.step.id} waits for an answer")
    return Refusal("one answer is for one host", f"name it with --host: {names}, or {ALL}")


def _asked_just_now(hosts: str) -> Refusal:
    return Refusal(f"the check of {hosts} is being asked just now", "wait for it, or stop it")


def _way(state: State) -> str:
    return "the release is rolling back: what is unknown can only be settled" if state.rolling_back else ""


def _stop(state: State, login: str, intent: Stop) -> Decision:
    ongoing = (*running(state), *_between_polls(state, intent.step))
    found = [
        attempt
        for attempt in ongoing
        if attempt.step == intent.step and intent.host in ("", ALL, attempt.host) and not attempt.stopping
    ]
    if not found:
        return Refusal(f"nothing of {intent.step} runs" + (f" on {intent.host}" if intent.host else ""))
    if len(found) > 1 and not intent.host:
        names = ", ".join(attempt.host for attempt in found)
        return Refusal("one answer is for one host", f"name it with --host: {names}, or {ALL}")
    return tuple(StopOrdered(id=attempt.id, by=login, note=intent.note) for attempt in found)


def _between_polls(state: State, step: str) -> list[Attempt]:
    """The last attempts of hosts that would be asked again."""
    if state.aborted or state.end:
        return []
    runs = state.steps[step].hosts.values()
    polled = [run for run in runs if run.status in POLLED and run.polling is not None and not run.trying]
    return [state.attempts[run.check or run.run] for run in polled]


def _settle(login: str, one: StepState, intent: Settle) -> Decision:
    run = one.hosts.get(intent.host)
    if run is None or not run.unsettled or run.status == "running":
        return Refusal(f"{intent.step} is not unknown on {intent.host or 'any host you named'}")
    if run.trying:
        return _asked_just_now(intent.host)
    return (AttemptSettled(id=run.run, outcome=intent.outcome, by=login, note=intent.note),)


def _skip_step(state: State, login: str, one: StepState, intent: Skip) -> Decision:
    if isinstance(one.step, Gate | Checklist):
        kind = "gate" if isinstance(one.step, Gate) else "checklist"
        return Refusal(f"a {kind} cannot be skipped", "no-go holds the release; abort stops it")
    if one.status in ("passed", "skipped"):
        return Refusal(f"{intent.step} has nothing left to skip")
    if not is_its_turn(state, one.step):
        return Refusal(f"it is not {intent.step}'s turn yet", "hold, and skip it when what it waits for is complete")
    if any(attempt.step == intent.step for attempt in running(state)):
        return Refusal(f"{intent.step} is running", "stop it first")
    return (StepSkipped(step=intent.step, by=login, note=intent.note),)


def _redeployed(state: State, login: str, one: StepState, step: Soak, note: str) -> Decision:
    """A soak from its beginning, and what is done again before it; or why not."""
    if one.status not in ("running", "passed"):
        return Refusal(f"{step.id} has not begun", "it begins once what it waits for is complete")
    again = {step.id, *step.redeploy}
    busy = dict.fromkeys(attempt.step for attempt in running(state) if attempt.step in again)
    if busy:
        return Refusal(f"{', '.join(busy)} is running", "wait for it, or stop it")
    begun = [name for name in _after(state, step) if state.steps[name].hosts and _has_begun(state.steps[name])]
    if begun:
        return Refusal(f"{', '.join(begun)} has begun, and comes after {step.id}", "roll back instead")
    return (RedeployOrdered(step=step.id, steps=step.redeploy, by=login, note=note),)


def _after(state: State, step: Soak) -> Iterator[str]:
    return (other.id for other in state.forward if step.id in awaited(state, other.id))


def _has_begun(one: StepState) -> bool:
    return one.begun or one.started is not None
