"""What earlier releases of the same playbook mean for a new one."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from cockpit.cli.common import read_state
from cockpit.cli.console import talk
from cockpit.engine.place import Home
from cockpit.errors import CockpitError, Refused
from cockpit.playbook.plan import BLOCK, Plan
from cockpit.release.block import blocking
from cockpit.release.state import State


class Earlier(NamedTuple):
    """The live releases of a playbook, the newest first, and the names of releases that cannot be read."""

    releases: tuple[State, ...]
    unread: tuple[str, ...] = ()


def earlier(plan: Plan) -> Earlier:
    """The releases of the plan's playbook; one that cannot be read, and so may be of it, is named on stderr."""
    found: list[State] = []
    unread: list[str] = []
    for place in Home.default().releases():
        try:
            place.check()
            state = read_state(place)
        except (CockpitError, OSError) as error:
            talk(f"cockpit: {place.release}: {error}")
            unread.append(place.release)
            continue
        if state.mode == "live" and state.plan is not None and state.plan.playbook == plan.playbook:
            found.append(state)
    return Earlier(tuple(sorted(found, key=lambda state: -state.opened)), tuple(unread))


def unblocked(plan: Plan, before: Earlier, lifted: Collection[str]) -> None:
    """Refused where one of them was rolled back, and what is due after that is not done; unless that is lifted.

    Where a playbook can block, one that cannot be read is refused too: nobody can tell.
    """
    if BLOCK in lifted:
        return
    roles = plan.block.lifted_by if plan.block else ()
    way = f"; or {', '.join(roles)} lifts it: --lift {BLOCK} --role ROLE --note TEXT" if roles else ""
    for state in before.releases:
        if left := blocking(state):
            what = "; ".join(item.title for item in left)
            hint = f"cockpit tick {state.release} {left[0].id}"
            raise Refused(f"{state.release} was rolled back, and this is still to be done: {what}", hint=hint + way)
    if plan.block and before.unread:
        name = before.unread[0]
        hint = f"`cockpit verify {name}` says what is wrong with it{way}"
        raise Refused(f"nobody can tell whether {name} was rolled back: its journal cannot be read", hint=hint)


def changed_lines(plan: Plan, before: Earlier) -> tuple[str, ...]:
    """That the playbook has changed since it was released last: people are to know before they start."""
    last = before.releases[0].the_plan.revision if before.releases else plan.revision
    if last == plan.revision:
        return ()
    return (f"the playbook has changed since {before.releases[0].release}: revision {last}, now {plan.revision}",)
