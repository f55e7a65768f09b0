"""Hosts over SSH: one connection a host, kept open and shared, opened gently."""

from __future__ import annotations

import asyncio
import os
import random
import shlex
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Final

import asyncssh
from msgspec.structs import replace

from cockpit.execution.contract import NotReached
from cockpit.execution.ear import Ear
from cockpit.execution.foreign import Meaning, meaning
from cockpit.execution.machine import MOST, Call, Hangup, Met, Said, Silence, upto
from cockpit.execution.route import Route, Routes
from cockpit.execution.settings import Limits, Login
from cockpit.execution.shell import Shell
from cockpit.execution.trust import Gatekeeper, distrust
from cockpit.execution.wrapper import Text, command, once, text_of

CROWDED: Final = 10
"""So many channels in a row may be refused before we give up."""

KEPT: Final[Text] = "common"
"""The text whose shells are kept."""

RELAXED: Final = 6
"""So many times longer are the pauses between two probes of a link while nothing is asked of it."""

DEAF: Final = 0.5
"""Seconds after which a host whose network has not connected us yet holds up no other."""

TURNS: Final = 50
"""Turns of the loop in which a connection that is there would have been taken up."""

IDLE: Final = 2
"""So many shells of one connection are kept while there is nothing to do."""


class Line:
    """One connection, and how many channels it has room for (MaxSessions is 10 by default)."""

    def __init__(self, connection: asyncssh.SSHClientConnection, room: int, keepalive: float) -> None:
        self.connection, self.room, self._keepalive = connection, room, keepalive
        self._open: set[Shell] = set()
        self._idle: list[Shell] = []
        self._opening = 0
        key = connection.get_server_host_key()
        self.key = key.get_fingerprint() if key else ""
        peer = connection.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""

    def has_room(self, text: Text) -> bool:
        """Whether a call may be made that needs this text."""
        waits = text == KEPT and bool(self._idle)
        return not self.connection.is_closed() and (waits or len(self._open) + self._opening < self.room)

    async def shell(self, text: Text, seconds: float) -> Shell:
        """A shell that waits for a call, or a new one."""
        self.connection.set_keepalive(self._keepalive)
        if text == KEPT and self._idle:
            return self._idle.pop()
        self._opening += 1
        shell = Shell(self._keep, self._forget)
        try:
            async with asyncio.timeout(seconds):
                await self.connection.create_session(lambda: shell, command(text), encoding=None, request_pty=False)
        except asyncssh.ChannelOpenError:
            # The room there is. A channel that has just closed may still count there.
            self.room = min(self.room, max(len(self._open), 1))
            raise
        finally:
            self._opening -= 1
        if shell.open:
            self._open.add(shell)
        return shell

    @asynccontextmanager
    async def borrowed(self, script: str) -> AsyncIterator[asyncssh.SSHClientProcess[bytes]]:
        """A channel in which a script runs, until it is left."""
        self._opening += 1
        try:
            async with self.connection.create_process(once(script), encoding=None, request_pty=False) as process:
                yield process
        finally:
            self._opening -= 1
            self._relax()

    def _keep(self, shell: Shell) -> None:
        if len(self._idle) < IDLE:
            self._idle.append(shell)
        else:
            shell.close()
        self._relax()

    def _relax(self) -> None:
        """A thousand idle hosts that were probed as often as busy ones would keep the engine busy."""
        if len(self._open) == len(self._idle) and not self._opening and not self.connection.is_closed():
            self.connection.set_keepalive(self._keepalive * RELAXED)

    def _forget(self, shell: Shell) -> None:
        self._open.discard(shell)
        if shell in self._idle:
            self._idle.remove(shell)
        self._relax()


class Network:
    """What all hosts share: routes, jump hosts, and how many handshakes may go on at once.

    `missed` is told each time that a login was refused for want of an agent that is gone.
    """

    def __init__(self, login: Login, limits: Limits, missed: Callable[[], object] = bool) -> None:
        self.limits, self._missed = limits, missed
        self.routes = Routes(login, limits)
        self._handshakes = asyncio.Semaphore(limits.handshakes)
        self._jumps: dict[tuple[str, ...], SshMachine] = {}
        self._through: dict[tuple[str, ...], asyncio.Semaphore] = {}

    def use_agent(self, path: str) -> None:
        """Ask the agent at this socket from now on."""
        login = self.routes.login
        self.routes.login = Login(login.user, login.jump, login.config, path)

    async def connect(self, host: str, via: tuple[str, ...] | None) -> Line | NotReached:
        """Shake hands, again and again for a while with a host that refuses or drops us, as one that is busy does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.limits.refused
        wait = 0.1
        while True:
            line = await self._attempt(host, via)
            if isinstance(line, Line):
                return line
            if not line.again or loop.time() + wait > deadline:
                return NotReached(host, line.reason, line.hint, line.credentials, line.final)
            await asyncio.sleep(random.uniform(wait / 2, wait))  # noqa: S311  jitter
            wait = min(wait * 2, 3.0)

    async def close(self) -> None:
        """Drop the connections to jump hosts."""
        for jump in self._jumps.values():
            await jump.close()

    async def _attempt(self, host: str, via: tuple[str, ...] | None) -> Line | Meaning:
        gatekeeper = Gatekeeper()
        route: Route | None = None
        login = self.routes.login
        try:
            route = self.routes.of(host, gatekeeper, via[-1] if via else None)
            return await self._shake(route, via[:-1] if via else route.jumps, gatekeeper)
        except asyncssh.HostKeyNotVerifiable as error:
            if route is None:
                return meaning(error)
            return distrust(route.known, route.name, route.port, gatekeeper.presented, error)
        except asyncssh.PermissionDenied as error:
            if login is not self.routes.login:
                # The agent that did not answer for us has been replaced meanwhile.
                return await self._attempt(host, via)
            return self._refused(meaning(error))
        except (asyncssh.Error, OSError, ValueError) as error:
            return meaning(error)

    async def _shake(self, route: Route, jumps: tuple[str, ...], gatekeeper: Gatekeeper) -> Line | Meaning:
        async with AsyncExitStack() as held:
            options = dict(route.options)
            if jumps:
                tunnel = await self._jump(jumps)
                if isinstance(tunnel, NotReached):
                    reason = f"its jump host {jumps[-1]} is not reached: {tunnel.reason}"
                    return Meaning(reason, tunnel.hint, credentials=tunnel.credentials, final=tunnel.final)
                options["tunnel"] = tunnel
                await held.enter_async_context(self._through[jumps])
            else:
                options["tunnel"] = None
            await held.enter_async_context(self._turn(gatekeeper))
            async with asyncio.timeout(self.limits.connect + 1):
                return Line(await asyncssh.connect(route.host, **options), self.limits.channels, self.limits.keepalive)

    @asynccontextmanager
    async def _turn(self, gatekeeper: Gatekeeper) -> AsyncIterator[None]:
        """One of the handshakes that go on at once; given up by a host that is not there, for that costs nothing."""
        await self._handshakes.acquire()
        held = [self._handshakes]

        def leave(turns: int = TURNS) -> None:
            """A loop that is late may have the connection before it, and not have come to it yet."""
            if held and not gatekeeper.connected:
                if turns:
                    loop.call_soon(leave, turns - 1)
                else:
                    held.pop().release()

        loop = asyncio.get_running_loop()
        timer = loop.call_later(DEAF, leave)
        try:
            yield
        finally:
            timer.cancel()
            if held:
                held.pop().release()

    async def _jump(self, jumps: tuple[str, ...]) -> asyncssh.SSHClientConnection | NotReached:
        self._through.setdefault(jumps, asyncio.Semaphore(self.limits.through_jump))
        machine = self._jumps.setdefault(jumps, SshMachine(jumps[-1], self, jumps))
        line = await machine.line()
        return line if isinstance(line, NotReached) else line.connection

    def _refused(self, found: Meaning) -> Meaning:
        unusable = "; ".join(f"{name}: {why}" for name, why in self.routes.keys.unusable.items())
        hint = f"{found.hint} ({unusable})" if unusable else found.hint
        gone = _is_gone(self.routes.login.agent)
        if gone:
            self._missed()
        return Meaning(found.reason, hint, credentials=gone)


def _is_gone(agent: str) -> bool:
    """Whether there was an SSH agent, supplied or in the environment, and it does not answer any more."""
    path = agent or os.environ.get("SSH_AUTH_SOCK", "")
    if not path:
        return False
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(1.0)
        return peer.connect_ex(path) != 0


class SshMachine:
    """One host over SSH. `via` is set for a jump host: the hops up to and with it."""

    def __init__(self, host: str, network: Network, via: tuple[str, ...] | None = None) -> None:
        self.host = host
        self._network, self._via = network, via
        self._lines: list[Line] = []
        self._room = network.limits.channels
        self._opening: asyncio.Task[Line | NotReached] | None = None

    async def meet(self) -> Met | NotReached:
        """Connect, unless there is a connection."""
        line = await self.line()
        return line if isinstance(line, NotReached) else Met(line.key, line.address)

    async def line(self, text: Text = KEPT) -> Line | NotReached:
        """A connection with room for a call that needs this text; a further one when all are full."""
        while True:
            self._lines = [line for line in self._lines if not line.connection.is_closed()]
            if free := next((line for line in self._lines if line.has_room(text)), None):
                return free
            if self._opening is None:
                self._opening = asyncio.create_task(self._open())
            opened = await asyncio.shield(self._opening)
            if isinstance(opened, NotReached):
                return opened

    async def _open(self) -> Line | NotReached:
        try:
            opened = await self._network.connect(self.host, self._via)
            if isinstance(opened, Line):
                opened.room = self._room
                self._lines.append(opened)
            return opened
        finally:
            self._opening = None

    async def talk(self, call: Call, ear: Ear, enough: Callable[[], bool], key: str | None) -> Hangup:
        """Ask a shell that waits there, or a new one, and listen; over a further connection if one has no room."""
        hangup = Hangup()
        again = False
        for _ in range(CROWDED):
            line = await self.line(text_of(call.verb))
            if isinstance(line, NotReached):
                return Hangup(sent=hangup.sent, why=line)
            if key is not None and line.key != key:
                return Hangup(sent=hangup.sent, other_key=True)
            shell = await self._shell(line, call)
            if isinstance(shell, Hangup):
                if shell.sent:
                    return shell
                hangup = Hangup(sent=hangup.sent, why=shell.why)
                await asyncio.sleep(random.uniform(0.05, 0.2))  # noqa: S311  jitter
                continue
            hangup = await self._listen(line, shell, call, ear, enough)
            hangup, again = replace(hangup, again=again), True
            if not hangup.stale:
                return hangup
        return hangup

    async def ask(self, words: list[str], stdin: bytes) -> Said | NotReached:
        """Over a channel of its own, in the room that the wrapper's calls leave."""
        line = await self.line("rare")
        if isinstance(line, NotReached):
            return line
        try:
            async with line.borrowed(shlex.join(words)) as process:
                process.stdin.write(stdin)
                process.stdin.write_eof()
                said = asyncio.create_task(upto(process.stderr, MOST))
                out = await upto(process.stdout, MOST + 1)
                if len(out) > MOST:
                    said.cancel()
                    process.kill()
                    return Said(out, b"", None)
                err = await said
                await process.wait_closed()
                return Said(out, err, process.exit_status)
        except (asyncssh.Error, OSError) as error:
            return self._why(error)

    async def close(self) -> None:
        """Drop every connection."""
        if self._opening is not None:
            self._opening.cancel()
        lines, self._lines = self._lines, []
        for line in lines:
            line.connection.abort()
        for line in lines:
            with suppress(asyncssh.Error, OSError):
                await line.connection.wait_closed()

    async def _shell(self, line: Line, call: Call) -> Shell | Hangup:
        try:
            return await line.shell(text_of(call.verb), call.answer)
        except asyncssh.ChannelOpenError as error:
            self._room = line.room
            return Hangup(why=self._why(error))
        except (asyncssh.Error, OSError) as error:
            line.connection.abort()
            return Hangup(sent=True, why=self._why(error))

    async def _listen(self, line: Line, shell: Shell, call: Call, ear: Ear, enough: Callable[[], bool]) -> Hangup:
        try:
            status = await shell.call(call, ear, enough, last=text_of(call.verb) != KEPT)
        except Silence as silence:
            # Nothing else of this connection can be trusted to arrive either.
            line.connection.abort()
            return Hangup(sent=True, why=NotReached(self.host, str(silence)))
        # One that waited may have been gone before it was called, and every verb may be said twice.
        stale = shell.calls > 1 and not (ear.words or ear.over)
        return Hangup(status, sent=True, why=self._why(shell.error) if shell.error else None, stale=stale)

    def _why(self, error: Exception) -> NotReached:
        found = meaning(error)
        return NotReached(self.host, found.reason, found.hint, found.credentials, found.final)
