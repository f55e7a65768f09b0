"""Rules as rows: verdict, value, how near each is to firing, and what it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Guard
from cockpit.release.health import severity_of
from cockpit.units import format_duration, format_number
from screens.judged import excuse, fires, judged, leads, limit_text, look_of, near, share
from screens.view import View
from widgets.looks import Tone
from widgets.rows import Bit, Cell, Column, Row, cell, heading, text_row, width_of

BAR = 6
"""Cells of the bar that shows how near a rule is."""


def columns(view: View, names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of these rules, no wider than they need."""
    plan = view.state.the_plan
    name = max((min(18, len(each)) + len(_bad(view, each)) for each in names), default=0)
    text = max((len(_said(view, each)) for each in names), default=0)
    lead = max((width_of(_leads(view, each)) for each in names), default=0)
    nearest = max((width_of(nearness(view, each)) for each in names), default=0)
    unit = max((len(plan.rules[each].unit) for each in names), default=0)
    return (
        Column("rule", min(30, name + 2)),
        Column("verdict", 12),
        Column("value", min(14, unit + 7), right=True),
        Column("fails when", min(44, max(10, text)), drop=3, below=True),
        Column("how near it is", least=max(14, min(32, nearest)), drop=2, below=True),
        Column("leads to", min(32, max(8, lead)), drop=1, below=True),
    )


def rules(view: View, names: tuple[str, ...]) -> tuple[Row, ...]:
    """The columns' titles, and a row for each rule."""
    return (heading(columns(view, names)), *(_row(view, name) for name in names))


def _said(view: View, name: str) -> str:
    """When a rule fails, with its threshold as a number."""
    rule = view.state.the_plan.rules[name]
    return " ".join(filter(None, (fires(rule), limit_text(rule, judged(view, name)))))


def _bad(view: View, name: str) -> str:
    """How bad a rule is, behind its name."""
    severity = view.state.the_plan.rules[name].severity
    return f" {severity}" if severity else ""


def _row(view: View, name: str) -> Row:
    rule, one, look = view.state.the_plan.rules[name], judged(view, name), look_of(view, name)
    value = format_number(one.value, rule.unit) if one.value is not None else ""
    bad = _bad(view, name)
    return Row(
        (
            cell(Bit(f"{look.glyph} ", look.tone), Bit(name, "strong"), *([Bit(bad, look.tone)] if bad else [])),
            cell(Bit(look.word, look.tone)),
            cell(Bit(value, look.tone if look.tone == "bad" else "plain")),
            cell(_said(view, name)),
            nearness(view, name),
            _leads(view, name),
        ),
        key=name,
    )


def behind(words: str) -> str:
    """Words about how near a rule is, as they stand behind its verdict."""
    return "" if not words else f" {words}" if words.startswith("for ") else f": {words}"


def nearness(view: View, name: str) -> Cell:
    """A bar and words; nothing for a rule that is far from firing."""
    one, words = judged(view, name), near(view, name)
    look = look_of(view, name)
    where = [Bit(f" on {one.host}", "quiet")] if one.host and words else []
    if not one.pending or not one.needed or look.word not in ("passing", "inconclusive"):
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


def told(view: View, name: str) -> Iterator[Row]:
    """A rule with its verdict, its numbers and what it says; it moves as it is judged."""
    rule, one, look = view.state.the_plan.rules[name], judged(view, name), look_of(view, name)
    metric = view.state.the_plan.metrics.get(rule.metric)
    value = format_number(one.value, rule.unit) if one.value is not None else "no value"
    where = f" on {one.host}" if one.host else ""
    words = near(view, name)
    severity = severity_of(view.state, name)
    if severity is not None:
        owner = f", {', '.join(severity.owner)}" if severity.owner else ""
        yield text_row(Bit(f"{severity.name}: ", look.tone), f"{severity.means}{owner}", indent=2)
    if rule.reported:
        yield text_row(Bit(f"{look.glyph} {name} {look.word}", look.tone), Bit(behind(words), look.tone), indent=2)
        yield text_row(f"  {rule.reported}", Bit(f"  → {leads(view.state, name)}", "quiet"), indent=2)
        return
    yield text_row(Bit(f"{look.glyph} {name} {look.word}", look.tone), Bit(behind(words), look.tone), indent=2)
    yield text_row(
        f"  {metric.title if metric else rule.metric} is ",
        Bit(value, "strong"),
        f"{where}; it fails when {_said(view, name)}",
        indent=2,
    )
