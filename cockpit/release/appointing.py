"""Who drives, and who has a role."""

from __future__ import annotations

from typing import assert_never

from cockpit.release.events import CaptainChanged, CaptaincyOffered, RoleAssigned
from cockpit.release.intents import Assign, Captaincy, Decision, Refusal
from cockpit.release.people import is_captain
from cockpit.release.state import State


def captaincy(state: State, login: str, intent: Captaincy) -> Decision:
    """It is offered, accepted or taken."""
    match intent.action:
        case "offer":
            if not is_captain(state, login):
                return Refusal(f"{login} is not the captain", f"the captain is {state.captain}")
            if not intent.to or intent.to == login:
                return Refusal("name the login to offer the captaincy to")
            return (CaptaincyOffered(to=intent.to, by=login),)
        case "accept":
            if state.offered_to != login:
                return Refusal(f"the captaincy was not offered to {login}")
            return (CaptainChanged(captain=login, by=login),)
        case "take":
            if is_captain(state, login):
                return Refusal(f"{login} is the captain already")
            if not intent.note.strip():
                return Refusal("taking the captaincy needs a note", "say why, with --note")
            return (CaptainChanged(captain=login, by=login, note=intent.note),)
        case _:
            assert_never(intent.action)


def assign(state: State, login: str, intent: Assign) -> Decision:
    """A role given to a login, or with a note from one to another."""
    roles = {name: role for name, role in state.the_plan.roles.items() if role.assigned}
    role = roles.get(intent.role)
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if role is None:
        return Refusal(f"{intent.role} is not assigned here", f"these are: {', '.join(roles) or 'none'}")
    if not intent.to.strip() or (role.people and intent.to not in role.people):
        return Refusal(f"{intent.to or 'nobody'} cannot be {intent.role}", f"logins: {', '.join(role.people) or 'any'}")
    if (now := state.assigned.get(intent.role)) == intent.to:
        return Refusal(f"{now} is {intent.role} already")
    if now and not intent.note.strip():
        return Refusal(f"{now} is {intent.role}: giving it to another needs a note", "say why, with --note")
    return (RoleAssigned(role=intent.role, to=intent.to.strip(), by=login, note=intent.note),)
