"""Events to write."""

from __future__ import annotations

from cockpit.release.events import AnyEvent, AttemptEnded, Held, Resumed, StepStarted


def some(number: int) -> list[AnyEvent]:
    """So many different events."""
    kinds: list[AnyEvent] = [
        StepStarted(step="deploy"),
        Held(by="ada", note="wait\nfor me ✓"),
        AttemptEnded(id="ab12", outcome="passed", exit=0, seconds=1.25, captures={"b": "2", "a": "1"}),
        Resumed(by="grace"),
    ]
    return [kinds[at % len(kinds)] for at in range(number)]
