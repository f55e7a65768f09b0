"""All hosts of a rehearsal, how they are reached, and what can happen to them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cockpit.engine.clock import real_time
from cockpit.execution.contract import HERE
from cockpit.execution.local import LocalMachine
from cockpit.execution.machine import Machine
from cockpit.execution.settings import Limits
from cockpit.execution.ssh import Network, SshMachine
from cockpit.rehearsal.real.files import make_folder
from cockpit.rehearsal.real.host import HOME, Host, environment_of, kept_key
from cockpit.rehearsal.real.program import Program
from cockpit.rehearsal.real.survivors import kill
from cockpit.rehearsal.real.way import login_of, tell

CALL: Final = 0.05
"""Seconds that a call to a host takes about; on a slow one it takes so many times longer."""

LEAVING: Final = 2.0
"""Seconds in which a wrapper that nobody listens to may end by itself."""


class Servers:
    """SSH servers on loopback, one for each of these hosts, all below `folder`; and this machine, with a HOME there.

    A later object of the same folder has the same keys, boot ids and run folders, and its hosts the commands that run.
    """

    def __init__(self, folder: Path, hosts: Iterable[str]) -> None:
        self.folder = make_folder(folder.resolve())
        self._key = self.folder / "login_key"
        self._client = kept_key(self._key)
        self._hosts = {name: Host(name, make_folder(self.of(name))) for name in dict.fromkeys(hosts) if name != HERE}
        home = make_folder(self.of(HERE) / HOME)
        self._here = LocalMachine(environment_of(home))
        self._homes = [home, *(host.home for host in self._hosts.values())]

    def of(self, host: str) -> Path:
        """The folder of a host, or of this machine."""
        return self.folder / "hosts" / host

    def machine(self, host: str, limits: Limits) -> Machine:
        """What a host is talked to through: over its SSH server, and as its own ssh_config alone has it."""
        if host == HERE:
            return self._here
        return SshMachine(host, Network(login_of(self.of(host)), limits))

    async def start(self) -> None:
        """Take connections on every host."""
        for host in self._hosts:
            await self.up(host)

    async def close(self, *, keep: bool = False) -> None:
        """Drop all connections, and kill what runs; with `keep`, what was detached goes on for the next engine."""
        with real_time():
            dropped = []
            for host in self._hosts.values():
                host.deafen()
                dropped += host.cut()
            await asyncio.gather(*(connection.wait_closed() for connection in dropped))
            if not keep:
                kill(self._homes)
            await self._leave()

    def is_down(self, host: str) -> bool:
        """Whether the host takes no connections."""
        return host in self._hosts and self._hosts[host].down

    def down(self, host: str) -> None:
        """Cut the host off; what runs there goes on."""
        with real_time():
            self._hosts[host].deafen()
            self._hosts[host].cut()

    async def up(self, host: str) -> None:
        """Take connections there again."""
        with real_time():
            await self._hosts[host].listen(self._client)
        tell(self._hosts[host], self._key)

    def cut(self, host: str) -> None:
        """Drop the connections to the host; new ones are taken."""
        with real_time():
            self._hosts[host].cut()

    def reboot(self, host: str) -> None:
        """Lose what runs on the host, which stays down until it is told to be up, and has another boot id then."""
        self.down(host)
        kill([self._hosts[host].home])
        self._hosts[host].restart()

    def slow(self, host: str, factor: float) -> None:
        """Let calls to the host take so many times longer; 1 is as fast as it gets."""
        self._hosts[host].pause = max(0.0, factor - 1) * CALL

    def fill(self, host: str, *, full: bool) -> None:
        """Let the host's disk be full, so that nothing new can be started there, or not any more."""
        self._hosts[host].fill(full=full)

    async def _leave(self) -> None:
        """Wait for the wrappers that find nobody to talk to, and end those that do not care."""
        await asyncio.gather(*(task for host in self._hosts.values() for task in host.starting))
        running = [program for host in self._hosts.values() for program in host.programs]
        if not await _ended(running):
            for program in running:
                program.kill()
            await _ended(running)


async def _ended(programs: Iterable[Program]) -> bool:
    try:
        async with asyncio.timeout(LEAVING):
            for program in programs:
                await program.ended.wait()
    except TimeoutError:
        return False
    return True
