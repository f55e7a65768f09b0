"""The course of a release: held, resumed, aborted, rolled back, and the ways back within it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cockpit.release.back import renewed, undoing, without_batch
from cockpit.release.draft import Draft
from cockpit.release.events import ITSELF, Aborted, BackDone, BackOrdered, Held, Resumed, RollbackStarted
from cockpit.release.folding.hosts import try_again
from cockpit.release.folding.rules import settle
from cockpit.release.order import awaited
from cockpit.release.salvage import ask_again
from cockpit.release.state import COMPLETE

_NOT_HELD: Mapping[str, Any] = {"held_by": "", "held_note": "", "held_rules": (), "held_guard": ""}
_NOT_BACK: Mapping[str, Any] = {"back": "", "back_hosts": ()}


def held(draft: Draft, event: Held) -> None:
    """Nothing new begins; a lock that was lost is one that is refused, about which nothing more happens by itself."""
    draft.set(held_by=event.by, held_note=event.note, held_rules=event.rules, held_guard=event.guard)
    for host in [host for host in draft.state.hosts.values() if host.lock == "lost"]:
        draft.set_host(host.name, lock="refused")


def resumed(draft: Draft, event: Resumed) -> None:
    """A person who resumes excuses the rules that caused the hold; else it would begin anew at once."""
    for rule in draft.state.held_rules if event.by != ITSELF else ():
        if draft.state.rules[rule].verdict != "passing":
            draft.set_rule(rule, excused=event.by, excuse=event.note)
    draft.set(**_NOT_HELD)


def aborted(draft: Draft, event: Aborted) -> None:
    """It stops here; who aborted it first remains."""
    by = draft.state.aborted_by if draft.state.aborted else event.by
    settle(draft)
    draft.set(aborted=True, aborted_by=by, finish=event.finish, **_NOT_BACK, **_NOT_HELD)


def rollback_started(draft: Draft, event: RollbackStarted) -> None:
    """It goes backward from here, or does so once more."""
    settle(draft)
    if draft.state.rolling_back:
        _repeat_what_has_not_passed(draft)
        ask_again(draft)
    else:
        for name in draft.state.hosts:
            draft.set_host(name, dropped=False)
    for step in draft.state.manual:
        if draft.state.is_running(step.id):
            draft.set_step(step.id, left=True)
    try_again(draft, draft.state.hosts)
    draft.set(rolling_back=True, rollback_by=event.by, rollback_note=event.note)
    draft.set(aborted=False, aborted_by="", finish=False, **_NOT_BACK, **_NOT_HELD)
    draft.set(end=None, end_reason="", ended=None)


def back_ordered(draft: Draft, event: BackOrdered, at: float) -> None:
    """A batch is taken back."""
    settle(draft)
    if event.rule:
        draft.set_rule(event.rule, backed=at)
    draft.put_step(undoing(draft.step(draft.state.undo(event.step).id), event.hosts))
    draft.set(back=event.step, back_hosts=event.hosts, **_NOT_HELD)
    try_again(draft, event.hosts)


def back_done(draft: Draft, event: BackDone) -> None:
    """It was taken back: its step, and what came after it, wait for their turn again."""
    state = draft.state
    draft.put_step(without_batch(draft.step(event.step), state.back_hosts))
    for step in state.forward:
        if event.step in awaited(state, step.id):
            draft.put_step(renewed(draft.step(step.id)))
    draft.set(**_NOT_BACK)


def _repeat_what_has_not_passed(draft: Draft) -> None:
    for step in draft.state.backward:
        one = draft.step(step.id)
        for host, run in one.hosts.items() if one.status == "running" else ():
            if run.status == "checking":
                draft.set_run(step.id, host, polling=None, polled=None, streak=0)
            elif run.status not in COMPLETE and not run.unsettled and not run.trying:
                draft.set_run(step.id, host, status="waiting", polling=None, polled=None, streak=0)
