"""The host's wrapper as a process, joined to a channel of the host's SSH server."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from contextlib import suppress
from typing import Final

import asyncssh

GRACE: Final = 0.2
"""Seconds after its end in which the last words of a process may come; what it detached may hold its pipes open."""

Channel = asyncssh.SSHServerChannel[bytes]


class Program(asyncio.SubprocessProtocol):
    """A process whose output goes to a channel; it is one of `running` until it has `ended`."""

    def __init__(self, channel: Channel, running: set[Program]) -> None:
        self._channel, self._running = channel, running
        self._transport: asyncio.SubprocessTransport | None = None
        self._open = {1, 2}
        self._exited = False
        self.ended = asyncio.Event()

    @property
    def transport(self) -> asyncio.SubprocessTransport:
        """The process."""
        assert self._transport is not None
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It runs."""
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport
        self._running.add(self)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """The next bytes of its stdout or stderr."""
        with suppress(OSError):  # the channel may have been closed since
            if fd == 1:
                self._channel.write(data)
            else:
                self._channel.write_stderr(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """It has closed its stdout or stderr, or does not read any more."""
        del exc
        self._open.discard(fd)
        self._settle()

    def process_exited(self) -> None:
        """It has ended."""
        self._exited = True
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended, and nothing of it is left here."""
        del exc
        self.transport.close()
        self._running.discard(self)
        self.ended.set()

    def pause_writing(self) -> None:
        """It is slow to read."""
        self._channel.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        self._channel.resume_reading()

    def feed(self, data: bytes | None) -> None:
        """Write to its stdin, or close it."""
        pipe = self.transport.get_pipe_transport(0)
        if isinstance(pipe, asyncio.WriteTransport) and not pipe.is_closing():
            if data is None:
                pipe.write_eof()
            else:
                pipe.write(data)

    def hold(self, *, held: bool) -> None:
        """Stop reading its output while the client does not take it."""
        for fd in self._open:
            pipe = self.transport.get_pipe_transport(fd)
            if isinstance(pipe, asyncio.ReadTransport) and not pipe.is_closing():
                if held:
                    pipe.pause_reading()
                else:
                    pipe.resume_reading()

    def release(self) -> None:
        """Hang up as sshd does: it may go on, and finds nobody to talk to."""
        for fd in (0, 1, 2):
            pipe = self.transport.get_pipe_transport(fd)
            if pipe is not None:
                pipe.close()

    def limit(self, *, full: bool) -> None:
        """Whether writing to files fails for it, and for what it starts from now on."""
        if self._exited:
            return
        with suppress(ProcessLookupError):
            most = resource.prlimit(self.transport.get_pid(), resource.RLIMIT_FSIZE)[1]
            resource.prlimit(self.transport.get_pid(), resource.RLIMIT_FSIZE, (0 if full else most, most))

    def kill(self) -> None:
        """End it and its children, but nothing that it detached."""
        if not self._exited:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.transport.get_pid(), signal.SIGKILL)

    def _settle(self) -> None:
        if not self._exited or 1 in self._open:
            return
        if self._open:
            asyncio.get_running_loop().call_later(GRACE, self._finish)
        else:
            self._finish()

    def _finish(self) -> None:
        if not self._channel.is_closing():
            code = self.transport.get_returncode()
            self._channel.exit(255 if code is None or code < 0 else code)
        self.release()
