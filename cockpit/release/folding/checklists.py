"""Items of checklists: ticked, not applicable, open again."""

from __future__ import annotations

from cockpit.playbook.plan import Checklist
from cockpit.release.back import renewed
from cockpit.release.draft import Draft
from cockpit.release.events import ItemLapsed, ItemNotApplicable, ItemTicked
from cockpit.release.state import Dated, Ticked


def ticked(draft: Draft, event: ItemTicked, at: float) -> None:
    """Evidence is never newer than its tick, whatever was said of it."""
    if event.made is None:
        tick = Ticked(event.by, at, evidence=event.evidence)
    else:
        tick = Dated(event.by, at, evidence=event.evidence, made=min(event.made, at))
    _tick(draft, event, tick)


def not_applicable(draft: Draft, event: ItemNotApplicable, at: float) -> None:
    """It counts as ticked, for a reason."""
    _tick(draft, event, Ticked(event.by, at, not_applicable=event.reason))


def lapsed(draft: Draft, event: ItemLapsed) -> None:
    """An item is open again, and its checklist with it; what ticked it does so anew."""
    one = draft.step(event.step)
    left = {name: tick for name, tick in one.items.items() if name != event.item}
    draft.set_step(event.step, items=left, status="running", ended=None)
    step = one.step
    item = next(each for each in step.items if each.id == event.item) if isinstance(step, Checklist) else None
    if item is not None and item.by:
        draft.put_step(renewed(draft.step(item.by)))


def _tick(draft: Draft, event: ItemTicked | ItemNotApplicable, tick: Ticked) -> None:
    draft.set_step(event.step, items={**draft.step(event.step).items, event.item: tick})
