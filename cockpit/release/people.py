"""Who may do what. A login is what the kernel says of whoever asks."""

from __future__ import annotations

from cockpit.release.state import State


def is_captain(state: State, login: str) -> bool:
    """Whether this login drives the release."""
    return login == state.captain


def has_role(state: State, login: str, role: str) -> bool:
    """Whether this login may act as a role of the plan."""
    found = state.the_plan.roles.get(role)
    return found is not None and login in found.people


def may_act(state: State, login: str, owners: tuple[str, ...]) -> bool:
    """Whether this login may do what these roles own: the captain always may."""
    return is_captain(state, login) or any(has_role(state, login, role) for role in owners)
