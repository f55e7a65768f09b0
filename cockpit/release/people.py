"""Who may do what. A login is what the kernel says of whoever asks."""

from __future__ import annotations

from cockpit.playbook.plan import Gate, Step
from cockpit.release.facts import known
from cockpit.release.state import State


def is_captain(state: State, login: str) -> bool:
    """Whether this login drives the release."""
    return login == state.captain


def has_role(state: State, login: str, role: str) -> bool:
    """Whether this login may act as a role of the plan."""
    return login in people_of(state, role)


def people_of(state: State, role: str) -> tuple[str, ...]:
    """Who a role is now; nobody for what is no role, or was not assigned yet."""
    found = state.the_plan.roles.get(role)
    if found is None or not found.assigned:
        return found.people if found else ()
    return (state.assigned[role],) if role in state.assigned else ()


def is_barred(state: State, step: Step, login: str) -> bool:
    """Whether a gate is to be signed by others, since this login started the release."""
    return isinstance(step, Gate) and step.without_starter and login == state.starter


def may_sign(state: State, gate: Gate, login: str, role: str) -> bool:
    """Whether this login may sign for a role that a gate asks for."""
    return role in gate.sign and has_role(state, login, role) and not is_barred(state, gate, login)


def may_sign_any(state: State, gate: Gate, login: str) -> bool:
    """Whether this login may sign for some role that a gate asks for."""
    return any(may_sign(state, gate, login, role) for role in gate.sign)


def may_act(state: State, login: str, owners: tuple[str, ...]) -> bool:
    """Whether this login may do what these roles own: the captain always may."""
    return is_captain(state, login) or any(has_role(state, login, role) for role in owners)


def past_no_return(state: State) -> str:
    """The step that cannot be undone and has begun, or perhaps has; empty where there is none."""
    begun = (
        step.id for step in state.forward if step.no_return and known(state.steps[step.id], "started") is not False
    )
    return next(begun, "")


def rollback_word(state: State) -> str:
    """What is typed to roll back: the release's name; past a point of no return, that too."""
    past = past_no_return(state)
    return f"{state.release} past {past}" if past else state.release
