"""Attempts from their start, or from where an engine that died left them, to how they ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import assert_never

from msgspec.structs import replace

from cockpit.engine.live import Live
from cockpit.engine.orders import Orders
from cockpit.engine.tap import FULL_PAUSE, Tap, Taps
from cockpit.execution.contract import Ended, HttpOrder, Order, Requester, Transport
from cockpit.release.advice import advice_of, fitting
from cockpit.release.effects import Effect, Kill, Try
from cockpit.release.events import AnyEvent, AttemptEnded, LinkLost
from cockpit.release.state import Attempt, State

DRAIN = 5.0
"""Seconds that the output of a killed attempt may take to arrive."""

UNDRAINED = "the end of its output may be missing"
SOUGHT = "found on the host behind the end of a broken journal"
UNHIDDEN = "its captures are left out, since its secrets are not known here to be kept out of them"


class Attempts:
    """Follows attempts and kills them. `going` are the effects that are being carried out; `report` is told the end."""

    def __init__(
        self,
        transport: Transport,
        requests: Requester,
        taps: Taps,
        live: Live,
        orders: Orders,
        going: Mapping[Effect, asyncio.Task[None]],
        report: Callable[[AnyEvent], None],
    ) -> None:
        self._transport, self._requests = transport, requests
        self._taps, self._live, self._orders = taps, live, orders
        self._going, self._report = going, report
        self._sent: set[str] = set()
        self._starved: set[str] = set()
        """Those whose output waits for room."""
        self._drained: dict[str, asyncio.Event] = {}

    async def follow(self, state: State, id: str) -> None:  # noqa: A002  an attempt's id
        """Start an attempt, or go on with it where it runs already, until it has ended."""
        attempt = state.attempts[id]
        await self._orders.complete(state, attempt)
        order = self._orders.order(state, attempt, self._taps.size(id))
        drained = self._drained.setdefault(id, asyncio.Event())
        ended = await self._carry_out(order)
        drained.set()
        if ended.outcome in ("error", "unknown") and isinstance(order, Order):
            # What the host is must be asked anew before anything else starts there.
            self._report(LinkLost(host=attempt.host, reason=ended.reason))
        kill = self._going.get(Kill(id))
        if kill and ended.outcome in ("stopped", "unknown"):
            await asyncio.wait([kill])
        else:
            await self._ended(state, attempt, ended)

    async def kill(self, state: State, id: str) -> None:  # noqa: A002
        """Stop an attempt, and see that it has ended."""
        attempt = state.attempts[id]
        order = self._orders.halting(state, attempt)
        if isinstance(order, HttpOrder):
            if follower := self._going.get(Try(id)):
                follower.cancel()
            await self._ended(state, attempt, self._requests.cancelled(order))
            return
        ended = await self._transport.stop(order)
        ended = ended or Ended("unknown", reason="it was told to stop, and that could not be confirmed")
        ended = await self._with_output(attempt, ended)
        if ended.captures and not self._orders.hides(state, attempt):
            ended = _with(replace(ended, captures={}), UNHIDDEN)
        await self._ended(state, attempt, ended)

    async def _carry_out(self, order: Order | HttpOrder | Ended) -> Ended:
        match order:
            case Ended():
                return order
            case HttpOrder():
                return await self._requests.send(order, self._taps.open(order.id).write)
            case Order():
                return await self._run(order)
            case _:
                assert_never(order)

    async def _run(self, order: Order) -> Ended:
        """Start or follow the attempt; while the disk is full its output waits on the host."""
        while True:
            tap = self._taps.open(order.id)
            order = replace(order, offset=tap.at, fresh=order.fresh and order.id not in self._sent)
            self._sent.add(order.id)
            if ended := await self._until_full(order, tap):
                self._starved.discard(order.id)
                return ended
            await asyncio.sleep(FULL_PAUSE)

    async def _until_full(self, order: Order, tap: Tap) -> Ended | None:
        """How the attempt ended; None once there is no room for what it prints."""
        link = partial(self._link, order.host, order.id)
        running = asyncio.ensure_future(self._transport.run(order, tap.write, link))
        full = asyncio.ensure_future(tap.full.wait())
        try:
            await asyncio.wait([running, full], return_when=asyncio.FIRST_COMPLETED)
            if not tap.full.is_set():
                return await running
            self._starved.add(order.id)
            return None
        finally:
            running.cancel()
            full.cancel()

    def _link(self, host: str, id: str, reason: str) -> None:  # noqa: A002
        self._live.link(id, reason)
        if reason:
            self._report(LinkLost(host=host, reason=reason))

    async def _with_output(self, attempt: Attempt, ended: Ended) -> Ended:
        """Wait a while for the end of a killed attempt's output; nobody follows that of one that was sought."""
        if attempt.sought:
            return ended if ended.outcome == "error" else _with(ended, SOUGHT)
        if attempt.id in self._starved:
            return _with(ended, UNDRAINED)
        try:
            await asyncio.wait_for(self._drained.setdefault(attempt.id, asyncio.Event()).wait(), DRAIN)
        except TimeoutError:
            return _with(ended, UNDRAINED)
        return ended

    async def _ended(self, state: State, attempt: Attempt, ended: Ended) -> None:
        size, digest = await self._taps.seal(attempt.id)
        self._live.ended(attempt.id)
        self._drained.pop(attempt.id, None)
        self._starved.discard(attempt.id)
        self._report(
            AttemptEnded(
                id=attempt.id,
                outcome=ended.outcome,
                exit=ended.exit,
                reason=ended.reason,
                seconds=ended.seconds,
                captures=ended.captures,
                size=size,
                sha256=digest,
                advice=self._advice(state, attempt, ended, size),
            )
        )

    def _advice(self, state: State, attempt: Attempt, ended: Ended, size: int) -> int:
        """The number of the step's advice that fits how an attempt ended."""
        if ended.outcome == "passed" or not (advice := advice_of(state.steps[attempt.step].step)):
            return 0
        return fitting(advice, ended.exit, f"{ended.reason}\n{self._taps.tail(attempt.id, size)}")


def _with(ended: Ended, reason: str) -> Ended:
    return replace(ended, reason="; ".join(filter(None, (ended.reason, reason))))
