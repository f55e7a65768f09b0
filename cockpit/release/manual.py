"""Commands that only a person orders."""

from __future__ import annotations

from cockpit.playbook.plan import Step
from cockpit.release.doing import owners
from cockpit.release.events import ManualOrdered
from cockpit.release.intents import Decision, Refusal, RunManual
from cockpit.release.people import may_act
from cockpit.release.standing import running
from cockpit.release.state import State


def order_manual(state: State, login: str, intent: RunManual) -> Decision:
    """A person orders one."""
    manual = state.the_plan.manual
    found = manual.get(intent.command)
    if found is None:
        return Refusal(f"no manual command {intent.command!r}", f"there are: {', '.join(manual) or 'none'}")
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if not may_act(state, login, found.step.owner):
        return Refusal(f"{login} may not run {intent.command}", owners(state.steps[intent.command]))
    if busy := _is_busy(state, found.step):
        return busy
    if found.confirm and intent.confirm != found.confirm:
        return Refusal(f"{intent.command} asks first: {found.ask}", f"--confirm '{found.confirm}'")
    if not intent.note.strip():
        return Refusal("this needs a note", "say why, with --note")
    return (ManualOrdered(step=intent.command, by=login, note=intent.note),)


def _is_busy(state: State, step: Step) -> Refusal | None:
    """Why a person cannot order a command now: it runs, or how it ended is not known."""
    if state.is_running(step.id) or any(attempt.step == step.id for attempt in running(state)):
        return Refusal(f"{step.id} is running already")
    if state.broken is not None and not state.rolling_back:
        return Refusal(f"the journal of {state.release} is broken: there is only the way back", "roll back first")
    doubtful = [run.host for run in state.steps[step.id].hosts.values() if run.unsettled or run.lost]
    if doubtful:
        return Refusal(
            f"how {step.id} ended on {', '.join(doubtful)} is not known", "settle it, or do this on the host by hand"
        )
    return None
