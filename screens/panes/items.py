"""A checklist: what is to be true, who said so, and what shows it."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Checklist, Item
from cockpit.release.state import StepState, Ticked
from cockpit.units import clock
from screens.view import View
from widgets.looks import Look
from widgets.rows import Bit, Row, text_row

TICKED = Look("✔", "true", "good")
NOT_APPLICABLE = Look("↷", "does not apply", "quiet")
OWED = Look("◇", "open", "warn")


def items(view: View, one: StepState) -> tuple[Row, ...]:
    """Rows for each item: its title, then what it means or what shows it."""
    assert isinstance(one.step, Checklist)
    done = sum(item.id in one.items for item in one.step.items)
    owner = ", ".join(one.step.owner) or f"{view.state.captain}, captain"
    head = text_row(
        Bit(f"{done} of {len(one.step.items)} ticked · {owner} ticks · {view.key('open')} on an open one", "quiet")
    )
    return (head, *(row for item in one.step.items for row in _item(item, one.items.get(item.id))))


def _item(item: Item, ticked: Ticked | None) -> Iterator[Row]:
    look = OWED if ticked is None else NOT_APPLICABLE if ticked.not_applicable else TICKED
    said = "" if ticked is None else f"  {look.word}, {ticked.by} {clock(ticked.at)}"
    needs = "  open, needs evidence" if ticked is None and item.evidence else "  open" if ticked is None else ""
    title = Bit(item.title, "strong" if ticked is None else "plain")
    yield text_row(Bit(f"{look.glyph} ", look.tone), title, Bit(said or needs, look.tone), key=item.id, indent=4)
    detail = item.text if ticked is None else ticked.not_applicable or ticked.evidence
    for line in detail.splitlines():
        yield text_row(Bit("    ", "quiet"), Bit(line, "quiet"), indent=4)
