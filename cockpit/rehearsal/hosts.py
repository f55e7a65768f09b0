"""Modelled hosts: the transport of a rehearsal in this process, in its time, without threads or sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cockpit.execution.contract import (
    Ended,
    Holder,
    Identity,
    LinkReport,
    NotReached,
    Order,
    Question,
    Reached,
    Sink,
)
from cockpit.playbook.plan import HERE
from cockpit.rehearsal.known import Blow
from cockpit.rehearsal.world import Doing, Site

ROUND_TRIP = 0.05
"""Seconds from a question to a host to its answer."""

KILLING = 0.4
"""Seconds that it takes to stop what runs on a host."""

PATIENCE = 900.0
"""Seconds that a link may stay lost before nobody can tell any more what became of an attempt."""

NETWORK = "192.0.2."
"""Addresses that are nobody's."""


class ModelledHosts:
    """Keeps `contract.Transport`. `fates` wake whoever waits when something goes wrong anywhere."""

    def __init__(self, site: Site, names: tuple[str, ...], now: Callable[[], float], fates: Fates) -> None:
        self._site, self._names, self._now, self._fates = site, names, now, fates

    async def reach(self, host: str) -> Reached | NotReached:
        """See `Transport`."""
        await asyncio.sleep(ROUND_TRIP)
        if away := self._away(host):
            return NotReached(host, _why(away), "it is played: it comes back when the fault is over")
        key = "" if host == HERE else f"SHA256:rehearsal-of-{host}"
        identity = Identity(key, f"rehearsal-boot-{self._site.boots(host)}", f"rehearsal-of-{host}")
        return Reached(host, self._address(host), identity)

    async def run(self, order: Order, sink: Sink, link: LinkReport) -> Ended:
        """See `Transport`."""
        doing = self._site.doing(order.id)
        await asyncio.sleep(ROUND_TRIP)
        if doing.refused:
            return Ended("error", reason=f"nothing was started: {doing.refused}")
        sent = order.offset
        while True:
            if away := self._away(order.host):
                link(_why(away))
                if not await self._back(order.host):
                    return Ended("unknown", reason=f"the link stayed lost for {PATIENCE:.0f} s: {_why(away)}")
                link("")
            if order.identity.boot != f"rehearsal-boot-{self._site.boots(order.host)}":
                return Ended("unknown", reason="the host was started anew since this attempt began")
            data = doing.printed(self._now())[sent:]
            if data:
                sink(data)
                sent += len(data)
            if ended := self._ended(doing):
                return ended
            await self._fates.wait(min(_moments(doing, self._now()), default=None))

    async def ask(self, question: Question) -> bytes | str:
        """See `Transport`."""
        return f"{question.host} is played, and has nothing to look at"

    async def stop(self, order: Order) -> Ended | None:
        """See `Transport`."""
        doing = self._site.doing(order.id)
        await asyncio.sleep(KILLING)
        if self._away(order.host):
            return None
        if ended := self._ended(doing):
            return ended
        self._site.stop(order.id, self._now())
        self._fates.happen()
        return self._ended(doing)

    async def lock(self, host: str, take_over: bool) -> Holder | NotReached | None:  # noqa: ARG002  nobody else is there
        """See `Transport`."""
        await asyncio.sleep(ROUND_TRIP)
        away = self._away(host)
        return NotReached(host, _why(away)) if away else None

    async def clean(self, host: str) -> str:  # noqa: ARG002  nothing was left there
        """See `Transport`."""
        await asyncio.sleep(ROUND_TRIP)
        return ""

    async def close(self) -> None:
        """See `Transport`."""

    def _away(self, host: str) -> Blow | None:
        return None if host == HERE else self._site.away(host, self._now())

    async def _back(self, host: str) -> bool:
        """Wait until a host answers again; whether it did in time."""
        until = self._now() + PATIENCE
        while (away := self._away(host)) and self._now() < until:
            await self._fates.wait(until if away.over is None else min(away.over, until))
        return away is None

    def _ended(self, doing: Doing) -> Ended | None:
        now = self._now()
        if doing.stopped is not None:
            return Ended("stopped", seconds=round(doing.stopped - doing.began, 3))
        if doing.lost is not None:
            return Ended("unknown", reason="the host was started anew since this attempt began")
        if doing.ends is None or doing.ends > now:
            return None
        habit = doing.habit
        if habit.outcome:
            return Ended(habit.outcome, reason=habit.reason)
        outcome = Ended("passed" if habit.code == 0 else "failed", exit=habit.code, seconds=habit.seconds)
        return outcome if habit.code else Ended("passed", 0, "", habit.seconds, habit.captures)

    def _address(self, host: str) -> str:
        if host == HERE:
            return ""
        number = self._names.index(host) if host in self._names else len(self._names)
        return f"{NETWORK}{number % 254 + 1}"


class Fates:
    """Waiting for a moment, or for something to go wrong before it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._event = asyncio.Event()

    def happen(self) -> None:
        """Wake everyone who waits."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, until: float | None) -> None:
        """Wait until that moment (None: for ever), or until something happens."""
        event = self._event
        try:
            async with asyncio.timeout(None if until is None else max(0.0, until - self._now())):
                await event.wait()
        except TimeoutError:
            return


def _why(blow: Blow) -> str:
    return {"host-down": "connection refused", "link-lost": "the connection was lost"}.get(
        blow.fault.kind, "it is being started anew"
    )


def _moments(doing: Doing, now: float) -> list[float]:
    return [moment for moment in (doing.next_piece(now), doing.ends) if moment is not None and moment > now]
