"""What the guard screen says beside its charts: the guards that watch, and everything about one rule."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.analysis.rule import NoData
from cockpit.release.health import guards
from cockpit.release.soaking import soaks
from cockpit.units import format_duration
from screens.judged import excuse, judged, said
from screens.panes.looking import looking
from screens.panes.rules import terms
from screens.panes.watching import left, soaked
from screens.view import View, step_title
from widgets.looks import VERDICT
from widgets.rows import Bit, Row, text_row


def page(metrics: tuple[str, ...], chosen: str, room: int) -> tuple[str, ...]:
    """As many metrics as have room, the chosen one among them."""
    at = metrics.index(chosen) if chosen in metrics else 0
    first = max(0, min(at // room * room, len(metrics) - room))
    return metrics[first : first + room]


def counted(view: View) -> str:
    """How many rules stand where."""
    words = [VERDICT[one.verdict].word for one in view.state.rules.values()]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "none"


def watching(view: View) -> tuple[Row, ...]:
    """A line for each guard and soak that watches: its time, and how it acts."""
    found = []
    for one, step in guards(view.state):
        how = "; ".join(terms(step))
        found.append(
            text_row(
                Bit(f"{step_title(step)}  ", "strong"), *left(view, one, step), Bit(f" · {how}" if how else "", "quiet")
            )
        )
    for one, soak in soaks(view.state):
        found.append(text_row(Bit(f"{step_title(soak)}  ", "strong"), *soaked(view, one, soak)))
    found.extend(looking(view))
    if not found:
        found.append(
            text_row(Bit("· no guard watches now: rules are judged, and what they lead to comes later", "quiet"))
        )
    return tuple(found)


def detail(view: View, name: str) -> tuple[Row, ...]:
    """Everything about one rule."""
    if name not in view.state.rules:
        return ()
    rule, one = view.state.the_plan.rules[name], judged(view, name)
    seen = f"{one.samples} samples" + (f" in {format_duration(one.window)}" if one.window else "")
    facts = (
        one.reason,
        seen if one.samples else "",
        f"reported by {', '.join(('the captain', *rule.by))}" if rule.reported else "",
        f"measured every {format_duration(rule.every)}" if rule.metric else "",
        NO_DATA[rule.no_data] if rule.metric else "",
    )
    rows = [
        text_row(Bit(f"{name}: ", "strong"), f"{said(rule)}  ", Bit("; ".join(filter(None, facts)), "quiet"), indent=2)
    ]
    let = excuse(view.state.rules[name])
    return (*rows, *([text_row(Bit(let, "warn"))] if let else []))


NO_DATA: Mapping[NoData, str] = {
    "hold": "no data holds",
    "fail": "no data is as bad as failing",
    "pass": "no data counts as passing",
}
