"""The pane of the step looked at: hosts, a checklist, a gate, what a person does, or a pause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from cockpit.playbook.plan import Assign, Checklist, Do, Document, Gate, Guard, Http, Notice, Run, Soak, Steady, Wait
from cockpit.release.state import FAILING, StepState
from cockpit.units import clock, format_duration
from screens.panes.gate import gate
from screens.panes.hosts import COLUMNS, glance, hosts
from screens.panes.items import items
from screens.panes.rules import columns
from screens.panes.telling import telling
from screens.panes.timeline import step_look
from screens.panes.watching import guarding, soaking, steadying
from screens.view import View, step_title
from widgets.rows import Bit, Column, Row, text_row

PROSE = (Column(),)


@dataclass(frozen=True)
class Stage:
    """What the pane shows. `follow`: the row to keep in sight. `prints`: whether there is output under it."""

    title: str = ""
    columns: tuple[Column, ...] = PROSE
    rows: tuple[Row, ...] = ()
    follow: str = ""
    prints: bool = False


def stage(view: View) -> Stage:
    """The pane for the step looked at."""
    one = view.shown
    if one is None:
        return Stage("nothing to show", rows=(text_row(Bit("this plan has no steps", "quiet")),))
    match one.step:
        case Run() | Http():
            return _on_hosts(view, one)
        case Checklist():
            return Stage(_title(one, "checklist"), rows=items(view, one))
        case Gate():
            return Stage(_title(one, "gate"), rows=gate(view, one))
        case Do():
            return Stage(_title(one, "done by a person"), rows=tuple(_person(view, one, one.step)))
        case Assign():
            return Stage(_title(one, "who it is"), rows=tuple(_assigned(view, one, one.step)))
        case Notice() | Document():
            kind = "notice" if isinstance(one.step, Notice) else "record"
            return Stage(_title(one, kind), rows=tuple(telling(view, one, one.step)))
        case Wait():
            return Stage(_title(one, "wait"), rows=tuple(_pause(view, one, one.step)))
        case Guard():
            return Stage(_title(one, "guard"), columns(view, tuple(one.step.rules)), guarding(view, one, one.step))
        case Steady():
            return Stage(_title(one, "steady"), columns(view, one.step.rules), steadying(view, one, one.step))
        case Soak():
            return Stage(_title(one, "soak"), columns(view, one.step.rules), soaking(view, one, one.step))
        case _:
            assert_never(one.step)


def _assigned(view: View, one: StepState, step: Assign) -> Iterator[Row]:
    role = view.state.the_plan.roles[step.role]
    who = view.state.assigned.get(step.role, "")
    if who:
        yield text_row(Bit(f"✔ {who} is {role.title}", "good"))
    else:
        yield text_row(Bit(f"◇ nobody is {role.title} yet", "warn" if one.status == "running" else "quiet"))
        can_be = f"one of {', '.join(role.people)}" if role.people else "any login"
        yield text_row(Bit(f"  {view.state.captain}, captain, says who: {can_be} · {view.key('assign')}", "quiet"))


def _title(one: StepState, kind: str) -> str:
    return f"{step_title(one.step)} · {kind}"


def _on_hosts(view: View, one: StepState) -> Stage:
    assert isinstance(one.step, Run | Http)
    rows = hosts(view, one)
    if one.status == "asking":
        rows = (
            text_row(
                Bit(f"? runs only when {one.step.when}, which is unknown: {view.key('answer')} run or skip", "warn")
            ),
            *rows,
        )
    runs = one.hosts.values()
    failing = next((run.host for run in runs if run.status in FAILING), "")
    busy = next((run.host for run in runs if run.status in ("running", "checking")), "")
    return Stage(
        f"{step_title(one.step)} · {one.step.group} · {glance(one)}", COLUMNS, rows, failing or busy, prints=True
    )


def _person(view: View, one: StepState, step: Do) -> Iterator[Row]:
    look, words = step_look(view, one)
    yield text_row(Bit(f"{look.glyph} {words}", look.tone))
    yield text_row("")
    yield from (text_row(line) for line in step.text.splitlines())
    yield text_row("")
    owner = ", ".join(step.owner) or f"{view.state.captain}, captain"
    if one.ended is not None:
        note = f": {one.note}" if one.note else ""
        yield text_row(Bit(f"done by {one.by} at {clock(one.ended)}{note}", "good"))
    else:
        yield text_row(Bit(f"{owner} does it and says so: {view.key('done')} when it is done", "quiet"))


def _pause(view: View, one: StepState, step: Wait) -> Iterator[Row]:
    look, words = step_look(view, one)
    yield text_row(Bit(f"{look.glyph} {words}", look.tone))
    if one.started is not None and one.ended is None:
        end = one.started + step.seconds
        held = " once the hold is over" if view.state.held_by else ""
        yield text_row(f"goes on by itself at {clock(end)} UTC{held}, in {format_duration(end - view.now)}")
        yield text_row(Bit(f"{view.key('hold')} holds the release, {view.key('rollback')} rolls it back", "quiet"))
