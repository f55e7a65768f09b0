"""Looks that people owe while a step goes on: when the next one is due, and which were missed."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.plan import Attended, Look, Step
from cockpit.release.events import LookMissed
from cockpit.release.health import watching
from cockpit.release.state import State, StepState

LEAD = 300.0
"""At most so many seconds before it is due a look is asked for; at most a third of its interval."""


def look_of(step: Step) -> Look | None:
    """What a step says of looks."""
    return step.look if isinstance(step, Attended) else None


def looks(state: State) -> Iterator[tuple[StepState, Look]]:
    """The steps that go on now and at which people have to look: also while a batch is undone."""
    for one in watching(state):
        if (look := look_of(one.step)) is not None and one.started is not None:
            yield one, look


def interval(one: StepState, look: Look, base: float) -> float | None:
    """How long after a moment the next look is due; None where none is any more."""
    assert one.started is not None
    gone = base - one.started
    return next((pace.every for pace in look.paces if not pace.until or gone < pace.until), None)


def due_at(one: StepState, look: Look) -> float | None:
    """When the look is due that comes next, or was due first if it is late; None where none is any more."""
    assert one.started is not None
    if one.looking.owed is not None:
        return one.looking.owed
    base = one.started if one.looking.base is None else one.looking.base
    every = interval(one, look, base)
    return None if every is None else base + every


def asked_from(one: StepState, look: Look) -> float | None:
    """From when on the next look is asked for; before that nobody is disturbed."""
    due = due_at(one, look)
    if due is None or one.started is None:
        return None
    every = interval(one, look, one.started if one.looking.base is None else one.looking.base) or 0.0
    return due - min(LEAD, every / 3)


def owners_of_look(one: StepState, look: Look) -> tuple[str, ...]:
    """The roles from which a look is asked at first; none where that is the captain."""
    return look.owner or one.step.owner


def missed(state: State, now: float) -> Iterator[LookMissed]:
    """The looks that nobody made until the one after them was due."""
    for one, look in looks(state):
        assert one.started is not None
        base = one.started if one.looking.base is None else one.looking.base
        dues: list[float] = []
        while (every := interval(one, look, base)) is not None and now >= base + 2 * every:
            dues.append(base := base + every)
        if dues:
            yield LookMissed(step=one.step.id, due=dues[0], last=dues[-1], count=len(dues))


def looks_due(state: State) -> Iterator[float]:
    """The moments at which a look is missed."""
    for one, look in looks(state):
        assert one.started is not None
        base = one.started if one.looking.base is None else one.looking.base
        if (every := interval(one, look, base)) is not None:
            yield base + 2 * every
