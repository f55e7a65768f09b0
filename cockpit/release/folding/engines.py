"""What it means that another engine drives the release from now on."""

from __future__ import annotations

from cockpit.release.draft import Draft
from cockpit.release.events import EngineStarted
from cockpit.release.health import guards, unmeasured
from cockpit.release.soaking import soaks, without_gap


def started(draft: Draft, event: EngineStarted, at: float) -> None:
    """Hosts and locks are to be reached anew, and what happened since the engine before it lived was not seen."""
    draft.set(epoch=event.epoch)
    _unmeasured(draft, at if event.alive is None else event.alive, at)
    for name, host in draft.state.hosts.items():
        reach = "lost" if host.reach == "reached" else host.reach
        lock = "taking" if host.lock == "ours" else host.lock
        draft.set_host(name, reach=reach, lock=lock)


def _unmeasured(draft: Draft, since: float, until: float) -> None:
    """No engine lived between two moments: that is no time in which anything was seen to be well."""
    state = draft.state
    for one, soak in soaks(state):
        draft.set_step(soak.id, soaking=without_gap(state, one, soak, since, until))
    for one, guard in guards(state):
        blind = min(unmeasured(state, guard.rules, since, until), until - (one.started or until))
        draft.set_step(guard.id, blind=one.blind + blind)
    for name in state.rules:
        if unmeasured(state, (name,), since, until):
            draft.set_rule(name, anew=until)
