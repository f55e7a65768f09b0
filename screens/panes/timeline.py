"""The timeline: phases and steps, where they stand, when they were planned and when they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cockpit.playbook.plan import BLOCK, Checklist, Gate, Guard, Phase, Soak, Steady, Step, Wait
from cockpit.release.block import blocking
from cockpit.release.events import ITSELF
from cockpit.release.gates import gate_criteria
from cockpit.release.health import period_end, steady_end
from cockpit.release.moments import at, day_at, frame
from cockpit.release.order import is_complete
from cockpit.release.soaking import soak_end
from cockpit.release.state import FAILING, State, StepState
from cockpit.release.waiting import IN_PASSING
from cockpit.units import clock, format_duration, format_late, format_span
from screens.view import View, step_title
from widgets.looks import HOST, STEP, WAITS, Look, Tone
from widgets.rows import Bit, Cell, Column, Row, cell, heading, text_row
from widgets.table import Table

COLUMNS = (
    Column(" step", least=24),
    Column("plan", 5, drop=3),
    Column("real", 6, drop=2),
    Column("state", 18),
    Column("late", 7, right=True, drop=1),
)

NO_ROOM = Column("", 999, drop=1)
NARROW = (Column(" step", least=20), *(4 * (NO_ROOM,)), Column("when, or state", 16))
"""The same where `COLUMNS` have no room for moments: when and how late, or the state of what goes on."""

WHEN = 7
"""Cells of a moment in the narrow timeline."""

ENOUGH = 51
"""Cells from which on `COLUMNS` keep something of the moments."""

ON_TIME = 5.0
"""Seconds of lateness that are none."""

LATE = 300.0
"""Seconds behind the plan from which on an expected begin is shown as late."""

HOUR = 3600.0
FAR = 12 * HOUR
"""Seconds from now beyond which a moment is told by its day."""


class Timeline(Table):
    """The rows in as many columns as have room: when each step was or will be, or how late it is."""

    def on_resize(self) -> None:
        """Other columns for another width."""
        self.columns = COLUMNS if self.scrollable_content_region.width >= ENOUGH else NARROW


def timeline(view: View) -> tuple[Row, ...]:
    """A row for each phase and each step; once a rollback was ordered, the way back follows."""
    return (heading((*COLUMNS, NARROW[-1])), *_rows(view), *_slack(view))


def heading_of(view: View) -> str:
    """The title of the timeline, with how much later all may end, to the minute."""
    if (found := view.slack) is None:
        return "Timeline"
    hours, minutes = divmod(abs(int(found.seconds)) // 60, 60)
    left = f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    return f"Timeline · {left} too late" if found.seconds < 0 else f"Timeline · {left} slack"


def _slack(view: View) -> Iterator[Row]:
    """How much later all may end, as the calendar says it."""
    if (found := view.slack) is None:
        return
    text = format_late(-found.seconds) if found.seconds < 0 else format_duration(found.seconds)
    tone: Tone = "bad" if found.seconds < 0 else "plain"
    word = "too late: " if found.seconds < 0 else "slack "
    yield text_row(
        Bit(f"{word}{text}", tone), Bit(f" until {found.name} {at(found.limit, view.state.the_plan.zone)}", "quiet")
    )


def _rows(view: View) -> Iterator[Row]:
    state = view.state
    for phase in state.the_plan.phases:
        yield from _phase(view, phase, forward=True)
    if state.back:
        hosts = ", ".join(state.back_hosts)
        yield text_row(Bit(f"↺ {step_title(state.steps[state.back].step)} taken back on {hosts}", "warn"), indent=2)
        yield _step(view, state.undo(state.back), forward=False)
    if not state.rolling_back:
        return
    yield text_row(Bit(f"↺ rollback, ordered by {_who(state.rollback_by)}", "warn"), _note(state.rollback_note))
    rollback = state.the_plan.rollback
    if rollback is not None:
        yield from (_step(view, step, forward=False) for step in rollback.steps)
        if rollback.verify:
            yield text_row(Bit("↺ verify", "warn"))
        yield from (_step(view, step, forward=False) for step in rollback.verify)
    if state.end is not None and state.mode == "live" and BLOCK in state.steps:
        yield _due(state, state.steps[BLOCK])


def _due(state: State, one: StepState) -> Row:
    """What must be done after a rollback, before another release starts."""
    assert isinstance(one.step, Checklist)
    done = len(one.items)
    look = WAITS if blocking(state) else STEP["passed"]
    words = f" · {done} of {len(one.step.items)} ticked"
    return text_row(Bit(f"{look.glyph} ", look.tone), step_title(one.step), Bit(words, look.tone), key=BLOCK)


def _phase(view: View, phase: Phase, *, forward: bool) -> Iterator[Row]:
    ones = [view.state.steps[step.id] for step in phase.steps]
    done = sum(is_complete(one) for one in ones)
    word = f"{done} of {len(ones)} done"
    tone: Tone = "good" if done == len(ones) else "quiet"
    said = cell(Bit(word, tone))
    yield Row((cell(Bit(f"▾ {phase.name}", "title")), (), (), said, (), said))
    yield from (_step(view, step, forward=forward) for step in phase.steps)


def _step(view: View, step: Step, *, forward: bool) -> Row:
    one = view.state.steps[step.id]
    look, words = step_look(view, one)
    if forward and view.state.rolling_back and not is_complete(one):
        words = "not reached" if one.status == "pending" else f"left: {words}"
        look = look._replace(tone="quiet")
    name_tone: Tone = "strong" if view.shown is one else "quiet" if look.tone == "quiet" else "plain"
    part = "  " if step.ticks else ""
    name = cell(Bit(f"{part} {look.glyph} ", look.tone), Bit(step_title(step), name_tone))
    said, (planned, real), late = cell(Bit(words, look.tone)), _times(view, one), _late(view, one)
    brief = _brief(real, late) if forward and (one.status == "pending" or (one.status == "passed" and late)) else ()
    return Row((name, planned, real, said, late, brief or said), key=step.id)


def _brief(real: Cell, late: Cell) -> Cell:
    """When, and how late or whether it is critical; empty where nothing says when."""
    return (Bit(real[0].text.strip().ljust(WHEN), real[0].tone), *late) if real else ()


def _times(view: View, one: StepState) -> tuple[Cell, Cell]:
    times = view.times.get(one.step.id)
    if times is None:
        return (), cell(Bit(f" {_moment(view, one.started)}", "quiet")) if one.started else ()
    planned = cell(Bit(_moment(view, times.planned_start), "quiet")) if view.late is not None else ()
    if one.started is not None:
        return planned, cell(f" {_moment(view, one.started)}")
    if one.status == "skipped":
        return planned, ()
    is_late = view.late is not None and times.expected_start - times.planned_start > LATE
    return planned, cell(Bit(f"~{_moment(view, times.expected_start)}", "warn" if is_late else "quiet"))


def _late(view: View, one: StepState) -> Cell:
    times = view.times.get(one.step.id)
    due = one.overdue
    if due is not None and not is_complete(one):
        return cell(Bit(format_late(view.now - due), "bad"))
    if one.status == "pending" and one.step.id in view.critical:
        return cell(Bit("crit", "plain"))
    if times is None or view.late is None or one.status in ("pending", "skipped"):
        return ()
    seconds = times.expected_end - times.planned_end
    if abs(seconds) < ON_TIME:
        return cell(Bit("on time", "quiet"))
    tone: Tone = "quiet" if seconds < 60 else "warn"
    return cell(Bit(format_late(seconds), tone))


def step_look(view: View, one: StepState) -> tuple[Look, str]:
    """A step's look, and its state in words with its numbers."""
    look = STEP[one.status]
    match one.status:
        case "pending" if any(each.step == one.step.id for each in view.early):
            return look, "waits for its time"
        case "pending":
            return look, f"takes ~{format_duration(one.step.takes)}" if one.step.takes else look.word
        case "asking":
            return look, "run it or not?"
        case "passed":
            return look, f"passed in {format_span((one.ended or 0) - (one.started or 0))}"
        case "skipped":
            return look, f"skipped by {_who(one.by)}" if one.by else look.word
        case _:
            return _running(view, one)


def _running(view: View, one: StepState) -> tuple[Look, str]:
    failing = [run for run in one.hosts.values() if run.status in FAILING]
    if failing:
        worst = HOST[next((run.status for run in failing if run.status != "unknown"), "unknown")]
        where = failing[0].host if len(failing) == 1 else f"{len(failing)} hosts"
        return worst, f"{worst.word} on {where}"
    asked = (each for each in view.waiting if each.step == one.step.id and each.what not in IN_PASSING)
    whom = dict.fromkeys(who for each in asked for who in each.who)
    if whom:
        return WAITS, f"waits for {', '.join(whom)}"
    if isinstance(one.step, Gate) and (shut := gate_criteria(view.state, one, one.step)):
        return WAITS, f"waits for {', '.join(shut)}"
    elapsed = view.now - (one.started or view.now)
    if isinstance(one.step, Wait):
        return STEP["running"], f"{format_duration(one.step.seconds - elapsed)} left"
    if isinstance(one.step, Guard):
        over = period_end(one, one.step)
        return STEP["running"], f"until {clock(over)}" if view.now < over else "its time is over"
    if isinstance(one.step, Steady):
        end = steady_end(view.state, one, one.step)
        return STEP["running"], f"{format_duration(end - view.now)} to go" if end is not None else "not all pass"
    if isinstance(one.step, Soak):
        end = soak_end(view.state, one, one.step)
        return STEP["running"], f"{format_duration(end - view.now)} to go" if end is not None else "not all pass"
    so_far, takes = format_duration(elapsed), one.step.takes or 0.0
    if takes >= HOUR:
        return STEP["running"], f"{so_far} of ~{format_duration(takes)}"
    of = f"/~{format_duration(takes)}" if takes else ""
    return STEP["running"], f"running {so_far}{of}"


def _moment(view: View, moment: float) -> str:
    """The time of day in UTC; the release's day, from 1, where that is far from now."""
    if abs(moment - view.now) < FAR:
        return _hour(moment)
    whole = frame(view.state)
    return f"d{(day_at(moment, whole.zone) - whole.day).days + 1}"


def _hour(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%H:%M}"


def _who(login: str) -> str:
    return "itself" if login == ITSELF else login


def _note(note: str) -> Bit:
    return Bit(f": {note}" if note else "", "quiet")
