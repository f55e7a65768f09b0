"""Steps as a whole: when one begins, and which files must stay as they are from then on."""

from __future__ import annotations

from cockpit.release.back import renewed, undoing
from cockpit.release.draft import Draft
from cockpit.release.events import EarlyOrdered, FileSeen, ManualOrdered, RedeployOrdered, StepStarted
from cockpit.release.files import watched
from cockpit.release.folding.hosts import try_again
from cockpit.release.order import awaited
from cockpit.release.state import Kept


def started(draft: Draft, event: StepStarted, at: float) -> None:
    """It is its turn."""
    draft.set_step(event.step, status="running", started=at)
    _see_anew(draft, event.step)
    try_again(draft, draft.step(event.step).hosts)


def ordered(draft: Draft, event: ManualOrdered, at: float) -> None:
    """A step of the rollback is done because a person wants it, on all of its hosts."""
    one = draft.step(event.step)
    draft.put_step(undoing(one, tuple(one.hosts)))
    draft.set_step(event.step, status="running", started=at, by=event.by, note=event.note)
    try_again(draft, one.hosts)


def early(draft: Draft, event: EarlyOrdered, at: float) -> None:
    """A step may begin; where nothing was to begin yet, the release does."""
    for name, one in [*draft.state.steps.items()]:
        if event.step in (name, one.step.ticks):
            draft.set_step(name, early=event.by)
    if draft.state.not_before is not None:
        draft.set(not_before=min(draft.state.not_before, at))


def redeployed(draft: Draft, event: RedeployOrdered) -> None:
    """A step waits for its turn again, and with it what came after it and what ticks any of that."""
    state = draft.state
    again = {event.step, *event.steps, *(step.id for step in state.forward if event.step in awaited(state, step.id))}
    again |= {step.id for step in state.forward if step.ticks in again}
    for name in again:
        if draft.step(name).status != "pending":
            draft.put_step(renewed(draft.step(name)))


def file_seen(draft: Draft, event: FileSeen) -> None:
    """A file that must stay as it is was looked at."""
    kept = Kept(event.step, event.was or event.sha256, event.sha256, event.reason)
    draft.set(files={**draft.state.files, event.path: kept})


def _see_anew(draft: Draft, step: str) -> None:
    """A step that is done once more finds its files as they are then, unless others want them as they were."""
    one = draft.step(step)
    old = {path for path in one.step.unchanged if one.begun and path in draft.state.files}
    if old := old - {path for path, other in watched(draft.state) if other != step}:
        draft.set(files={path: kept for path, kept in draft.state.files.items() if path not in old})
