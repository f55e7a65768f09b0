"""Looks that people owe: when the next is due, what is late, what was missed."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Look
from cockpit.release.looking import asked_from, due_at, interval, looks
from cockpit.release.state import StepState
from cockpit.units import clock, format_duration, format_within
from screens.view import View, step_title
from widgets.rows import Bit, Row, text_row


def looking(view: View) -> Iterator[Row]:
    """A line for each step at which people have to look."""
    for one, look in looks(view.state):
        yield text_row(Bit(f"look at {step_title(one.step)}  ", "strong"), *owed(view, one, look))


def owed(view: View, one: StepState, look: Look) -> Iterator[str | Bit]:
    """When the next look is due or since when it is late, the last one, and how many were late or missed."""
    due, asked = due_at(one, look), asked_from(one, look)
    if due is None or asked is None:
        yield Bit("· no more looks", "quiet")
    elif view.now > due:
        yield Bit(f"✖ late by {format_duration(view.now - due)}, was due at {clock(due)} UTC", "bad")
        yield f" · {view.key('look')} I have looked"
    elif view.now >= asked:
        yield Bit(f"◆ due in {format_duration(due - view.now)}, at {clock(due)} UTC", "warn")
        yield f" · {view.key('look')} I have looked"
    else:
        yield Bit(f"✔ next in {format_duration(due - view.now)}, by {clock(due)} UTC", "good")
    yield Bit(_rest(one, look), "quiet")
    yield Bit(_wrong(one), "bad")


def _rest(one: StepState, look: Look) -> str:
    base = one.started if one.looking.base is None else one.looking.base
    every = interval(one, look, base or 0.0)
    parts = [f"every {format_within(every)}" if every else ""]
    parts.append(f"last by {one.looking.by} at {clock(one.looking.at)}" if one.looking.at is not None else "")
    return "".join(f" · {part}" for part in parts if part)


def _wrong(one: StepState) -> str:
    late = f" · {one.looking.late} late" if one.looking.late else ""
    return late + (f" · {one.looking.missed} missed" if one.looking.missed else "")
