"""What is waited for and from whom, what happens next by itself, and what the way back is."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import HERE, Checklist, Do, Gate, Http, Run, Step
from cockpit.release.block import blocking
from cockpit.release.files import changed
from cockpit.release.gates import gate_criteria
from cockpit.release.health import impending
from cockpit.release.moments import at
from cockpit.release.order import is_complete, next_gate
from cockpit.release.standing import running
from cockpit.release.state import State, StepState
from cockpit.units import format_duration
from screens.coming import is_skipped, remaining
from screens.panes.call import key_for
from screens.panes.watching import held
from screens.view import View, step_title, who_text
from widgets.looks import Tone
from widgets.rows import Bit, Row, text_row

LABEL = 10
MOST = 3
"""Things waited for that are named one by one."""


def outlook(view: View) -> tuple[Row, ...]:
    """Three answers: waits for, next, way back."""
    return (*_waits(view), *_next(view), *_back(view))


def _said(label: str, *parts: str | Bit) -> Row:
    return text_row(Bit(f"{label:<{LABEL}}", "quiet"), *parts, indent=LABEL)


def _waits(view: View) -> Iterator[Row]:
    waiting = view.waiting
    if view.state.end is not None and not waiting:
        return
    if not waiting:
        yield _said("waits for", Bit("nobody", "quiet"))
    for number, one in enumerate(waiting[:MOST]):
        tone: Tone = "warn" if one in view.mine else "plain"
        mine = Bit(" ".join(filter(None, ("you", key_for(view, one)))) + ": ", "warn")
        whom = mine if one in view.mine else Bit(f"{who_text(view.state, one)}: ", "strong")
        due = f", {_left(one.due - view.now)}" if one.due is not None else ""
        yield _said("waits for" if number == 0 else "", whom, Bit(one.text, tone), Bit(due, "bad" if due else "plain"))
    if len(waiting) > MOST:
        yield _said("", Bit(f"and {len(waiting) - MOST} more", "quiet"))


def _left(seconds: float) -> str:
    return f"{format_duration(seconds)} left" if seconds > 0 else f"late by {format_duration(-seconds)}"


def _next(view: View) -> Iterator[Row]:
    state = view.state
    if state.closed:
        yield _said("next", Bit("nothing: the release is closed", "quiet"))
    elif left := blocking(state) if state.end is not None else ():
        items = f"{len(left)} more item{' is' if len(left) == 1 else 's are'} ticked"
        yield _said("next", f"no other release starts until {items}")
    elif state.end is not None:
        yield _said("next", f"{view.key('close')} closes the release: locks and run folders go")
    elif settling := tuple(_impending(view)):
        yield from settling
    elif view.standing == "holding" and (until := held(state, view.now)):
        yield _said("next", f"nothing starts while it is held: {until}")
    elif any(changed(state)):
        yield _said("next", "nothing starts until every file is what it was")
    elif view.standing == "holding":
        yield _said("next", "nothing starts until the hold ends; what runs finishes")
    else:
        yield from _early(view)
        if not (view.current and any(one.step == view.current.step.id for one in view.early)):
            yield _said("next", *_ahead(view))


def _impending(view: View) -> Iterator[Row]:
    """What comes by itself of rules that do not pass."""
    for rule, one in impending(view.state):
        if one.announced is not None:
            left = format_duration(one.announced - view.now)
            yield _said("next", Bit(f"rolls back by itself in {left}", "bad"), f" for {rule}, unless it is vetoed")
        elif one.due is not None:
            default = view.state.the_plan.decisions[rule].default
            left = format_duration(one.due - view.now)
            yield _said("next", f"{default} in {left}, if nobody decides on {rule}; nothing new starts until then")
        else:
            yield _said("next", f"nothing new starts until somebody decides on {rule}")


def _early(view: View) -> Iterator[Row]:
    """What begins by itself once its time has come, and the key that begins it before."""
    for one in view.early[:MOST]:
        left = "" if one.due is None else f" in {format_duration(one.due - view.now)}"
        title = step_title(view.state.steps[one.step].step)
        yield _said("next", Bit(f"{title}{left}", "strong"), f": {one.text}; {view.key('answer')} begins it now")


def _ahead(view: View) -> Iterator[str | Bit]:
    one = view.current
    if one is None:
        return
    by_itself = not any(each.step == one.step.id for each in view.waiting)
    if by_itself and isinstance(one.step, Gate) and (shut := gate_criteria(view.state, one, one.step)):
        yield f"{step_title(one.step)} can be opened once nothing keeps it shut"
        yield Bit(f": {'; '.join(shut.values())}", "warn")
        if one.fitting is not None and one.fitting.next is not None and not one.fitting.fits:
            yield f"; it would on {at(one.fitting.next, view.state.the_plan.zone)}"
        if one.step.waiver:
            yield Bit(f"; {' or '.join(one.step.waiver)} may waive it", "quiet")
        return
    free, person = _until_a_person(next_gate(view.state, one.step))
    stop = f"{step_title(person)}, by a person" if person else _stop_after(view, one)
    if free:
        yield f"{', '.join(free)}, by itself"
        yield Bit(f" once {step_title(one.step)} {'has passed' if by_itself else 'is through'}", "quiet")
        yield Bit(f"; then {stop}", "quiet") if stop else ""
    else:
        yield stop or "the end of the release"


def _until_a_person(steps: tuple[Step, ...]) -> tuple[list[str], Step | None]:
    free: list[str] = []
    for step in steps:
        if isinstance(step, Checklist | Do):
            return free, step
        free.append(step_title(step))
    return free, None


def _stop_after(view: View, one: StepState) -> str:
    track = view.state.track
    later = track[track.index(one.step) + 1 :]
    gate = next((step for step in later if isinstance(step, Gate) and not is_complete(view.state.steps[step.id])), None)
    return f"the gate {step_title(gate)}" if gate else ""


def _back(view: View) -> Iterator[Row]:
    state = view.state
    if state.closed or state.end == "rolled_back":
        return
    if state.rolling_back:
        yield _said("way back", Bit(f"under way: {_progress(state)}", "warn"))
    elif state.the_plan.rollback is None:
        yield _said("way back", Bit(f"none in this playbook; {view.key('abort')} aborts", "quiet"))
    else:
        runs = len(running(state))
        stopped = f", stops {runs} running first" if runs else ""
        yield _said("way back", Bit(f"{view.key('rollback')} ", "strong"), f"{way_back(state)}{stopped}")


def _progress(state: State) -> str:
    steps = [
        step
        for step in state.backward
        if state.steps[step.id].status != "skipped" and not is_skipped(state, step, state.backward)
    ]
    done = sum(is_complete(state.steps[step.id]) for step in steps)
    return f"{done} of {count(len(steps), 'step')} done"


def way_back(state: State) -> str:
    """The rollback in a line: how many steps on how many hosts, by name."""
    rollback = state.the_plan.rollback
    if rollback is None:
        return "none"
    steps = remaining(state, state.backward)
    names = ", ".join(step_title(step) for step in steps)
    others = len(state.backward) - len(steps)
    skipped = f"; {count(others, 'step')} skipped, as it stands" if others else ""
    if not steps:
        return f"nothing to undo yet{skipped}"
    hosts = len(hosts_of(steps))
    where = f"on {count(hosts, 'host')}" if hosts else "here"
    return f"{count(len(steps), 'step')} {where}: {names}{skipped}"


def hosts_of(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The hosts that these steps touch, each once; this machine is none."""
    found = [host for step in steps if isinstance(step, Run | Http) for host in step.hosts if host != HERE]
    return tuple(dict.fromkeys(found))


def count(number: int, noun: str) -> str:
    """A number and what is counted."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
