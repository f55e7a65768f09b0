"""One channel of a host's SSH server: it carries out the cockpit's own wrapper, and nothing else."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import asyncssh

from cockpit.execution.wrapper import command
from cockpit.rehearsal.real.program import Channel, Program

REAL_BOOT_ID: Final = "/proc/sys/kernel/random/boot_id"
BOOT_ID: Final = "../boot"
"""Where a host's own boot id is, seen from its HOME."""

UNLIMITED: Final = f"trap '' {int(signal.SIGXFSZ)}; "
"""A full disk is an error for whoever writes, and kills nobody."""

TEXTS: Final = (command("common"), command("rare"))


class Housing(Protocol):
    """The host that a session is on. Whatever is sent to it comes `pause` seconds late."""

    home: Path
    environment: Mapping[str, str]
    pause: float
    full: bool
    programs: set[Program]
    starting: set[asyncio.Task[None]]


class Session(asyncssh.SSHServerSession[bytes]):
    """Joins a channel to a process; anything but the two texts of the wrapper is refused."""

    def __init__(self, host: Housing) -> None:
        self._host = host
        self._command = ""
        self._channel: Channel | None = None
        self._program: Program | None = None
        self._early: list[bytes | None] = []
        self._late: deque[bytes | None] = deque()
        self._closed = False

    def connection_made(self, chan: Channel) -> None:
        """The channel is there."""
        self._channel = chan

    def exec_requested(self, command: str) -> bool:
        """Whether it is the wrapper."""
        self._command = command
        return command in TEXTS

    def pty_requested(self, *_: object) -> bool:
        """There is no terminal."""
        return False

    def session_started(self) -> None:
        """Start the process; what arrives before it is there waits."""
        task = asyncio.get_running_loop().create_task(self._start())
        self._host.starting.add(task)
        task.add_done_callback(self._host.starting.discard)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """The next bytes for its stdin."""
        del datatype
        self._arrive(data)

    def eof_received(self) -> bool:
        """No more bytes come; its output may go on."""
        self._arrive(None)
        return True

    def pause_writing(self) -> None:
        """The client is slow to read."""
        if self._program:
            self._program.hold(held=True)

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._program:
            self._program.hold(held=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is closed, or its connection was cut."""
        del exc
        self._closed = True
        if self._program:
            self._program.release()

    async def _start(self) -> None:
        assert self._channel is not None
        channel, host = self._channel, self._host
        text = UNLIMITED + self._command.replace(REAL_BOOT_ID, BOOT_ID)
        try:
            _, program = await asyncio.get_running_loop().subprocess_exec(
                lambda: Program(channel, host.programs),
                *("/bin/sh", "-c", text),
                cwd=host.home,
                env=host.environment,
                start_new_session=True,
            )
        except OSError:
            channel.exit(255)
            return
        self._begin(program)

    def _begin(self, program: Program) -> None:
        self._program = program
        if self._host.full:
            program.limit(full=True)
        for data in self._early:
            self._arrive(data)
        if self._closed:
            program.release()

    def _arrive(self, data: bytes | None) -> None:
        if self._program is None:
            self._early.append(data)
        elif self._host.pause or self._late:
            self._late.append(data)
            asyncio.get_running_loop().call_later(self._host.pause, self._next)
        else:
            self._program.feed(data)

    def _next(self) -> None:
        if self._program and self._late:
            self._program.feed(self._late.popleft())
