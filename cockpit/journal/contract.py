"""What every store of a journal keeps, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cockpit.release.events import AnyEvent, Record


class Journal(Protocol):
    """One release's records: readable at once, writable after `claim`. All methods raise JournalErrors only."""

    @property
    def epoch(self) -> int:
        """The number of the latest claim by anyone; 0 before the first."""

    @property
    def last(self) -> int:
        """The number of the last record; 0 when there is none."""

    def read(self, after: int = 0) -> Iterator[Record]:
        """The records behind number `after`, each checked: BrokenChain at the first that does not fit the chain."""

    def verify(self) -> int:
        """Check the whole chain and return how many records it has; BrokenChain names the first that does not fit."""

    def claim(self) -> int:
        """Become the only writer and return the new epoch.

        WriterBusy while another lives, BrokenChain when it is not whole; neither writes anything.
        """

    def append(self, events: Sequence[AnyEvent], at: float) -> tuple[Record, ...]:
        """Store all events or none, in one transaction, durable on return; `at` is the moment of all of them.

        StaleWriter when another has claimed since, BrokenChain when the last record is not this writer's, StorageFull
        when there is no room. In each case nothing is written; after StorageFull the next append may succeed.
        """

    def release_reserve(self) -> bool:
        """Give up the room kept for a full disk; whether there was any. It is kept again as soon as there is room."""

    def close(self) -> None:
        """Give up the claim and everything that is open."""
