"""What is said at a gate: sign-offs, go and no-go."""

from __future__ import annotations

from cockpit.playbook.plan import Gate
from cockpit.release.doing import open_step
from cockpit.release.events import GateOpened, GateRefused, Held, SignedOff, StepPassed
from cockpit.release.gates import covers, gate_obstacles
from cockpit.release.intents import Decision, Go, NoGo, Refusal, Sign
from cockpit.release.people import has_role, may_sign, people_of
from cockpit.release.state import State, StepState


def _gate(state: State, name: str) -> StepState | Refusal:
    one = open_step(state, name)
    if isinstance(one, Refusal) or isinstance(one.step, Gate):
        return one
    return Refusal(f"{name} is not a gate")


def sign(state: State, login: str, intent: Sign) -> Decision:
    """A role says yes or no, over what was shown."""
    one = _gate(state, intent.gate)
    if isinstance(one, Refusal):
        return one
    assert isinstance(one.step, Gate)
    if intent.role not in one.step.sign:
        return Refusal(f"{intent.gate} asks for no {intent.role}", f"roles: {', '.join(one.step.sign) or 'none'}")
    if not has_role(state, login, intent.role):
        people = ", ".join(people_of(state, intent.role)) or "nobody yet"
        return Refusal(f"{login} is not {intent.role}", f"{intent.role}: {people}")
    if not may_sign(state, one.step, login, intent.role):
        others = ", ".join(each for each in people_of(state, intent.role) if each != login)
        return Refusal(
            f"{login} started the release, and {intent.gate} is signed by others",
            f"{intent.role}: {others or 'nobody'}",
        )
    if intent.covers != covers(state, intent.gate):
        return Refusal("what you were shown has changed since", "look again, then sign what is shown now")
    if not intent.yes and not intent.note.strip():
        return Refusal("a no needs a note", "say why, with --note")
    signed = SignedOff(
        gate=intent.gate, role=intent.role, by=login, yes=intent.yes, covers=intent.covers, note=intent.note
    )
    return (signed,)


def go(state: State, login: str, intent: Go) -> Decision:
    """The captain opens a gate."""
    one = _gate(state, intent.gate)
    if isinstance(one, Refusal):
        return one
    assert isinstance(one.step, Gate)
    if obstacles := gate_obstacles(state, one):
        return Refusal(f"{intent.gate} stays shut: {'; '.join(obstacles)}")
    if one.step.confirm and intent.confirm != one.step.confirm:
        return Refusal(f"{intent.gate} asks for a word to be typed", f"--confirm {one.step.confirm}")
    return GateOpened(gate=intent.gate, by=login, note=intent.note), StepPassed(step=intent.gate)


def no_go(state: State, login: str, intent: NoGo) -> Decision:
    """The captain leaves it shut, which holds the release."""
    one = _gate(state, intent.gate)
    if isinstance(one, Refusal):
        return one
    if not intent.note.strip():
        return Refusal("a no-go needs a note", "say why, with --note")
    refused = GateRefused(gate=intent.gate, by=login, note=intent.note)
    return (refused,) if state.is_held_for_people else (refused, Held(by=login, note=f"no-go: {intent.note}"))
