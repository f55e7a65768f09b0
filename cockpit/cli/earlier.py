"""What earlier releases of the same playbook mean for a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cockpit.cli.common import read_state
from cockpit.cli.console import talk
from cockpit.engine.place import Home
from cockpit.errors import CockpitError, Refused
from cockpit.playbook.plan import BLOCK, Plan
from cockpit.release.block import blocking
from cockpit.release.state import State


def earlier(plan: Plan) -> tuple[State, ...]:
    """The live releases of the plan's playbook, the newest first; one that cannot be read is named on stderr."""
    found = (state for state in _states() if state.plan is not None and state.plan.playbook == plan.playbook)
    return tuple(sorted((state for state in found if state.mode == "live"), key=lambda state: -state.opened))


def unblocked(plan: Plan, before: tuple[State, ...], lifted: Collection[str]) -> None:
    """Refused where one of them was rolled back, and what is due after that is not done; unless that is lifted."""
    if BLOCK in lifted:
        return
    for state in before:
        if left := blocking(state):
            what = "; ".join(item.title for item in left)
            hint = f"cockpit tick {state.release} {left[0].id}"
            roles = plan.block.lifted_by if plan.block else ()
            way = f"; or {', '.join(roles)} lifts it: --lift {BLOCK} --role ROLE --note TEXT" if roles else ""
            raise Refused(f"{state.release} was rolled back, and this is still to be done: {what}", hint=hint + way)


def changed_lines(plan: Plan, before: tuple[State, ...]) -> tuple[str, ...]:
    """That the playbook has changed since it was released last: people are to know before they start."""
    last = before[0].the_plan.revision if before else plan.revision
    if last == plan.revision:
        return ()
    return (f"the playbook has changed since {before[0].release}: revision {last}, now {plan.revision}",)


def _states() -> Iterator[State]:
    for place in Home.default().releases():
        try:
            place.check()
            yield read_state(place)
        except (CockpitError, OSError) as error:
            talk(f"cockpit: {place.release}: {error}")
