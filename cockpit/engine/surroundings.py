"""What an engine meets: hosts, servers, metrics, secrets and the time of day. A rehearsal has its own."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from cockpit.engine import address
from cockpit.engine.clock import Clock
from cockpit.engine.engine import FENCE, Engine
from cockpit.engine.instruments import Outside, Sources
from cockpit.engine.place import Place
from cockpit.engine.rehearsed import Finder, of_home
from cockpit.engine.vault import Vault
from cockpit.engine.visits import HEARTBEAT
from cockpit.execution.contract import Requester, Transport
from cockpit.execution.fingerprint import Fingerprints
from cockpit.execution.hosts import Hosts
from cockpit.execution.http import Requests
from cockpit.execution.settings import Login, Run
from cockpit.playbook.plan import Plan, Secret
from cockpit.release.events import Mode, Record
from cockpit.release.state import State
from cockpit.settings import Settings


class Surroundings(Protocol):
    """Everything outside of one engine. `mode` is that of the releases which may meet it.

    `machine` and `pid` are what the journal says of the engine. `heartbeat` is in seconds between two signs of life of
    a lock, `fence` between two looks whether another engine has taken over, `glance` between two at a file that must
    stay as it is.
    """

    mode: Mode
    machine: str
    pid: int
    heartbeat: float
    fence: float
    glance: float

    def clock(self, not_before: float) -> Clock:
        """The engine's clock, which never shows less than this moment."""

    def vault(self, declared: Mapping[str, Secret]) -> Vault:
        """Where these secrets come from."""

    def transport(self, plan: Plan, run: Run, vault: Vault, missed: Callable[[], object]) -> Transport:
        """The hosts; `missed` is told whenever one refuses a login and the agent that could help is gone."""

    def requests(self) -> Requester:
        """What sends the requests of steps and checks."""

    def sources(self) -> Sources:
        """What metrics are read with."""

    async def look(self, path: str, step: str) -> tuple[str, str]:
        """A file on this machine that must stay as it is from a step on: its SHA-256, or nothing and the reason."""

    def rehearsals(self, place: Place, state: State, now: Callable[[], float]) -> Finder:
        """What finds the rehearsals that count for the release in this place; `now` is its clock."""

    def use_agent(self, path: str) -> bool:
        """Log in by the agent at this socket from now on; whether it answers."""

    def time(self) -> tuple[float, float] | None:
        """What a clock on the wall shows, and how many seconds pass in one (0: as fast as it goes); None: as it is."""

    async def begin(self, engine: Engine) -> None:
        """The engine drives from now on."""

    def recorded(self, records: tuple[Record, ...]) -> None:
        """These records are durable, and part of the engine's state."""

    async def close(self) -> None:
        """Drop what is held open, once the engine has ended."""


class Production:
    """The world as it is: keeps `Surroundings`."""

    mode: Mode = "live"
    heartbeat = HEARTBEAT
    fence = FENCE
    glance = 1.0

    def __init__(self, settings: Settings) -> None:
        self._settings, self._fingerprints = settings, Fingerprints()
        self.machine, self.pid = platform.node(), os.getpid()
        self._hosts: Hosts | None = None

    def clock(self, not_before: float) -> Clock:
        """See `Surroundings`."""
        return Clock(not_before)

    def vault(self, declared: Mapping[str, Secret]) -> Vault:
        """See `Surroundings`."""
        return Vault(declared)

    def transport(self, plan: Plan, run: Run, vault: Vault, missed: Callable[[], object]) -> Transport:
        """See `Surroundings`."""
        login = Login(plan.ssh.user, plan.ssh.jump, self._settings.ssh_config)
        self._hosts = Hosts(run, login, hidden=lambda: vault.values, missed=missed)
        return self._hosts

    def requests(self) -> Requests:
        """See `Surroundings`."""
        return Requests()

    def sources(self) -> Outside:
        """See `Surroundings`."""
        return Outside()

    async def look(self, path: str, step: str) -> tuple[str, str]:  # noqa: ARG002  which step is all the same
        """See `Surroundings`."""
        return await self._fingerprints.of(path)

    def rehearsals(self, place: Place, state: State, now: Callable[[], float]) -> Finder:  # noqa: ARG002  any may count
        """See `Surroundings`."""
        return of_home(place, now)

    def use_agent(self, path: str) -> bool:
        """See `Surroundings`."""
        if self._hosts is None or not address.answers(Path(path)):
            return False
        self._hosts.use_agent(path)
        return True

    def time(self) -> None:
        """See `Surroundings`."""

    async def begin(self, engine: Engine) -> None:
        """See `Surroundings`."""

    def recorded(self, records: tuple[Record, ...]) -> None:
        """See `Surroundings`."""

    async def close(self) -> None:
        """See `Surroundings`."""
