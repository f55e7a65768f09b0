"""What the socket server asks of an engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from cockpit.analysis.rule import Reading
from cockpit.release.events import Record
from cockpit.release.intents import AnyIntent, Refusal


class Chunk(NamedTuple):
    """Output bytes; `end` when the attempt is over and nothing comes after them."""

    data: bytes
    end: bool


class Backend(Protocol):
    """An engine as its clients see it."""

    @property
    def release(self) -> str:
        """The release's name."""

    @property
    def epoch(self) -> int:
        """The number of its claim on the journal."""

    @property
    def last(self) -> int:
        """The number of the last record that is durable."""

    def records(self, after: int) -> Iterable[Record]:
        """The durable records behind number `after`; only the first of them may be taken, and soon."""

    async def submit(self, login: str, intent: AnyIntent, played: str = "") -> Refusal | None:
        """Decide on an intent of `login`; None when it is carried out and its events are durable.

        `played`: whom that login plays, which only a rehearsal allows.
        """

    async def supply(self, login: str, values: Mapping[str, str], agent: str) -> Refusal | None:
        """Take secrets by name and the path of an agent's socket (or an empty string), for memory only."""

    def series(self, metric: str, host: str, since: float) -> tuple[Reading, ...]:
        """The latest stored readings of a metric from a moment on; CockpitError when they cannot be read."""

    def output(self, attempt: str, offset: int, length: int) -> Chunk:
        """At most `length` bytes of an attempt's output from `offset`; CockpitError when it cannot be read."""
