"""A small HTTP server on loopback. Who speaks something else, or too much or too slowly of it, loses the connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import h11
import msgspec

log = logging.getLogger(__name__)

LARGEST: Final = 1 << 20
"""Bytes of a request's body."""

HEAD: Final = 16_384
"""Bytes of a request's head."""

PATIENCE: Final = 30.0
"""Real seconds for a request to arrive, once it has begun, and for its answer to be taken."""

_CHUNK: Final = 65_536
_BODILESS = frozenset({204, 304})
_BROKEN = (h11.RemoteProtocolError, h11.LocalProtocolError, OSError, TimeoutError)


class Request(msgspec.Struct, frozen=True):
    """One request: its target is a path, perhaps with a query."""

    method: str
    target: str
    body: bytes


class Reply(msgspec.Struct, frozen=True):
    """What is answered: JSON, unless it says otherwise."""

    status: int
    body: bytes
    kind: str = "application/json"


Answering = Callable[[Request], Reply | None]
"""Answers a request; None: the connection is closed without an answer."""


class Server:
    """Listens on 127.0.0.1, on a port of the system's choice."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._server: asyncio.Server | None = None
        self._meetings: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen; the URL under which it answers."""
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=_CHUNK)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening, and drop every connection."""
        if self._server is None:
            return
        self._server.close()
        for meeting in self._meetings:
            meeting.cancel()
        await asyncio.gather(*self._meetings, return_exceptions=True)
        await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meeting = asyncio.current_task()
        assert meeting is not None
        self._meetings.add(meeting)
        try:
            await self._converse(reader, writer)
        except _BROKEN:
            pass
        except asyncio.CancelledError:
            return  # a cancelled meeting is no news to the server that started it
        except Exception:
            log.exception("a request for telemetry could not be answered")
        finally:
            self._meetings.discard(meeting)
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD)
        while True:
            request = await _heard(connection, reader)
            reply = self._answering(request) if isinstance(request, Request) else request
            if reply is None:
                return
            await _send(connection, writer, reply)
            if connection.states != {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}:
                return
            connection.start_next_cycle()


async def _heard(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | Reply | None:
    """The next request; what to answer to one that is too large, None when there is no more."""
    head: h11.Request | None = None
    body = bytearray()
    deadline = None
    while True:
        match connection.next_event():
            case h11.NEED_DATA:
                async with asyncio.timeout_at(deadline):
                    connection.receive_data(await reader.read(_CHUNK))
                deadline = deadline or asyncio.get_running_loop().time() + PATIENCE
            case h11.Request() as head:
                if connection.they_are_waiting_for_100_continue:
                    return Reply(417, b"")
            case h11.Data(data=data):
                body += data
                if len(body) > LARGEST:
                    return Reply(413, b"")
            case h11.EndOfMessage():
                assert head is not None
                return Request(head.method.decode("ascii"), head.target.decode("latin-1"), bytes(body))
            case _:
                return None


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, reply: Reply) -> None:
    body = b"" if reply.status in _BODILESS else reply.body
    headers = [("content-type", reply.kind), ("content-length", str(len(body)))]
    sized = [] if reply.status in _BODILESS else headers
    parts = [connection.send(h11.Response(status_code=reply.status, headers=sized))]
    if body:
        parts.append(connection.send(h11.Data(data=body)))
    parts.append(connection.send(h11.EndOfMessage()))
    writer.write(b"".join(part for part in parts if part))
    async with asyncio.timeout(PATIENCE):
        await writer.drain()
