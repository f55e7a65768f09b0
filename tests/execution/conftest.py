"""Attempts on real hosts: a transport of the test's own, and what its commands print."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cockpit.execution.contract import HERE, Ended, Identity, Order, Reached
from cockpit.execution.hosts import Hosts
from cockpit.execution.settings import Limits, Login, Run
from tests.conftest import Home
from tests.loopback.fleet import Fleet

EVERY = ("web-1", "web-2", "web-3", HERE)
"""dash, busybox ash and bash over SSH, and this machine."""

QUICK = Limits(connect=5, refused=5, answer=10, silence=10, patience=10, grace=1, keepalive=0.3, probes=2)

as_root = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("sudo"), reason="needs root and sudo")


def signals_here(*masks: str) -> bytes:
    """The lines of /proc that tell a process which signals are blocked or ignored, as our children have them."""
    command = ["grep", "-E", "|".join(masks), "/proc/self/status"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@dataclass
class Screen:
    """What an attempt printed, and what was said of its link."""

    data: bytearray = field(default_factory=bytearray)
    links: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, data: bytes) -> None:
        self.data += data
        self._changed.set()

    def link(self, reason: str) -> None:
        self.links.append(reason)
        self._changed.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def shows(self, text: bytes) -> None:
        await self.until(lambda: text in self.data)


@dataclass(frozen=True)
class Ran:
    """How an attempt ended, and its output."""

    ended: Ended
    output: bytes


@dataclass
class Bench:
    """One release's transport; `home(host)` is the login's HOME there."""

    fleet: Fleet
    own: Home
    limits: Limits = QUICK
    hidden: tuple[str, ...] = ()
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    _made: list[Hosts] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hosts = self.another()

    def another(self, nonce: str = "", release: str = "tradepulse-1") -> Hosts:
        """A further transport: an engine that was started again, or another release."""
        run = Run(release, nonce or self.nonce, "ana", "bastion")
        hosts = Hosts(run, Login(config=str(self.fleet.ssh_config)), self.limits, lambda: self.hidden)
        self._made.append(hosts)
        return hosts

    async def close(self) -> None:
        for hosts in self._made:
            await hosts.close()

    def home(self, host: str) -> Path:
        return self.own.user if host == HERE else self.fleet[host].home

    def folder(self, host: str) -> Path:
        return self.home(host) / ".cockpit" / "releases" / self.nonce

    async def identity(self, host: str) -> Identity:
        reached = await self.hosts.reach(host)
        assert isinstance(reached, Reached), reached
        return reached.identity

    async def order(self, host: str, script: str, id: str = "", *, fresh: bool = True, **more: object) -> Order:  # noqa: A002
        identity = await self.identity(host)
        return Order(id or secrets.token_hex(6), host, script, identity, fresh=fresh, **more)  # type: ignore[arg-type]

    async def run(self, host: str, script: str, id: str = "", **more: object) -> Ran:  # noqa: A002
        return await self.carry_out(await self.order(host, script, id, **more))  # type: ignore[arg-type]

    async def carry_out(self, order: Order, screen: Screen | None = None, hosts: Hosts | None = None) -> Ran:
        screen = screen or Screen()
        async with asyncio.timeout(60):
            ended = await (hosts or self.hosts).run(order, screen.write, screen.link)
        return Ran(ended, bytes(screen.data))


@pytest.fixture
async def bench(fleet: Fleet, home: Home) -> AsyncIterator[Bench]:
    """A transport over the fleet that runs during all tests."""
    made = Bench(fleet, home)
    yield made
    await made.close()
