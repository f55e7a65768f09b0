"""Messages in and out of one connection, with limits in both directions."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Generic, TypeVar

import msgspec

from cockpit.engine import protocol
from cockpit.engine.protocol import FromClient, FromEngine
from cockpit.errors import ProtocolError

STALL = 30.0
"""Seconds that the other end may take nothing before the connection is dropped."""

_BUFFER = 256 << 10

In = TypeVar("In", bound="FromClient | FromEngine")
Out = TypeVar("Out", bound="FromClient | FromEngine")


class Channel(Generic[In, Out]):
    """One end of a connection that receives `In` and sends `Out`."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        decoder: msgspec.msgpack.Decoder[Any],
        receives: int,
        sends: int,
        stall: float = STALL,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder = decoder
        self._receives = receives
        self._sends = sends
        self._stall = stall
        writer.transport.set_write_buffer_limits(high=_BUFFER)

    async def receive(self) -> In | None:
        """The next message; None when the other end has closed. ProtocolError for anything that is no message."""
        try:
            head = await self._reader.readexactly(4)
            body = await self._reader.readexactly(protocol.length(head, self._receives))
        except asyncio.IncompleteReadError as error:
            if error.partial or error.expected != 4:
                raise ProtocolError("the connection ended in the middle of a message") from None
            return None
        except ConnectionError:
            return None
        return self._decode(body)

    def _decode(self, body: bytes) -> In:
        try:
            message: In = self._decoder.decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise ProtocolError("a message that cannot be understood") from None  # what it held may be a secret
        return message

    async def send(self, message: Out) -> None:
        """Send a message, and wait until the other end has taken most of what is on its way.

        ConnectionError when it takes nothing for too long, or has closed.
        """
        self._writer.write(protocol.encode(message, self._sends))
        try:
            async with asyncio.timeout(self._stall):
                await self._writer.drain()
        except TimeoutError:
            self.abort()
            raise ConnectionAbortedError("the other end takes nothing") from None

    def abort(self) -> None:
        """Drop the connection and what is on its way."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Send what is on its way and close."""
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        self.abort()
