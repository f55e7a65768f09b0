"""Watching over time: how long a soak has counted, and who has looked."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from cockpit.release.draft import Draft
from cockpit.release.events import Escalated, Looked, LookMissed, SoakBegan, SoakBroken, Soaked, SoakPaused
from cockpit.release.state import Looking, Soaking


def soaking(draft: Draft, event: SoakBegan | SoakPaused | SoakBroken | Soaked, at: float) -> None:
    """It counts, it pauses, it begins anew, or it is done."""
    old = draft.step(event.step).soaking
    counted = old.counted + (at - old.counting if old.counting is not None else 0.0)
    match event:
        case SoakBegan():
            new = Soaking(old.since if old.since is not None else at, at, old.counted, old.breaks)
        case SoakPaused():
            new = Soaking(old.since, None, counted, old.breaks, event.rule, event.why)
        case SoakBroken():
            new = Soaking(breaks=old.breaks + 1, rule=event.rule, why=event.why)
        case Soaked():
            new = Soaking(old.since, None, counted, old.breaks)
        case _:
            assert_never(event)
    draft.set_step(event.step, soaking=new)


def looked(draft: Draft, event: Looked, at: float) -> None:
    """A person looked; nothing is owed any more."""
    old = draft.step(event.step).looking
    new = Looking(at, None, at, event.by, event.note, old.count + 1, old.late + (event.late > 0), old.missed)
    draft.set_step(event.step, looking=new)


def missed(draft: Draft, event: LookMissed) -> None:
    """Nobody looked in time."""
    old = draft.step(event.step).looking
    owed = event.due if old.owed is None else old.owed
    draft.set_step(event.step, looking=replace(old, base=event.last, owed=owed, missed=old.missed + event.count))


def escalated(draft: Draft, event: Escalated, at: float) -> None:
    """The next one was told: of a rule, or of a look that is owed."""
    if not event.step:
        draft.set_rule(event.rule, level=event.level, told=at)
    else:
        old = draft.step(event.step).looking
        draft.set_step(event.step, looking=replace(old, level=event.level, told=at))
