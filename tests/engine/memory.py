"""An engine that keeps everything in memory and does what a test tells it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from cockpit.analysis.rule import Reading
from cockpit.engine.backend import Chunk
from cockpit.engine.place import Place
from cockpit.engine.server import Server
from cockpit.errors import JournalError
from cockpit.release.events import AnyEvent, Held, Record
from cockpit.release.intents import AnyIntent, Hold, Refusal

REFUSAL = Refusal("not now", "later")


class Memory:
    """Holds on `Hold`, refuses everything else, and has the outputs that are put into it."""

    def __init__(self, release: str) -> None:
        self.release = release
        self.epoch = 3
        self.all: list[Record] = []
        self.asked: list[tuple[str, AnyIntent]] = []
        self.played: list[str] = []
        self.supplied: list[tuple[str, Mapping[str, str], str]] = []
        self.outputs: dict[str, bytes] = {}
        self.ended: set[str] = set()
        self.readings: dict[tuple[str, str], tuple[Reading, ...]] = {}
        self.reads = 0
        self.tell: Callable[[], None] = lambda: None

    @property
    def last(self) -> int:
        return len(self.all)

    def record(self, *events: AnyEvent) -> None:
        """Make these events durable, and tell."""
        self.all.extend(Record(seq, 1.0, event) for seq, event in enumerate(events, self.last + 1))
        self.tell()

    def records(self, after: int) -> Sequence[Record]:
        return self.all[after:]

    async def submit(self, login: str, intent: AnyIntent, played: str = "") -> Refusal | None:
        self.asked.append((login, intent))
        self.played.append(played)
        if not isinstance(intent, Hold):
            return REFUSAL
        self.record(Held(by=login, note=intent.note))
        return None

    async def supply(self, login: str, values: Mapping[str, str], agent: str) -> Refusal | None:
        self.supplied.append((login, values, agent))
        return None

    def series(self, metric: str, host: str, since: float) -> tuple[Reading, ...]:
        return tuple(each for each in self.readings.get((metric, host), ()) if each.at >= since)

    def output(self, attempt: str, offset: int, length: int) -> Chunk:
        self.reads += 1
        if attempt not in self.outputs:
            raise JournalError("no such attempt")
        data = self.outputs[attempt][offset : offset + length]
        return Chunk(data, attempt in self.ended and offset + len(data) == len(self.outputs[attempt]))


@asynccontextmanager
async def serving(place: Place, *, stall: float = 30.0) -> AsyncIterator[tuple[Memory, Server]]:
    """A server at `place` with an engine of memory behind it."""
    memory = Memory(place.release)
    server = Server(place, memory, stall=stall)
    memory.tell = server.recorded
    await server.start()
    try:
        yield memory, server
    finally:
        await server.close("the test is over")
