"""Attempts: their start, their end, and what that means for the step on its host."""

from __future__ import annotations

from typing import Any

from cockpit.playbook.plan import Http, Run
from cockpit.release.draft import Draft
from cockpit.release.events import AttemptEnded, AttemptSettled, AttemptStarted, StopOrdered
from cockpit.release.folding.runs import AFRESH
from cockpit.release.salvage import found, settled_by_person
from cockpit.release.state import Attempt


def started(draft: Draft, event: AttemptStarted, at: float) -> None:
    """One more, in place of the one before it on that host."""
    run = draft.run(event.step, event.host)
    attempt = Attempt(
        event.id,
        event.step,
        event.host,
        event.part,
        event.number,
        at,
        event.key,
        event.boot,
        event.marker,
        event.sought,
    )
    if event.sought:
        draft.add_attempt(attempt, "")
        draft.set_run(event.step, event.host, trying=True)
        return
    draft.add_attempt(attempt, run.run if event.part == "run" else run.check)
    polling = at if run.polling is None and _is_polled(draft, attempt) else run.polling
    if event.part == "check":
        draft.set_run(event.step, event.host, trying=True, polling=polling, check=event.id, polls=event.number)
        return
    draft.set_run(
        event.step,
        event.host,
        trying=True,
        polling=polling,
        status="running",
        run=event.id,
        tries=event.number,
        started=at if run.status == "waiting" else run.started,
        unsettled=False,
        ordered=False,
    )


def ended(draft: Draft, event: AttemptEnded, at: float) -> None:
    """It is over, or nobody knows whether it is."""
    attempt = draft.set_attempt(
        event.id,
        outcome=event.outcome,
        ended=at,
        exit=event.exit,
        reason=event.reason,
        seconds=event.seconds,
        size=event.size,
        sha256=event.sha256,
        advice=event.advice,
    )
    if event.captures:
        _capture(draft, event, attempt)
    if attempt.sought:
        found(draft, attempt)
        return
    run = draft.run(attempt.step, attempt.host)
    changes: dict[str, Any] = {"trying": False}
    if attempt.part == "run":
        changes |= {"begun": run.begun or event.outcome != "error", "unsettled": event.outcome == "unknown"}
    if _is_polled(draft, attempt):
        changes |= {"polled": at, "streak": run.streak + 1 if event.outcome == "passed" else 0}
    elif event.outcome == "passed" and _has_check(draft, attempt):
        changes["status"] = "checking"
    draft.set_run(attempt.step, attempt.host, **changes)


def stopping(draft: Draft, event: StopOrdered, at: float) -> None:
    """It is to be stopped."""
    why = event.note or event.by
    draft.set_attempt(event.id, stopping=why, stopped_by=event.by, stop_ordered=at, streamed=event.streamed)


def settled(draft: Draft, event: AttemptSettled) -> None:
    """A host that waits for this counts as running again: what follows is the same as had it ended so."""
    note = f"settled as {event.outcome} by {event.by}: {event.note}"
    attempt = draft.set_attempt(event.id, outcome=event.outcome, reason=note)
    if attempt.sought:
        settled_by_person(draft, attempt)
        return
    changes: dict[str, Any] = {"unsettled": False}
    if draft.run(attempt.step, attempt.host).status == "unknown":
        changes |= {**AFRESH, "status": "running", "reason": note}
    draft.set_run(attempt.step, attempt.host, **changes)


def _capture(draft: Draft, event: AttemptEnded, attempt: Attempt) -> None:
    known = draft.state.captures
    new = {name: {**known.get(name, {}), attempt.host: value} for name, value in event.captures.items()}
    draft.set(captures={**known, **new})


def _is_polled(draft: Draft, attempt: Attempt) -> bool:
    return attempt.part == "check" or isinstance(draft.step(attempt.step).step, Http)


def _has_check(draft: Draft, attempt: Attempt) -> bool:
    step = draft.step(attempt.step).step
    return isinstance(step, Run) and step.check is not None
