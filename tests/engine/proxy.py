"""A way to a host that can stall: bytes stop going through, and neither end is told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

from tests.loopback.sshd import Host

PIECE = 1 << 14


class Proxy:
    """Forwards connections to a host's server; `port` is on the host's address."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._going = asyncio.Event()
        self._going.set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self._host.address, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def stall(self) -> None:
        """Let nothing through from now on; connections stay open, and new ones are taken."""
        self._going.clear()

    def go_on(self) -> None:
        """Let everything through again, what has waited first."""
        self._going.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host.address, self._host.port)
        for source, sink in ((reader, back), (there, writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while data := await source.read(PIECE):
                    await self._going.wait()
                    sink.write(data)
                    await sink.drain()
        finally:
            sink.close()
