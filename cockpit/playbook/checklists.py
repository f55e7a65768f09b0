"""The items of a checklist: their names, and the steps that tick those that tick themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from cockpit.playbook.model.items import Item
from cockpit.playbook.model.playbook import Condition
from cockpit.playbook.model.steps import ChecklistStep, HttpStep, PassingStep, RunStep
from cockpit.playbook.names import slug, unique
from cockpit.playbook.plan import HERE

LONGEST = 64
"""Characters of a name."""

Ticks = RunStep | HttpStep | PassingStep


class Ticking(msgspec.Struct, frozen=True):
    """A step that ticks the item of this index, from 0."""

    index: int
    id: str
    step: Ticks


def item_ids(items: Sequence[Item | Condition], titles: Sequence[str]) -> tuple[str, ...]:
    """The name of each item: as it says, or made from its title."""
    taken = {item.id for item in items if item.id}
    names: list[str] = []
    for number, (item, title) in enumerate(zip(items, titles, strict=True), 1):
        name = item.id or unique(slug(title, f"item-{number}"), taken)
        taken.add(name)
        names.append(name)
    return tuple(names)


def ticking(checklist: str, step: ChecklistStep) -> Iterator[Ticking]:
    """The steps of the items that tick themselves. They are named by the text as written, whatever its params."""
    names = item_ids(step.checklist, [item.item for item in step.checklist])
    for index, (item, name) in enumerate(zip(step.checklist, names, strict=True)):
        if item.kind:
            yield Ticking(index, f"{checklist}-{name}"[:LONGEST].rstrip("-_"), _step(item, step))


def _step(item: Item, checklist: ChecklistStep) -> Ticks:
    said: dict[str, Any] = {_alias(name): getattr(item, name) for name in item.own if name in item.model_fields_set}
    said |= {item.kind: getattr(item, item.kind), "owner": checklist.owner}
    if item.kind == "run":
        return RunStep.model_construct(**{"on": [HERE], **said})
    kind = HttpStep if item.kind == "http" else PassingStep
    return kind.model_construct(**said)


def _alias(name: str) -> str:
    return Item.model_fields[name].alias or name
