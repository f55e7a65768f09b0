"""The wrapper at the other end of one SSH channel: kept for one call after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import asyncssh

from cockpit.execution.ear import Ear
from cockpit.execution.machine import Call, listen
from cockpit.execution.wrapper import request

SETTLING: Final = 10.0
"""Seconds that a shell may go on with a call of which everything that matters was heard."""

GATHERED: Final = 16_384
"""Bytes from which on a packet waits for the others that came with it: what follows costs by the piece."""


class Shell(asyncssh.SSHClientSession[bytes]):
    """One channel. `free` is told when it may take the next call, `gone` when it never will again.

    What an ear's owner raises ends the call and not the connection.
    """

    def __init__(self, free: Callable[[Shell], None], gone: Callable[[Shell], None]) -> None:
        self._free, self._gone = free, gone
        self._loop = asyncio.get_running_loop()
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._ear: Ear | None = None
        self._gathered: list[bytes] = []
        self._enough: Callable[[], bool] = bool
        self._nudge: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None
        self._heard = 0.0
        self.calls = 0
        self.exit: int | None = None
        self.error: Exception | None = None
        self.open = True

    async def call(self, call: Call, ear: Ear, enough: Callable[[], bool], *, last: bool) -> int | None:
        """The wrapper's exit status, or None if it has not ended. Raises Silence, and what the ear's owner raises.

        `last` says that there will be no further call.
        """
        self.calls += 1
        self._ear, self._enough, self._heard = ear, enough, self._loop.time()
        self._done = self._loop.create_future()
        try:
            if self.open:
                nudged = ("nudged",) if call.nudge else ()
                self._write(request(ear.token, call.verb, *call.arguments, *nudged) + call.stdin, last=last)
                self._nudge = self._loop.call_later(call.nudge, self._poke) if call.nudge else None
                await listen(self._done, call, ear, lambda: self._heard)
                self._done.result()
        except BaseException:
            self.close()
            raise
        finally:
            self._stop_nudging()
        if last:
            self.close()
        elif ear.over:
            self._settled()
        else:
            self._end = self._loop.call_later(SETTLING, self.close)
        return 0 if ear.over else self.exit

    def close(self) -> None:
        """Hang up. A command that was started goes on."""
        if self._channel is not None:
            self._channel.close()
        self._lost()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """The channel is there."""
        self._channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """The next bytes of stdout or stderr."""
        if datatype or len(data) < GATHERED:
            self._deliver()
            self._take(data, datatype)
            return
        if not self._gathered:
            self._loop.call_soon(self._deliver)
        self._gathered.append(data)

    def eof_received(self) -> bool:
        """The wrapper's exit status may still come."""
        return True

    def exit_status_received(self, status: int) -> None:
        """The wrapper has ended. What it started may keep the channel open."""
        self.exit = status
        self._loop.call_later(1.0, self._lost)

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is closed: by the wrapper's end, or with the connection."""
        self._deliver()
        self.error = exc
        if exc is not None:
            self.exit = None
        self._lost()

    def _deliver(self) -> None:
        if self._gathered:
            data = b"".join(self._gathered)
            self._gathered.clear()
            self._take(data, None)

    def _take(self, data: bytes, datatype: int | None) -> None:
        if self._ear is None:
            return
        self._heard = self._loop.time()
        try:
            (self._ear.err if datatype else self._ear.out)(data)
            enough = self._ear.over or self._enough()
        except Exception as error:  # noqa: BLE001  asyncssh would close the connection and swallow it
            self._fail(error)
            return
        if self._ear.woke and self._nudge:
            self._poke()
        if enough and not self._done.done():
            self._done.set_result(None)
        elif self._ear.over and self._end is not None:
            self._settled()

    def _write(self, data: bytes, *, last: bool = False) -> None:
        with suppress(OSError):  # a shell that ended at once has closed it
            assert self._channel is not None
            self._channel.write(data)
            if last:
                self._channel.write_eof()

    def _poke(self) -> None:
        self._stop_nudging()
        self._write(b"\n")

    def _stop_nudging(self) -> None:
        if self._nudge:
            self._nudge.cancel()
        self._nudge = None

    def _fail(self, error: Exception) -> None:
        if self._done.done():
            self.close()
        else:
            self._done.set_exception(error)

    def _settled(self) -> None:
        if self._end:
            self._end.cancel()
        self._ear = self._end = None
        if self.open:
            self._free(self)

    def _lost(self) -> None:
        if self._end:
            self._end.cancel()
        if not self._done.done():
            self._done.set_result(None)
        if self.open:
            self.open = False
            self._gone(self)
