"""What the screens need of an engine's client: what happened, somebody to ask, and what commands print."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cockpit.analysis.rule import Judgement
from cockpit.engine.client import Measured
from cockpit.release.events import Record
from cockpit.release.intents import AnyIntent, Refusal


@dataclass(frozen=True)
class Records:
    """Events in their order, without a gap."""

    records: tuple[Record, ...]


@dataclass(frozen=True)
class CaughtUp:
    """Everything that had happened before was sent; what follows is news."""


@dataclass(frozen=True)
class Greeted:
    """Who this client is to the engine."""

    login: str
    observer: bool


@dataclass(frozen=True)
class Watchers:
    """Who is connected: number of clients by login, this one too."""

    logins: Mapping[str, int]


@dataclass(frozen=True)
class Heard:
    """When each of these running attempts last printed something (seconds since 1970), and why its link is lost.

    `trouble`: what the engine cannot do for want of room; empty when there is room.
    """

    last: Mapping[str, float]
    lost: Mapping[str, str]
    trouble: str = ""


@dataclass(frozen=True)
class Metered:
    """The latest reading of each metric on each host, and where each rule stands."""

    measured: tuple[Measured, ...]
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True)
class Timed:
    """What time it is in a rehearsal, in seconds since 1970, and how many seconds pass there in one (0: at once)."""

    at: float
    speed: float


Update = Records | CaughtUp | Greeted | Watchers | Heard | Metered | Timed


class Link(Protocol):
    """One connection to an engine. Its updates end, or raise OSError or CockpitError, when the engine is lost."""

    def updates(self) -> AsyncIterator[Update]:
        """What happens, from the event after the one that was named at connecting."""
        ...

    async def ask(self, intent: AnyIntent, played: str = "") -> Refusal | None:
        """Ask for something; None when it was done. `played`: as whom, in a rehearsal; empty for oneself."""
        ...

    def output(self, attempt: str, offset: int) -> AsyncIterator[bytes]:
        """What an attempt printed from byte `offset` on, followed until it has ended."""
        ...

    async def series(self, metric: str, host: str, since: float) -> tuple[tuple[float, float | None], ...]:
        """What was measured from a moment on: moments, oldest first, each with its value, or None for a gap."""
        ...

    async def close(self) -> None:
        """Leave; the release goes on."""
        ...


Connect = Callable[[int], Awaitable[Link]]
"""Opens a link to the engine; the events after this number are wanted."""
