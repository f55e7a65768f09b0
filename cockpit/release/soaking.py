"""Soaks: time in which rules must pass throughout. One that fails lets it begin anew; a gap only does not count."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from cockpit.playbook.plan import Soak
from cockpit.release.events import (
    AnyEvent,
    SoakBegan,
    SoakBroken,
    Soaked,
    SoakPaused,
    StepPassed,
)
from cockpit.release.health import describe, fails, is_well, unmeasured, watching
from cockpit.release.state import Soaking, State, StepState


def soaks(state: State) -> Iterator[tuple[StepState, Soak]]:
    """The soaks that go on now: they do so through gates and holds, and while a batch is undone."""
    return ((one, one.step) for one in watching(state) if isinstance(one.step, Soak))


def soaking(state: State, now: float) -> Iterator[AnyEvent]:
    """What follows for soaks from the verdicts now."""
    for one, step in soaks(state):
        yield from _follows(state, one, step, now)


def _follows(state: State, one: StepState, step: Soak, now: float) -> Iterator[AnyEvent]:
    so_far = one.soaking
    failing = next((rule for rule in step.rules if fails(state, rule)), "")
    unwell = next((rule for rule in step.rules if not is_well(state, rule)), "")
    if failing and so_far.since is not None:
        yield SoakBroken(step=step.id, rule=failing, why=describe(state, failing))
    elif unwell and so_far.counting is not None:
        yield SoakPaused(step=step.id, rule=unwell, why=describe(state, unwell))
    elif not unwell and so_far.counting is None:
        yield SoakBegan(step=step.id)
    elif not state.back and (end := soak_end(state, one, step)) is not None and now >= end:
        assert so_far.since is not None
        gaps = max(0.0, now - so_far.since - _done(one, now))
        yield Soaked(step=step.id, since=so_far.since, until=now, breaks=so_far.breaks, gaps=gaps)
        yield StepPassed(step=step.id)


def soak_length(state: State, step: Soak) -> float:
    """How many seconds must count: each rule is judged at least once in them."""
    return max([step.seconds, *(state.the_plan.rules[rule].every for rule in step.rules)])


def soak_done(state: State, one: StepState, step: Soak, now: float) -> float:
    """How many of these seconds have counted."""
    return min(_done(one, now), soak_length(state, step))


def _done(one: StepState, now: float) -> float:
    so_far = one.soaking
    return so_far.counted + (max(0.0, now - so_far.counting) if so_far.counting is not None else 0.0)


def soak_end(state: State, one: StepState, step: Soak) -> float | None:
    """When a soak is over if nothing happens; None while its time does not count."""
    so_far = one.soaking
    return None if so_far.counting is None else so_far.counting + soak_length(state, step) - so_far.counted


def without_gap(state: State, one: StepState, step: Soak, since: float, until: float) -> Soaking:
    """How a soak goes when no engine lived between two moments."""
    so_far, gap = one.soaking, unmeasured(state, step.rules, since, until)
    if so_far.counting is None or not gap:
        return so_far
    counted = so_far.counted + max(0.0, until - gap - so_far.counting)
    return replace(so_far, counting=until, counted=counted)


def keeps_from_counting(state: State, one: StepState, step: Soak) -> str:
    """Why the time of a soak does not count now; empty where it does."""
    if one.soaking.counting is not None:
        return ""
    return next((describe(state, rule) for rule in step.rules if not is_well(state, rule)), "")


def soaks_due(state: State) -> Iterator[float]:
    """The moments at which soaks are over."""
    ends = (soak_end(state, one, step) for one, step in soaks(state))
    return (end for end in ends if end is not None)
