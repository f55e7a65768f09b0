"""The pane of a notice or a record: to whom or where, what it asks for, and its text."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Document, Notice
from cockpit.release.state import StepState
from cockpit.units import clock, format_within
from screens.coming import wording
from screens.panes.timeline import step_look
from screens.view import View
from widgets.rows import Bit, Row, text_row


def told_to(view: View, step: Notice | Document) -> Row:
    """To whom a notice goes, or where a record is kept."""
    where = ", ".join(step.to) if isinstance(step, Notice) else wording(view.state, step.path, {})
    return text_row(Bit("to ", "quiet"), Bit(where))


def telling(view: View, one: StepState, step: Notice | Document) -> Iterator[Row]:
    """Where it goes, what is still to be supplied, and the text as written."""
    look, words = step_look(view, one)
    yield text_row(Bit(f"{look.glyph} {words}", look.tone))
    yield told_to(view, step)
    if isinstance(step, Notice) and step.repeat:
        yield text_row(Bit(f"told again every {format_within(step.repeat)} until the release has ended", "quiet"))
    yield text_row("")
    yield from (text_row(line) for line in wording(view.state, step.text, one.fields).splitlines())
    yield text_row("")
    for name, what in step.asks.items():
        said = one.fields.get(name)
        yield text_row(Bit(f"{what}: ", "quiet"), Bit(said) if said else Bit("not supplied yet", "warn"))
    if one.told_at is not None:
        times = f", {one.told} times in all" if one.told > 1 else ""
        yield text_row(Bit(f"in the journal since {clock(one.told_at)}{times}; nothing is delivered", "good"))
    elif step.asks and not one.fields:
        owner = ", ".join(step.owner) or f"{view.state.captain}, captain"
        key = f": {view.key('done')}" if one.status == "running" else ", once it is its turn"
        yield text_row(Bit(f"{owner} supplies it{key}", "quiet"))
