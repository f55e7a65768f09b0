"""Commands that only a person orders, and how old a playbook's review is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from cockpit.playbook.problem import Finding
from cockpit.playbook.world import World
from cockpit.units import format_within

_IDLE = ("id", "after", "when", "point_of_no_return", "undo", "takes", "batches", "unchanged")
"""Keys of a step in turn, which mean nothing for what a person orders."""


def manual(world: World) -> Iterator[Finding]:
    """Settings that do nothing for a command which only a person orders."""
    for placed in world.manual:
        said = placed.step.model_fields_set
        for key in _IDLE:
            if key in said:
                at = world.book.key(*placed.path, key)
                yield Finding(at, "P803", f"`{key}` does nothing for a command that a person orders", "", "warning")


def review(world: World) -> Iterator[Finding]:
    """A review of too long ago, or an interval without a first one."""
    model = world.book.model
    if model.review_every is None:
        return
    at = world.book.key("review_every")
    if model.reviewed is None:
        yield Finding(at, "P803", "`review_every` does nothing without `reviewed`", "add the day", "warning")
        return
    age = (datetime.now(UTC).date() - date.fromisoformat(model.reviewed)).days * 86400.0
    if age > model.review_every:
        due = format_within(model.review_every)
        message = f"reviewed {format_within(age)} ago, and it is to be reviewed every {due}"
        yield Finding(world.place(("reviewed",)), "P212", message, "review it, and set `reviewed`", "warning")
