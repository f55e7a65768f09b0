"""A guard, and a step that waits for rules: the time left, and each rule with how near it is to firing."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Guard, Soak, Steady
from cockpit.release.guarding import hold_end
from cockpit.release.health import period_end, steady_end, unwell
from cockpit.release.looking import look_of
from cockpit.release.moments import at
from cockpit.release.soaking import keeps_from_counting, soak_done, soak_end, soak_length
from cockpit.release.state import State, StepState
from cockpit.units import clock, format_duration, format_within
from screens.judged import LEADS, fires
from screens.panes.looking import owed
from screens.panes.rules import rules, terms
from screens.view import View
from widgets.rows import Bit, Row, text_row

FAR = 12 * 3600.0
"""Seconds from now beyond which a moment is told with its day."""


def guarding(view: View, one: StepState, step: Guard) -> tuple[Row, ...]:
    """The rows of a guard's pane."""
    return (*_period(view, one, step), *_looks(view, one), text_row(""), *rules(view, tuple(step.rules)))


def steadying(view: View, one: StepState, step: Steady) -> tuple[Row, ...]:
    """The rows of the pane of a step that waits for rules."""
    return (*_steady(view, one, step), text_row(""), *rules(view, step.rules))


def soaking(view: View, one: StepState, step: Soak) -> tuple[Row, ...]:
    """The rows of a soak's pane."""
    return (*_soak(view, one, step), *_looks(view, one), text_row(""), *rules(view, step.rules))


def _looks(view: View, one: StepState) -> Iterator[Row]:
    look = look_of(one.step)
    if look is not None and one.status == "running":
        yield text_row(Bit("look  ", "quiet"), *owed(view, one, look), indent=6)


def _soak(view: View, one: StepState, step: Soak) -> Iterator[Row]:
    if one.status == "running":
        yield text_row(*soaked(view, one, step), indent=2)
        if step.redeploy and one.soaking.breaks and one.soaking.counting is None:
            again = ", ".join(step.redeploy)
            yield text_row(Bit(f"  {view.key('redeploy')} does {again} again, and then all of it", "quiet"), indent=2)
    elif one.ended is not None:
        yield text_row(Bit(f"✔ healthy until {clock(one.ended)} UTC", "good"), _broken(one))
    else:
        yield text_row(Bit(f"· must be healthy for {format_duration(step.seconds)} throughout", "quiet"))


def soaked(view: View, one: StepState, step: Soak) -> Iterator[str | Bit]:
    """How much of a soak is done, until when it goes, and how often it was broken."""
    end, length = soak_end(view.state, one, step), soak_length(view.state, step)
    done = soak_done(view.state, one, step, view.now)
    if end is not None:
        yield Bit(f"▶ {format_duration(done)} of {format_within(length)}", "busy")
        yield Bit(f" healthy, until {_moment(view, end)}, {format_duration(end - view.now)} more", "quiet")
    else:
        why = keeps_from_counting(view.state, one, step)
        so_far = f"{format_duration(done)} of {format_within(length)}, " if one.soaking.since is not None else ""
        yield Bit(f"◆ {so_far}{'not counting now' if so_far else 'begins once all pass'}: {why}", "warn")
    yield _broken(one)


def _moment(view: View, moment: float) -> str:
    """The time of day in UTC; with its day where that is far."""
    return f"{clock(moment)} UTC" if moment - view.now < FAR else at(moment, "UTC")


def _broken(one: StepState) -> Bit:
    breaks = one.soaking.breaks
    times = "once" if breaks == 1 else f"{breaks} times"
    return Bit(f" · broken {times}" if breaks else "", "warn")


def _period(view: View, one: StepState, step: Guard) -> Iterator[Row]:
    if one.status == "running":
        yield text_row(*left(view, one, step), indent=2)
    elif one.ended is not None:
        yield text_row(Bit(f"✔ watched until {clock(one.ended)} UTC", "good"))
    else:
        yield text_row(Bit(f"· will watch for {format_duration(step.seconds)}", "quiet"))
    yield from (text_row(Bit(f"  {each}", "quiet"), indent=2) for each in terms(step))


def left(view: View, one: StepState, step: Guard) -> Iterator[str | Bit]:
    """How much of a guard's period is left, and what keeps it from ending."""
    end = period_end(one, step)
    if view.now < end:
        yield Bit(f"▶ {format_duration(end - view.now)}", "busy")
        yield f" of {format_duration(step.seconds)} left"
        yield Bit(f", until {_moment(view, end)}", "quiet")
    else:
        waiting = ", ".join(unwell(view.state, one, step))
        yield Bit(f"◆ its {format_duration(step.seconds)} are over", "warn")
        yield f", {waiting} keeps it from ending" if waiting else ""


def _steady(view: View, one: StepState, step: Steady) -> Iterator[Row]:
    needs = f"{format_duration(step.seconds)} at a stretch" if step.seconds else "once"
    if one.status == "running":
        yield text_row(*stretch(view, one, step), indent=2)
    elif one.ended is not None:
        yield text_row(Bit(f"✔ all passed until {clock(one.ended)} UTC", "good"))
    else:
        yield text_row(Bit(f"· will wait until all of these have passed for {needs}", "quiet"))


def stretch(view: View, one: StepState, step: Steady) -> Iterator[str | Bit]:
    """Since when all rules have been passing, and until when they must be."""
    end = steady_end(view.state, one, step)
    if end is None:
        yield Bit("◆ not all of these pass: the time begins anew", "warn")
        return
    yield Bit(f"▶ all pass, {format_duration(end - view.now)} more", "busy")
    yield Bit(f", until {clock(end)} UTC", "quiet")


def held(state: State, now: float) -> str:
    """For how long the rules that caused a hold have been well, and when it ends by itself; empty for other holds."""
    if not state.held_rules or not state.held_guard:
        return ""
    guard = state.steps[state.held_guard].step
    steady = guard.steady if isinstance(guard, Guard) else 0.0
    if not steady:
        return "a person ends it"
    end = hold_end(state)
    if end is None:
        return f"goes on by itself after {format_duration(steady)} of passing; not well yet"
    return f"well for {format_duration(steady - (end - now))} of {format_duration(steady)}, then it goes on by itself"


def planned(state: State, step: Guard | Steady | Soak) -> Iterator[Row]:
    """What the captain sees before such a step starts: its rules, what each does, and its times."""
    names = step.rules
    for name in names:
        does = f"  → {LEADS[step.rules[name]]}" if isinstance(step, Guard) else ""
        yield text_row(Bit(f"    {name}  ", "strong"), fires(state.the_plan.rules[name]), Bit(does, "warn"), indent=6)
    if isinstance(step, Guard):
        yield from (text_row(Bit(f"    {each}", "quiet"), indent=6) for each in terms(step))
