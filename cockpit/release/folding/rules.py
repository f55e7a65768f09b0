"""Rules: their verdicts, and what is announced, asked and answered about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cockpit.release.draft import Draft
from cockpit.release.events import Decided, VerdictChanged

SETTLED: Mapping[str, Any] = {"announced": None, "asked": None, "due": None}
"""A rule about which nothing is announced or asked any more."""

_CLEARED: Mapping[str, Any] = {
    "excused": "",
    "excuse": "",
    "again": None,
    "acknowledged": "",
    "unwell": None,
    "level": 0,
    "told": None,
    "backed": None,
}


def judged(draft: Draft, event: VerdictChanged, at: float) -> None:
    """There is another verdict; once it passes, whatever it was excused for is over."""
    unwell = draft.state.rules[event.rule].unwell
    draft.set_rule(
        event.rule,
        **(_CLEARED if event.verdict == "passing" else {"unwell": at if unwell is None else unwell}),
        verdict=event.verdict,
        since=at,
        value=event.value,
        threshold=event.threshold,
        host=event.host,
        window=event.window,
        samples=event.samples,
        reason=event.reason,
    )


def decided(draft: Draft, event: Decided, at: float) -> None:
    """A person lets it fail, for good or until it is asked again."""
    again = at + event.wait if event.wait else None
    draft.set_rule(event.rule, **SETTLED, excused=event.by, excuse=event.note, again=again)


def settle(draft: Draft) -> None:
    """Nothing is announced or asked any more: something larger was decided."""
    for name, one in draft.state.rules.items():
        if one.announced is not None or one.asked:
            draft.set_rule(name, **SETTLED)
