"""The process of one release: everything put together, served on its socket, until the release is closed."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress

from cockpit import __version__
from cockpit.analysis.rule import Reading
from cockpit.engine.backend import Chunk
from cockpit.engine.board import Board
from cockpit.engine.clock import real_time
from cockpit.engine.engine import Engine
from cockpit.engine.live import Live
from cockpit.engine.orders import Orders
from cockpit.engine.place import Place
from cockpit.engine.readings import Readings
from cockpit.engine.runner import Runner
from cockpit.engine.server import Server
from cockpit.engine.store import Store
from cockpit.engine.surroundings import Production, Surroundings
from cockpit.engine.visits import AGENT
from cockpit.engine.watch import Watch
from cockpit.errors import JournalError, StorageFull
from cockpit.execution.settings import Run
from cockpit.journal import sqlite
from cockpit.journal.border import disk
from cockpit.journal.bulk import Bulk
from cockpit.journal.samples import Samples
from cockpit.journal.sqlite import SqliteJournal
from cockpit.release.effects import Effect
from cockpit.release.events import ITSELF, CredentialsMissed, CredentialsSupplied, EngineStarted, Record
from cockpit.release.intents import AnyIntent, Refusal
from cockpit.release.state import State
from cockpit.settings import Settings

SERIES = 2000
"""The most readings that a client is given at once."""

PULSE = 0.2
"""Seconds between two looks at what the running attempts have printed."""


class Daemon:
    """One release's engine, as its socket sees it."""

    def __init__(self, place: Place, journal: SqliteJournal, outside: Surroundings) -> None:
        self._place, self._journal, self._outside = place, journal, outside
        self.epoch = journal.claim()
        last = max((record.at for record in journal.read(max(0, journal.last - 1))), default=0.0)
        clock = outside.clock(last)
        self._bulk = Bulk(place.output, place.file_mode)
        self._live = Live(clock.now)
        self._engine = Engine(journal, clock, self._want, self._tell, outside.fence)
        state = self._engine.state
        if state.mode != outside.mode:
            hint = "its scenario is gone: `cockpit rehearse` rehearses anew" if state.mode == "rehearsal" else ""
            raise JournalError(f"this is a {state.mode} release: a {outside.mode} engine does not drive it", hint=hint)
        self._vault = outside.vault(state.the_plan.secrets)
        run = Run(state.release, state.nonce, state.captain, outside.machine)
        self._hosts = outside.transport(state.the_plan, run, self._vault, self._agent_missed)
        self._requests = outside.requests()
        self._store = Store(self._bulk, place.folder, journal, lambda: self._engine.state)
        self._board, self._now = Board(), clock.now
        self._readings = Readings(Samples(place.samples, place.file_mode), place.folder)
        self._watch = Watch(
            lambda: self._engine.state,
            self._vault,
            self._hosts.ask,
            outside.sources(),
            self._readings,
            clock.now,
            self._engine.happened,
            self._board.take,
        )
        self._runner = Runner(
            self._hosts,
            self._requests,
            self._store,
            self._live,
            Orders(state, self._vault),
            self._watch,
            outside.look,
            outside.glance,
            outside.heartbeat,
            outside.rehearsals(place, state, clock.now),
        )
        self._runner.report_to(self._engine)
        self._server = Server(place, self)
        self.release = state.release

    async def run(self) -> bool:
        """Serve and drive until the release is closed, or a signal asks to stop; whether it is closed."""
        await self._vault.fetch()
        self._begin()
        await self._outside.begin(self._engine)
        with real_time():
            await self._listen()
            pulsing = asyncio.create_task(self._pulse())
        driving = asyncio.create_task(self._engine.run())
        stopping = _on_signal(driving)
        try:
            await driving
        except asyncio.CancelledError:
            if not stopping.is_set():
                raise
        finally:
            pulsing.cancel()
            closed = self._engine.is_over
            await self._server.close("the release is closed" if closed else "the engine stops")
            await self._runner.close()
            await self._watch.close()
            await self._hosts.close()
            await self._requests.close()
            await self._outside.close()
            self._bulk.close()
            self._journal.close()
        return closed

    async def _listen(self) -> None:
        try:
            with disk(self._place.socket):
                await self._server.start()
        except StorageFull:
            if not self._journal.release_reserve():
                raise
            await self._server.start()

    def _begin(self) -> None:
        outside = self._outside
        alive = self._watch.alive() if self._engine.state.epoch else None
        started = EngineStarted(
            epoch=self.epoch, pid=outside.pid, machine=outside.machine, version=__version__, alive=alive
        )
        self._engine.happened(started)
        missed, missing = set(self._engine.state.missing) - {AGENT}, set(self._vault.missing)
        if found := tuple(sorted(missed - missing)):
            self._engine.happened(CredentialsSupplied(names=found, by=ITSELF))
        if missing:
            self._engine.happened(CredentialsMissed(names=tuple(sorted(missing))))

    def _agent_missed(self) -> None:
        self._engine.happened(CredentialsMissed(names=(AGENT,)))

    def _want(self, state: State, effects: frozenset[Effect], over: tuple[Effect, ...]) -> None:
        self._runner.want(state, effects, over)

    def _tell(self, records: tuple[Record, ...]) -> None:
        self._server.recorded()
        self._outside.recorded(records)

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(PULSE)
            changed, trouble = self._live.changed(), self._trouble
            if changed or trouble != self._server.trouble:
                self._server.show(self._live.all(), trouble)
            for pulse in changed:
                self._server.printed(pulse.attempt)
            self._server.timed(self._outside.time())
            if self._board.changed(self._now()):
                self._server.measured(self._board.all(), self._watch.judgements())

    @property
    def _trouble(self) -> str:
        """What clients are told of a disk that takes nothing more."""
        if found := self._engine.trouble or self._store.trouble:
            return f"the disk is full: {found}"
        if self._journal.reserve_is_out:
            return "the disk is nearly full: nothing is kept in reserve"
        return self._watch.trouble

    @property
    def last(self) -> int:
        """The number of the last record."""
        return self._engine.state.seq

    def records(self, after: int) -> Iterable[Record]:
        """The records behind this number."""
        return self._journal.read(after)

    async def submit(self, login: str, intent: AnyIntent, played: str = "") -> Refusal | None:
        """Decide on an intent."""
        if played and self._outside.mode != "rehearsal":
            return Refusal("nobody is played here: this is no rehearsal", "act under your own login")
        return await self._engine.ask(played or login, intent)

    async def supply(self, login: str, values: Mapping[str, str], agent: str) -> Refusal | None:
        """Take secrets and an agent; what was missed by name is there again."""
        taken = set(self._vault.supply(values))
        if agent and self._outside.use_agent(agent):
            taken.add(AGENT)
        supplied = tuple(sorted(taken & set(self._engine.state.missing)))
        if supplied:
            self._engine.happened(CredentialsSupplied(names=supplied, by=login))
        return None

    def series(self, metric: str, host: str, since: float) -> tuple[Reading, ...]:
        """The stored readings of a metric from a moment on, the latest `SERIES` of them."""
        return tuple(deque(self._readings.since(metric, host, since), maxlen=SERIES))

    def output(self, attempt: str, offset: int, length: int) -> Chunk:
        """Stored output bytes of an attempt."""
        running = self._engine.state.attempts.get(attempt)
        ended = running is None or running.outcome is not None
        data = self._bulk.read(attempt, offset, length)
        return Chunk(data, ended and offset + len(data) >= self._bulk.size(attempt))


def _on_signal(driving: asyncio.Task[None]) -> asyncio.Event:
    stopping = asyncio.Event()

    def stop() -> None:
        stopping.set()
        driving.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop)
    return stopping


def serve(place: Place) -> bool:
    """Drive the release that lies there until it is closed (true) or a signal says stop; JournalError ends it too."""
    outside = Production(Settings.load())
    journal = sqlite.open(place.journal, place.file_mode)
    return asyncio.run(Daemon(place, journal, outside).run())
