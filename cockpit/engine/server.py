"""The engine's end of the socket: who may come in, who is there, and telling them that something is new."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections import Counter
from time import monotonic

import msgspec

from cockpit import __version__
from cockpit.analysis.rule import Judgement
from cockpit.engine import address, protocol
from cockpit.engine.backend import Backend
from cockpit.engine.channel import STALL, Channel
from cockpit.engine.connection import Connection
from cockpit.engine.live import Pulse
from cockpit.engine.measured import Measured
from cockpit.engine.peer import login_of, uid_of
from cockpit.engine.place import Place
from cockpit.engine.protocol import Bye, FromClient, FromEngine, Hello, Live, Metrics, Time, Watchers, Welcome
from cockpit.errors import ProtocolError

LIVE_EVERY = 0.2
"""Seconds between two `Live` messages to one client."""

TIME_EVERY = 1.0
"""Seconds between two words of what time it is in a rehearsal."""

_HELLO_WITHIN = 5.0
_CLIENTS = 256
_DECODER: msgspec.msgpack.Decoder[FromClient] = msgspec.msgpack.Decoder(FromClient)
_log = logging.getLogger(__name__)

_NOT_YOURS = Bye(reason="this release belongs to another login", hint="ask for a shared folder, or become that login")
_TOO_MANY = Bye(reason=f"{_CLIENTS} clients are connected already")
_AHEAD = Bye(reason="you know more records than this engine has", hint="start anew from the first record")


class Server:
    """Serves one release's clients. The engine calls `recorded`, `printed` and `show` when there is something new.

    `stall` is how many seconds a client may take nothing before it is dropped; it can come back from its last record.
    """

    def __init__(self, place: Place, backend: Backend, *, stall: float = STALL) -> None:
        self._place = place
        self._backend = backend
        self._stall = stall
        self._inode = 0
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._next: Live | None = None
        self.trouble = ""
        self.live = Live()
        self.metrics = Metrics()
        self.watchers = Watchers(logins={})
        self.time: Time | None = None
        self._timed = 0.0

    async def start(self) -> None:
        """Listen. The caller holds the journal's lock: a socket that is there is a dead engine's, and is replaced."""
        listener = address.listen(self._place.socket, self._place.file_mode)
        self._inode = self._place.socket.lstat().st_ino
        self._server = await asyncio.start_unix_server(self._accept, sock=listener)

    def recorded(self) -> None:
        """There are new records in the backend."""
        for connection in self._connections:
            connection.wake()

    def printed(self, attempt: str) -> None:
        """An attempt has new output, or has ended."""
        for connection in self._connections:
            connection.printed(attempt)

    def show(self, pulses: tuple[Pulse, ...], trouble: str = "") -> None:
        """The latest pulses of all running attempts, and what is wrong; clients know within `LIVE_EVERY` seconds."""
        self.trouble = trouble
        self._next = Live(pulses=pulses, trouble=trouble)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LIVE_EVERY, self._show_now)

    def measured(self, readings: tuple[Measured, ...], judgements: tuple[Judgement, ...]) -> None:
        """The latest readings, and where each rule stands."""
        self.metrics = Metrics(measured=readings, judgements=judgements)
        self.recorded()

    def timed(self, found: tuple[float, float] | None) -> None:
        """What a rehearsal's clock shows, and its speed; told at every change of it, and every `TIME_EVERY` seconds."""
        if found is None:
            return
        last, since = self.time, self._timed
        if last is None or last.speed != found[1] or monotonic() - since >= TIME_EVERY:
            self.time, self._timed = Time(at=found[0], speed=found[1]), monotonic()
            self.recorded()

    async def close(self, reason: str, hint: str = "") -> None:
        """Tell everybody why, and go."""
        if self._timer is not None:
            self._timer.cancel()
        if self._server is not None:
            self._server.close()
            address.remove(self._place.socket, self._inode)
        for connection in self._connections:
            connection.dismiss(Bye(reason=reason, hint=hint))
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=2.0)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _show_now(self) -> None:
        self._timer = None
        if self._next is not None:
            self.live = self._next
            self.recorded()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        channel: Channel[FromClient, FromEngine] = Channel(
            reader, writer, _DECODER, protocol.TO_ENGINE, protocol.TO_CLIENT, self._stall
        )
        try:
            await self._serve(channel, writer.get_extra_info("socket"))
        except (ProtocolError, ConnectionError, TimeoutError) as error:
            _log.warning("a client was dropped: %s", error)
        finally:
            self._tasks.discard(task)
            await channel.close()

    async def _serve(self, channel: Channel[FromClient, FromEngine], peer: socket.socket) -> None:
        uid = uid_of(peer)
        if not self._place.shared and uid != os.geteuid():
            await channel.send(_NOT_YOURS)
            return
        hello = await self._hello(channel)
        if hello is None:
            return
        login = login_of(uid)
        refusal = self._refusal(hello)
        if refusal is not None:
            await channel.send(refusal)
            return
        await channel.send(self._welcome(hello, login))
        await self._attend(Connection(channel, self._backend, self, hello, login))

    async def _hello(self, channel: Channel[FromClient, FromEngine]) -> Hello | None:
        async with asyncio.timeout(_HELLO_WITHIN):
            message = await channel.receive()
        if message is not None and not isinstance(message, Hello):
            raise ProtocolError("the first message is no hello")
        return message

    def _refusal(self, hello: Hello) -> Bye | None:
        if protocol.common(hello) is None:
            ours = f"{protocol.OLDEST} to {protocol.NEWEST}"
            what = f"this engine speaks versions {ours}, the client {hello.oldest} to {hello.newest}"
            return Bye(reason=what, hint=f"use a client of cockpit {__version__}")
        if len(self._connections) >= _CLIENTS:
            return _TOO_MANY
        return _AHEAD if hello.after > self._backend.last else None

    def _welcome(self, hello: Hello, login: str) -> Welcome:
        return Welcome(
            version=protocol.common(hello) or protocol.NEWEST,
            release=self._backend.release,
            login=login,
            role="observer" if hello.observe else "driver",
            pid=os.getpid(),
            epoch=self._backend.epoch,
            cockpit=__version__,
            last=self._backend.last,
        )

    async def _attend(self, connection: Connection) -> None:
        self._connections.add(connection)
        self._count()
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            self._count()

    def _count(self) -> None:
        self.watchers = Watchers(logins=dict(Counter(each.login for each in self._connections if each.watches)))
        self.recorded()
