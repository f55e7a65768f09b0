"""A modelled web: the real requests, answered without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import httpx

from cockpit.execution.contract import HttpOrder, Sink
from cockpit.execution.http import Answer, Requests
from tests.simulation.loop import World


class Sent(NamedTuple):
    """A request that a server heard, for the checker."""

    id: str
    method: str
    at: float
    known: int


class Reply(NamedTuple):
    """What a server does: seconds to its answer, status; `refused`: nobody listens, `silent`: it answers nothing."""

    seconds: float
    status: int
    refused: bool = False
    silent: bool = False


class Web:
    """Every server; `known` tells how long the journal of the release in hand is."""

    def __init__(self, world: World, reply: Callable[[str], Reply]) -> None:
        self.world, self.reply = world, reply
        self.sent: list[Sent] = []


class ModelledRequests(Requests):
    """`http.Requests` whose servers are modelled."""

    def __init__(self, web: Web, touch: Callable[[str, bool], bool], known: Callable[[], int]) -> None:
        super().__init__()
        self._web, self._touch, self._known = web, touch, known

    async def _ask(self, order: HttpOrder, sink: Sink) -> Answer:
        reply = self._web.reply(order.id)
        await asyncio.sleep(0.01)
        if self._touch("http", True) or reply.refused:
            raise httpx.ConnectError("nobody listens")
        self._web.sent.append(Sent(order.id, order.method.upper(), self._web.world.now, self._known()))
        if self._touch("http", False):
            raise httpx.ReadError("the connection broke")
        await asyncio.sleep(1e6 if reply.silent else reply.seconds)
        line = f"HTTP/1.1 {reply.status}"
        sink(f"{line}\n\n".encode())
        return Answer(reply.status, line, b"", True)
