"""Rules as rows: verdict, value, how near each is to firing, and what it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Guard
from cockpit.units import format_duration, format_number
from screens.judged import excuse, fires, judged, leads, limit_text, look_of, near, share
from screens.view import View
from widgets.looks import Tone
from widgets.rows import Bit, Cell, Column, Row, cell, heading

COLUMNS = (
    Column("rule", 16),
    Column("verdict", 12),
    Column("value", 10, right=True),
    Column("fails when", least=18, drop=2, below=True),
    Column("how near", 30, drop=3, below=True),
    Column("leads to", 24, drop=1, below=True),
)

BAR = 8
"""Cells of the bar that shows how near a rule is."""


def rules(view: View, names: tuple[str, ...]) -> tuple[Row, ...]:
    """A row for each rule."""
    return (heading(COLUMNS), *(_row(view, name) for name in names))


def _row(view: View, name: str) -> Row:
    rule, one, look = view.state.the_plan.rules[name], judged(view, name), look_of(view, name)
    value = format_number(one.value, rule.unit) if one.value is not None else ""
    said = " ".join(filter(None, (fires(rule), limit_text(rule, one))))
    return Row(
        (
            cell(Bit(f"{look.glyph} ", look.tone), Bit(name, "strong")),
            cell(Bit(look.word, look.tone)),
            cell(Bit(value, look.tone if look.tone == "bad" else "plain")),
            cell(Bit(said)),
            nearness(view, name),
            _leads(view, name),
        ),
        key=name,
    )


def nearness(view: View, name: str) -> Cell:
    """A bar and words; nothing for a rule that is far from firing."""
    one, words = judged(view, name), near(view, name)
    look = look_of(view, name)
    where = [Bit(f" on {one.host}", "quiet")] if one.host and words else []
    if not one.pending or not one.needed or look.word not in ("passing", "unclear"):
        return (Bit(words, look.tone if words else "quiet"), *where) if words else ()
    full = round(share(one) * BAR)
    tone: Tone = "bad" if share(one) > 0.7 else "warn"
    return (Bit("▰" * full, tone), Bit("▱" * (BAR - full), "quiet"), Bit(f" {words}", tone), *where)


def _leads(view: View, name: str) -> Cell:
    one = view.state.rules[name]
    let = excuse(one)
    if one.announced is not None:
        return (Bit(f"↺ rolls back in {format_duration(one.announced - view.now)}", "bad"),)
    if one.asked is not None:
        return (Bit(f"◆ {view.key('answer')} to be decided", "warn"),)
    return (Bit(leads(view.state, name), "quiet" if let else "plain"), *([Bit(f" · {let}", "warn")] if let else []))


def terms(guard: Guard) -> Iterator[str]:
    """How a guard acts, in words."""
    if guard.steady:
        yield f"a hold that it caused ends after {format_duration(guard.steady)} of passing"
    elif "hold" in guard.rules.values():
        yield "a hold that it caused is ended by a person"
    if "roll back" in guard.rules.values():
        yield f"a rollback is announced {format_duration(guard.countdown)} before"
