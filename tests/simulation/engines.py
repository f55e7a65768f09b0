"""One engine process in virtual time: put together as the daemon does it, without its socket."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from cockpit.engine.clock import Clock
from cockpit.engine.engine import Engine
from cockpit.engine.live import Live
from cockpit.engine.orders import Orders
from cockpit.engine.runner import Runner
from cockpit.engine.vault import Vault
from cockpit.engine.visits import AGENT
from cockpit.engine.watch import Watch
from cockpit.errors import JournalError, WriterBusy
from cockpit.execution.settings import Run
from cockpit.release.events import ITSELF, CredentialsMissed, CredentialsSupplied, EngineStarted
from cockpit.release.intents import AnyIntent
from tests.simulation.hosts import ModelledHosts, Site, Way
from tests.simulation.loop import Loop
from tests.simulation.sources import ModelledSources, Nature
from tests.simulation.store import Disk, MemoryJournal, MemoryOutput, MemorySamples
from tests.simulation.web import ModelledRequests, Web


class VirtualClock(Clock):
    """The engine's clock, over virtual time; `offset` is the wall clock's less the world's when the engine starts."""

    def __init__(self, now: Callable[[], float], offset: float, not_before: float) -> None:
        self._now = now
        self._offset = max(now() + offset, not_before) - now()

    def now(self) -> float:
        return self._now() + self._offset


class Outside:
    """What one engine meets: its disk, hosts, servers and clocks."""

    def __init__(self, site: Site, web: Web, disk: Disk, way: Way, nature: Nature) -> None:
        self.site, self.web, self.disk, self.way, self.nature = site, web, disk, way, nature
        self.crash: Callable[[int, bool], None] = lambda _number, _before: None
        self.wall = 1_700_000_000.0
        self.suspended = 0.0
        self.engine: type[Engine] = Engine
        self.file: Callable[[], str] = lambda: ""

    async def look(self, _path: str, _step: str) -> tuple[str, str]:
        """What a file on the engine's machine is."""
        return self.file(), ""

    def steady(self) -> float:
        """Seconds that go on while the machine sleeps."""
        return self.site.now + self.suspended


class Process:
    """An engine's process, from its claim to its end. `over` says how it ended; empty while it lives or was killed."""

    def __init__(self, outside: Outside, number: int, *, force: bool = False) -> None:
        self.outside, self.number, self.force = outside, number, force
        self.loop: Loop = outside.site.loop(f"engine {number}")
        self.over = ""
        self.defect = ""
        self.engine: Engine | None = None
        self._journal: MemoryJournal | None = None
        self.began = self.gone = outside.site.now
        self._main = self.loop.create_task(self._live())

    @property
    def alive(self) -> bool:
        """Whether it can be asked something."""
        return not (self.loop.dead or self.over) and self.engine is not None

    def ask(self, login: str, intent: AnyIntent) -> None:
        """Ask for something, as a client does; the answer is not waited for."""
        if self.engine is not None:
            self.loop.create_task(self.engine.ask(login, intent))

    def supply(self, login: str, values: Mapping[str, str], *, agent: bool) -> None:
        """Hand over secrets and an agent, as the daemon takes them."""
        if self.engine is None:
            return
        taken = {*self._vault.supply(values), *([AGENT] if agent else [])}
        if supplied := tuple(sorted(taken & set(self.engine.state.missing))):
            self.engine.happened(CredentialsSupplied(names=supplied, by=login))

    async def _live(self) -> None:
        try:
            self.over = await self._drive()
        except WriterBusy:
            self.over = "busy"
        except JournalError as error:
            self.over = str(error)
        except Exception as error:
            self.over = self.defect = f"the engine fell over: {error!r}"
            logging.getLogger(__name__).exception("the engine fell over")
        self.gone = self.outside.site.now

    async def _drive(self) -> str:
        outside = self.outside
        self._journal = journal = MemoryJournal(outside.disk, outside.crash)
        try:
            epoch = journal.claim(force=self.force)
            last = max((record.at for record in journal.read(max(0, journal.last - 1))), default=0.0)
            clock = VirtualClock(outside.steady, outside.wall - outside.suspended, last)
            live = Live(clock.now)
            engine = outside.engine(journal, clock, self._want, lambda _records: None)
            state = engine.state
            self._vault = Vault(state.the_plan.secrets)
            run = Run(state.release, state.nonce, state.captain, "bastion")
            hosts = ModelledHosts(outside.site, outside.way, run, lambda: self._vault.values)
            requests = ModelledRequests(outside.web, outside.way.touch, lambda: len(outside.disk.rows))
            output = MemoryOutput(outside.disk)
            sources = ModelledSources(outside.nature, clock.now, outside.way.touch)
            samples: Any = MemorySamples(outside.disk)
            watch = Watch(
                lambda: engine.state,
                self._vault,
                hosts.ask,
                sources,
                samples,
                clock.now,
                engine.happened,
                lambda _measured: None,
            )
            self._runner = Runner(
                hosts, requests, output, live, Orders(state, self._vault), watch, outside.look, glance=15.0
            )
            self._runner.report_to(engine)
            await self._vault.fetch()
            self._begin(engine, epoch, watch.alive() if engine.state.epoch else None)
            self.engine = engine
            try:
                await engine.run()
            finally:
                if not self.loop.dead:
                    await self._runner.close()
                    await watch.close()
            return "closed"
        finally:
            journal.close()

    def _begin(self, engine: Engine, epoch: int, alive: float | None) -> None:
        engine.happened(EngineStarted(epoch=epoch, pid=self.number, machine="bastion", version="0", alive=alive))
        missed, missing = set(engine.state.missing) - {AGENT}, set(self._vault.missing)
        if found := tuple(sorted(missed - missing)):
            engine.happened(CredentialsSupplied(names=found, by=ITSELF))
        if missing:
            engine.happened(CredentialsMissed(names=tuple(sorted(missing))))

    def _want(self, *wanted: object) -> None:
        self._runner.want(*wanted)  # type: ignore[arg-type]

    def kill(self) -> None:
        """End it as SIGKILL does; the kernel lets go of its lock."""
        if not self.over:
            self.gone = self.outside.site.now
        self.outside.site.kill(self.loop)
        if self._journal is not None:
            self._journal.close()
