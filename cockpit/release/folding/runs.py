"""What becomes of a step on one of its hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cockpit.release.draft import Draft
from cockpit.release.events import HostDropped, HostFailed, RetryOrdered, StepSkipped
from cockpit.release.folding.hosts import try_again

AFRESH: Mapping[str, Any] = {"streak": 0, "polling": None, "polled": None}
"""What a run that is tried again has behind it."""


def failed(draft: Draft, event: HostFailed, at: float) -> None:
    """It has not passed there, or nobody knows."""
    before = draft.run(event.step, event.host)
    checked, failures = before.status == "unknown", before.failures + (event.outcome != "unknown")
    changes = {**AFRESH, "status": event.outcome, "reason": event.reason, "ended": at, "checked": checked}
    draft.set_run(event.step, event.host, **changes, failures=failures)
    try_again(draft, (event.host,))


def retried(draft: Draft, event: RetryOrdered) -> None:
    """It waits for its turn there once more."""
    failures = 0 if event.external else draft.run(event.step, event.host).failures
    changes = {**AFRESH, "status": "waiting", "reason": "", "checked": False, "ordered": True}
    draft.set_run(event.step, event.host, **changes, failures=failures)
    try_again(draft, (event.host,))


def skipped(draft: Draft, event: StepSkipped, at: float) -> None:
    """It is let go there."""
    note = f"skipped by {event.by}: {event.note}"
    draft.set_run(event.step, event.host, status="skipped", reason=note, ended=at)


def dropped(draft: Draft, event: HostDropped, at: float) -> None:
    """It is let go there, and so is the host."""
    note = f"dropped by {event.by}: {event.note}"
    draft.set_run(event.step, event.host, status="dropped", reason=note, ended=at)
    draft.set_host(event.host, dropped=True)
