"""Visits to hosts, one after another on each: to reach it, to keep its lock, to clean it up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from cockpit.execution.contract import Holder, NotReached, Transport
from cockpit.release.events import (
    AnyEvent,
    CredentialsMissed,
    HostCleaned,
    HostReached,
    HostUnreachable,
    LockRefused,
    LockTaken,
)
from cockpit.release.state import HostState

T = TypeVar("T")

AGENT = "ssh login"
"""The name under which a missing agent or key is asked for."""

HEARTBEAT = 20.0
"""Seconds between two heartbeats of a lock, and between two looks at one that another release holds."""

SILENT = 3
"""So many heartbeats may be missed until it is said again who holds a lock, and for how long nobody heard of them."""


class Visits:
    """Makes the visits that are wanted; `report` is told what came of each."""

    def __init__(self, transport: Transport, heartbeat: float, report: Callable[[AnyEvent], None]) -> None:
        self._transport, self._heartbeat, self._report = transport, heartbeat, report
        self._latest: dict[str, asyncio.Task[Any]] = {}

    async def close(self) -> None:
        """Give up those that are under way."""
        for visit in self._latest.values():
            visit.cancel()
        await asyncio.gather(*self._latest.values(), return_exceptions=True)

    async def reach(self, host: str) -> None:
        """Find out whether a host can be worked on, and what it is."""
        found = await self._in_turn(host, partial(self._transport.reach, host))
        if not isinstance(found, NotReached):
            what = found.identity
            self._report(
                HostReached(host=host, address=found.address, key=what.key, boot=what.boot, marker=what.marker)
            )
        else:
            self._not_reached(host, found)

    async def keep_lock(self, before: HostState, *, take_over: bool) -> None:
        """Take a host's lock and keep it alive, until this is cancelled or the host is not reached at all."""
        host = before.name
        known: tuple[str, bool] | str = before.lock
        over = before.holder if take_over else ""
        while True:
            holder = await self._in_turn(host, partial(self._transport.lock, host, take_over))
            if holder is None and known != "ours":
                known = "ours"
                self._report(LockTaken(host=host, over=over))
            elif isinstance(holder, Holder):
                found = (holder.nonce, holder.heartbeat_age > SILENT * self._heartbeat)
                if known != found:
                    known = found
                    self._report(_refused(host, holder))
            elif isinstance(holder, NotReached) and known in ("none", "taking"):
                self._not_reached(host, holder)
                return
            await asyncio.sleep(self._heartbeat)

    async def clean(self, host: str) -> None:
        """Take away what the release has left on a host."""
        self._report(HostCleaned(host=host, reason=await self._in_turn(host, partial(self._transport.clean, host))))

    def _not_reached(self, host: str, found: NotReached) -> None:
        if found.credentials:
            self._report(CredentialsMissed(names=(AGENT,)))
        else:
            self._report(HostUnreachable(host=host, reason=found.reason, hint=found.hint))

    async def _in_turn(self, host: str, visit: Callable[[], Coroutine[None, None, T]]) -> T:
        """One after another: one on its way is not given up, since the host may carry it out later."""
        while (before := self._latest.get(host)) and not before.done():
            await asyncio.wait([before])
        going = self._latest[host] = asyncio.create_task(visit())
        return await asyncio.shield(going)


def _refused(host: str, holder: Holder) -> LockRefused:
    return LockRefused(
        host=host,
        release=holder.release,
        login=holder.login,
        machine=holder.machine,
        since=holder.since,
        heartbeat_age=holder.heartbeat_age,
    )
