"""What changes too fast for the journal: output bytes of each running attempt, and whether its link is up."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Pulse(msgspec.Struct, frozen=True):
    """A running attempt: output bytes stored, when the last came (seconds since 1970), why its link is lost."""

    attempt: str
    size: int
    last: float
    lost: str = ""


class Live:
    """The pulses of the running attempts, and those that changed since somebody last looked."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._pulses: dict[str, Pulse] = {}
        self._changed: set[str] = set()

    def grown(self, attempt: str, size: int) -> None:
        """An attempt's stored output has this size now."""
        lost = self._pulses[attempt].lost if attempt in self._pulses else ""
        self._set(Pulse(attempt, size, self._now(), lost))

    def link(self, attempt: str, lost: str) -> None:
        """An attempt's link broke for this reason, or is back (empty)."""
        before = self._pulses.get(attempt, Pulse(attempt, 0, self._now()))
        self._set(Pulse(attempt, before.size, before.last, lost))

    def ended(self, attempt: str) -> None:
        """An attempt has ended: its pulse was the last."""
        self._pulses.pop(attempt, None)

    def all(self) -> tuple[Pulse, ...]:
        """Every running attempt's pulse."""
        return tuple(self._pulses.values())

    def changed(self) -> tuple[Pulse, ...]:
        """The pulses that changed since the last call."""
        found = tuple(self._pulses[each] for each in self._changed if each in self._pulses)
        self._changed.clear()
        return found

    def _set(self, pulse: Pulse) -> None:
        self._pulses[pulse.attempt] = pulse
        self._changed.add(pulse.attempt)
