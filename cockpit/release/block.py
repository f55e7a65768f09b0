"""What must be done after a rollback, before another release of the playbook may start. Pure."""

from __future__ import annotations

from cockpit.playbook.plan import BLOCK, Item
from cockpit.release.state import State


def blocking(state: State) -> tuple[Item, ...]:
    """What of it is still to be done; nothing where the release was not rolled back, and in a rehearsal."""
    if state.plan is None or state.plan.block is None or not state.rolling_back or state.mode == "rehearsal":
        return ()
    ticked = state.steps[BLOCK].items
    return tuple(item for item in state.plan.block.until.items if item.id not in ticked)
