"""Who may let a release go out in spite of a freeze, or at a time to avoid. Pure."""

from __future__ import annotations

from cockpit.playbook.nearest import suggest
from cockpit.playbook.plan import BLOCK, Plan
from cockpit.release.events import FreezeLifted
from cockpit.release.intents import Refusal


def lift(plan: Plan, login: str, freeze: str, role: str, note: str) -> FreezeLifted | Refusal:
    """A freeze of the plan's calendar, or the block after a rollback, lifted by this login as this role, or why not."""
    shut = plan.calendar.shut if plan.calendar else {}
    found = shut.get(freeze)
    block = plan.block if freeze == BLOCK else None
    if found is None and block is None:
        return Refusal(f"the calendar has no freeze {freeze}", suggest(freeze, shut, "freezes"))
    roles = found.lifted_by if found else block.lifted_by if block else ()
    if not roles:
        return Refusal(f"nobody may lift {freeze}", "the playbook names no role in `lifted_by`")
    if role not in roles:
        return Refusal(f"{freeze} is not lifted as {role or 'nobody'}", f"by: {', '.join(roles)}")
    people = plan.roles[role].people if role in plan.roles and not plan.roles[role].assigned else ()
    if login not in people:
        return Refusal(f"{login} is not {role}", f"{role}: {', '.join(people) or 'nobody'}")
    if not note.strip():
        return Refusal(f"{freeze} is not lifted without a reason", "say why: --note TEXT")
    for name, values in found.only_for.items() if found else ():
        if plan.params.get(name) not in values:
            what = f"{name} {plan.params.get(name, '')}".strip()
            return Refusal(f"{freeze} is not lifted for {what}", f"only for {name} {', '.join(values)}")
    return FreezeLifted(freeze=freeze, role=role, by=login, note=note.strip())
