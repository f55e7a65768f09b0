"""A checklist: what is to be true, who said so, and what shows it."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Checklist, Item
from cockpit.release.events import ITSELF
from cockpit.release.state import FAILING, StepState, Ticked
from cockpit.release.ticking import is_open_to_people
from cockpit.units import clock, format_within
from screens.panes.timeline import step_look
from screens.view import View
from widgets.looks import Look
from widgets.rows import Bit, Row, text_row

TICKED = Look("✔", "true", "good")
NOT_APPLICABLE = Look("↷", "does not apply", "quiet")
OWED = Look("◇", "open", "warn")
WAITING = Look("·", "its check has not begun", "quiet")
CHECKED = Look("▶", "is being checked", "quiet")
FAILED = Look("✖", "its check failed", "bad")


def items(view: View, one: StepState) -> tuple[Row, ...]:
    """Rows for each item: its title, then what it means or what shows it."""
    assert isinstance(one.step, Checklist)
    done = sum(item.id in one.items for item in one.step.items)
    owner = ", ".join(one.step.owner) or f"{view.state.captain}, captain"
    head = text_row(
        Bit(f"{done} of {len(one.step.items)} ticked · {owner} ticks · {view.key('open')} on an open one", "quiet")
    )
    return (head, *(row for item in one.step.items for row in _item(view, item, one.items.get(item.id))))


def _item(view: View, item: Item, ticked: Ticked | None) -> Iterator[Row]:
    look = _owed(view, item) if ticked is None else NOT_APPLICABLE if ticked.not_applicable else TICKED
    by = "" if ticked is None else "by itself" if ticked.by == ITSELF else ticked.by
    said = "" if ticked is None else f"  {look.word}, {by} {clock(ticked.at)}"
    fresh = f", no older than {format_within(item.fresh)}" if item.fresh else ""
    needs = f"  open, needs evidence{fresh}" if look is OWED and item.evidence else f"  {look.word}{fresh}"
    title = Bit(item.title, "strong" if ticked is None else "plain")
    yield text_row(Bit(f"{look.glyph} ", look.tone), title, Bit(said or needs, look.tone), key=item.id, indent=4)
    detail = item.text if ticked is None else ticked.not_applicable or ticked.evidence
    for line in detail.splitlines():
        yield text_row(Bit("    ", "quiet"), Bit(line, "quiet"), indent=4)


def _owed(view: View, item: Item) -> Look:
    """How an open item stands: with people, or with the step that ticks it."""
    if is_open_to_people(view.state, item):
        return OWED
    by = view.state.steps[item.by]
    wrong = any(run.status in FAILING for run in by.hosts.values())
    if wrong:
        return FAILED._replace(word=f"its check failed: {view.key('answer')} answers")
    if by.status == "pending":
        return WAITING
    return CHECKED._replace(word=f"is being checked: {step_look(view, by)[1]}")
