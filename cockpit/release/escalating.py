"""Who is told when nobody acknowledges or looks in time: one role after another."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cockpit.playbook.plan import Guard, Soak
from cockpit.release.events import AnyEvent, Escalated
from cockpit.release.health import guards, is_well, severity_of
from cockpit.release.looking import due_at, interval, looks, owners_of_look
from cockpit.release.people import people_of
from cockpit.release.soaking import soaks
from cockpit.release.state import State

CAPTAIN = "captain"
"""Among the roles of an escalation: whoever drives."""


class Owed(msgspec.Struct, frozen=True):
    """What somebody owes: that a `rule` was seen, or a look at a `step`; `who` were asked so far, logins or roles.

    At moment `due` it should be there. If it is not then, after `within` seconds more, the `following` role is told.
    """

    who: tuple[str, ...]
    due: float
    rule: str = ""
    step: str = ""
    level: int = 0
    following: str = ""
    next: float | None = None


def unseen(state: State) -> Iterator[Owed]:
    """The rules of running guards and soaks that do not pass, and that nobody has acknowledged."""
    if state.plan is None:
        return
    watching: list[Guard | Soak] = [*(step for _, step in guards(state)), *(step for _, step in soaks(state))]
    watched = {rule: step.id for step in watching for rule in step.rules}
    for rule, one in state.rules.items():
        within = state.the_plan.rules[rule].answer_within
        if not within or rule not in watched or is_well(state, rule) or one.acknowledged or one.verdict is None:
            continue
        due = (one.since if one.unwell is None else one.unwell) + within
        severity = severity_of(state, rule)
        first = (CAPTAIN, *(severity.owner if severity else ()))
        yield _owed(state, first, due, one.level, one.told, within, 0.0, rule=rule, step=watched[rule])


def unlooked(state: State) -> Iterator[Owed]:
    """The looks that are due next, or late."""
    for one, look in looks(state):
        due = due_at(one, look)
        if due is not None:
            at = one.looking
            base = one.started if at.base is None else at.base
            every = interval(one, look, base or 0.0) or 0.0
            grace = state.the_plan.answer_within.get("warn", every)
            first = owners_of_look(one, look) or (CAPTAIN,)
            yield _owed(state, first, due, at.level, at.told, grace, grace, step=one.step.id)


def _owed(
    state: State,
    first: tuple[str, ...],
    due: float,
    level: int,
    told: float | None,
    within: float,
    grace: float,
    *,
    rule: str = "",
    step: str = "",
) -> Owed:
    """What is owed by whom it concerns first; the others are told in an order that no new captain changes."""
    chain = tuple(role for role in state.the_plan.escalation if role not in first)
    left = range(level, len(chain))
    following = next((at for at in left if _has_people(state, chain[at])), level)
    asked = dict.fromkeys(_who(state, role) for role in (*_unlike_captain(state, first), *chain[:level]))
    if following >= len(chain):
        return Owed(tuple(asked), due, rule, step, level)
    moment = due + grace if told is None else told + within
    return Owed(tuple(asked), due, rule, step, following, _who(state, chain[following]), moment)


def _unlike_captain(state: State, roles: tuple[str, ...]) -> tuple[str, ...]:
    """These roles without those that only mean the captain once more."""
    if CAPTAIN not in roles:
        return roles
    return tuple(role for role in roles if role == CAPTAIN or people_of(state, role) != (state.captain,))


def _has_people(state: State, role: str) -> bool:
    return role == CAPTAIN or bool(people_of(state, role))


def _who(state: State, role: str) -> str:
    return state.captain if role == CAPTAIN else role


def escalating(state: State, now: float) -> Iterator[AnyEvent]:
    """Who is told now that something was not done in time."""
    for owed in (*unseen(state), *unlooked(state)):
        if owed.next is not None and now >= owed.next:
            step = "" if owed.rule else owed.step
            yield Escalated(rule=owed.rule, step=step, to=owed.following, level=owed.level + 1)


def escalations_due(state: State) -> Iterator[float]:
    """The moments at which somebody is told."""
    return (owed.next for owed in (*unseen(state), *unlooked(state)) if owed.next is not None)
