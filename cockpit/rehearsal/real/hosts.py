"""What happens to the real hosts of a rehearsal: they are as the world's faults want them, from moment to moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cockpit.execution.contract import HERE, Order, Question
from cockpit.execution.settings import Run
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.pace import Pace
from cockpit.rehearsal.real.servers import Servers
from cockpit.rehearsal.real.transport import RealTransport
from cockpit.rehearsal.world import Site


class RealHosts:
    """The servers of a rehearsal, on which `site` says what happens."""

    def __init__(self, folder: Path, hosts: tuple[str, ...], site: Site, pace: Pace) -> None:
        self._names = tuple(host for host in hosts if host != HERE)
        self._servers = Servers(folder, self._names)
        self._site, self._pace = site, pace
        self._seen = len(site.blows)
        self._slow = dict.fromkeys(self._names, 1.0)
        self._full = dict.fromkeys(self._names, False)
        self._keeping: asyncio.Task[None] | None = None
        self._struck = asyncio.Event()

    def transport(self, run: Run) -> RealTransport:
        """What they are talked to through."""
        return RealTransport(self._servers, run, self._play, _look, lambda: self._pace.speed or 1.0)

    async def start(self) -> None:
        """Let them take connections, as far as nothing is wrong with them."""
        await self._servers.start()
        await self._apply()
        self._keeping = asyncio.create_task(self._keep())

    def strike(self) -> None:
        """Something has gone wrong just now."""
        self._struck.set()

    async def close(self, *, keep: bool) -> None:
        """Drop all connections; with `keep`, what runs there goes on for the next engine."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        await self._servers.close(keep=keep)

    def _play(self, order: Order) -> Habit:
        return self._site.doing(order.id).habit

    async def _keep(self) -> None:
        """Change what is to change when a fault begins or is over."""
        while True:
            now = self._pace.now()
            ends = (blow.over for blow in self._site.blows if blow.over is not None and blow.over > now)
            try:
                async with asyncio.timeout(min((end - now for end in ends), default=None)):
                    await self._struck.wait()
            except TimeoutError:
                pass
            self._struck.clear()
            await self._apply()

    async def _apply(self) -> None:
        self._restart()
        now = self._pace.now()
        for host in self._names:
            away = self._site.away(host, now) is not None
            if away and not self._servers.is_down(host):
                self._servers.down(host)
            elif not away and self._servers.is_down(host):
                await self._servers.up(host)
            slow = self._site.struck(now, "host-slow", host=host)
            factor = (slow.fault.value or 5.0) if slow else 1.0
            if factor != self._slow[host]:
                self._servers.slow(host, factor)
                self._slow[host] = factor
            full = self._site.struck(now, "disk-full", host=host) is not None
            if full != self._full[host]:
                self._servers.fill(host, full=full)
                self._full[host] = full

    def _restart(self) -> None:
        """Reboot what is to be rebooted, each time once: an engine that comes later finds it done."""
        new, self._seen = self._site.blows[self._seen :], len(self._site.blows)
        for blow in new:
            if blow.fault.kind == "host-reboot":
                for host in blow.fault.hosts or self._names:
                    if host in self._names:
                        self._servers.reboot(host)


def _look(question: Question) -> bytes | str:
    return f"{question.host} is played, and has nothing to look at"
