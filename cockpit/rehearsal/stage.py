"""What the engine of a rehearsal meets: everything is played, and nothing of it is anywhere else."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Mapping
from time import time

from cockpit.engine.clock import Clock, real_time
from cockpit.engine.engine import Engine
from cockpit.engine.instruments import Sources
from cockpit.engine.place import Place
from cockpit.engine.rehearsed import Finder, note, of_this_one
from cockpit.engine.vault import Vault
from cockpit.errors import CockpitError
from cockpit.execution.contract import Transport
from cockpit.execution.settings import Run
from cockpit.playbook.plan import Plan, Secret
from cockpit.rehearsal.hosts import Fates, ModelledHosts
from cockpit.rehearsal.pace import Pace
from cockpit.rehearsal.people import People
from cockpit.rehearsal.real.hosts import RealHosts
from cockpit.rehearsal.requests import ModelledRequests
from cockpit.rehearsal.scenario import Fault, Scenario
from cockpit.rehearsal.telemetry.mixed import MixedSources
from cockpit.rehearsal.telemetry.signal import Signal
from cockpit.rehearsal.telemetry.sources import ModelledSources
from cockpit.rehearsal.telemetry.telemetry import Telemetry
from cockpit.rehearsal.world import Site
from cockpit.release.events import Ended, FaultBegan, Mode, Record, Setting
from cockpit.release.state import State

log = logging.getLogger(__name__)

BESIDE = 1.0
"""The speed of a rehearsal at full speed while it waits for somebody who really sits there."""


class PlayedClock(Clock):
    """The rehearsal's time."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def now(self) -> float:
        """This moment."""
        return self._pace.now()


class PlayedVault(Vault):
    """Secrets that are none: no source is read."""

    def __init__(self, declared: Mapping[str, Secret]) -> None:
        super().__init__(declared)
        self.supply({name: f"rehearsal-of-{name}" for name in declared})

    async def fetch(self) -> None:
        """There is nothing to be read."""


class Stage:
    """Keeps `Surroundings`, for the rehearsal of one plan; `past` are its records so far."""

    mode: Mode = "rehearsal"
    machine = "rehearsal"
    pid = 0
    heartbeat = fence = 3600.0
    glance = 15.0

    def __init__(
        self, plan: Plan, scenario: Scenario, setting: Setting, pace: Pace, past: Iterable[Record], place: Place
    ) -> None:
        self._plan, self._scenario, self._pace, self._place = plan, scenario, pace, place
        self._hosts = tuple(dict.fromkeys(host for hosts in plan.groups.values() for host in hosts))
        self._site = Site(plan, scenario, setting.seed)
        for record in past:
            self._site.take(record)
        self._fates = Fates(pace.now)
        self._people = People(scenario, self._site, setting.seed, pace.now)
        self._signal = Signal(plan, scenario, setting.seed, self._site)
        self._real = RealHosts(place.hosts, self._hosts, self._site, pace) if setting.real else None
        self._telemetry = Telemetry(self._signal, pace.now) if setting.real else None
        self._ahead: dict[str, asyncio.Task[None]] = {}
        self._engine: Engine | None = None

    def clock(self, not_before: float) -> Clock:  # noqa: ARG002  the pace begins behind it
        """See `Surroundings`."""
        return PlayedClock(self._pace)

    def vault(self, declared: Mapping[str, Secret]) -> Vault:
        """See `Surroundings`."""
        return PlayedVault(declared)

    def transport(self, plan: Plan, run: Run, vault: Vault, missed: Callable[[], object]) -> Transport:  # noqa: ARG002  nobody logs in
        """See `Surroundings`."""
        if self._real is not None:
            return self._real.transport(run)
        return ModelledHosts(self._site, self._hosts, self._pace.now, self._fates)

    def requests(self) -> ModelledRequests:
        """See `Surroundings`."""
        return ModelledRequests(self._site, self._pace.now)

    def sources(self) -> Sources:
        """See `Surroundings`."""
        modelled = ModelledSources(self._signal, self._pace.now, self._state, thin=self._real is None)
        if self._telemetry is None:
            return modelled
        return MixedSources(self._telemetry, modelled, lambda: self._pace.speed)

    async def look(self, path: str, step: str) -> tuple[str, str]:
        """See `Surroundings`."""
        now = self._pace.now()
        was = f"{path}\0{self._site.struck(now, 'file-changed', step=step) is not None}"
        return hashlib.sha256(was.encode()).hexdigest(), ""

    def rehearsals(self, place: Place, state: State, now: Callable[[], float]) -> Finder:  # noqa: ARG002  no other counts
        """See `Surroundings`."""
        return of_this_one(state, now)

    def use_agent(self, path: str) -> bool:  # noqa: ARG002  nobody logs in
        """See `Surroundings`."""
        return False

    def time(self) -> tuple[float, float]:
        """See `Surroundings`."""
        return self._pace.shown(), self._pace.speed

    async def begin(self, engine: Engine) -> None:
        """See `Surroundings`."""
        self._engine = engine
        if self._real is not None:
            await self._real.start()
        if self._telemetry is not None:
            with real_time():
                await self._telemetry.start()
        self._people.meet(engine)
        self._foresee()
        self._keep_pace()

    def recorded(self, records: tuple[Record, ...]) -> None:
        """See `Surroundings`."""
        for record in records:
            self._site.take(record)
        struck = [record.event for record in records if isinstance(record.event, FaultBegan)]
        if any(event.kind == "engine-killed" for event in struck):
            os.kill(os.getpid(), signal.SIGKILL)
        if struck:
            self._fates.happen()
            if self._real is not None:
                self._real.strike()
        if any(isinstance(record.event, Ended) for record in records):
            self._note()
        self._foresee()
        self._people.look()
        self._keep_pace()

    async def close(self) -> None:
        """See `Surroundings`."""
        for task in self._ahead.values():
            task.cancel()
        await asyncio.gather(*self._ahead.values(), return_exceptions=True)
        await self._people.close()
        if self._real is not None:
            assert self._engine is not None
            await self._real.close(keep=not self._engine.is_over)
            if self._engine.is_over:
                shutil.rmtree(self._place.hosts, ignore_errors=True)
        if self._telemetry is not None:
            with real_time():
                await self._telemetry.close()

    def _note(self) -> None:
        """Let later releases of this plan know of the rehearsal."""
        try:
            note(self._place, self._state(), time())
        except CockpitError as error:
            log.warning("it is not noted that this was rehearsed: %s", error)

    def _state(self) -> State:
        assert self._engine is not None
        return self._engine.state

    def _foresee(self) -> None:
        """Let every fault come at its time, as soon as that is known."""
        begun = {blow.fault.id for blow in self._site.blows}
        for fault in self._scenario.faults:
            moment = self._site.moment(fault.when)
            if moment is not None and fault.id not in begun and fault.id not in self._ahead:
                self._ahead[fault.id] = asyncio.create_task(self._strike(fault, moment))

    async def _strike(self, fault: Fault, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self._pace.now()))
        engine = self._engine
        if engine is not None and engine.state.end is None:
            engine.happened(fault.event)

    def _keep_pace(self) -> None:
        rehearsal = self._state().rehearsal
        assert rehearsal is not None
        wanted = rehearsal.speed
        self._pace.set(BESIDE if not wanted and self._people.waits_for_somebody_real() else wanted)
