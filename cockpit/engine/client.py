"""A client of an engine: messages as they come, intents with their answers, output by the chunk."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Self, TypeVar

import msgspec

from cockpit import __version__
from cockpit.engine import address, protocol
from cockpit.engine.channel import Channel
from cockpit.engine.measured import Measured
from cockpit.engine.place import Place
from cockpit.engine.protocol import (
    Answer,
    Ask,
    Bye,
    CaughtUp,
    FromClient,
    FromEngine,
    Hello,
    Live,
    Metrics,
    Output,
    OutputRequest,
    Ping,
    Records,
    Series,
    SeriesRequest,
    Supply,
    Time,
    Watchers,
    Welcome,
)
from cockpit.errors import ProtocolError, Unreachable
from cockpit.release.intents import AnyIntent, Refusal

__all__ = [
    "Bye",
    "CaughtUp",
    "Client",
    "Live",
    "Measured",
    "Metrics",
    "Place",
    "Records",
    "Time",
    "Watchers",
    "ask_once",
    "greeting",
]
"""With the messages and the place that a client's user needs."""

_WELCOME_WITHIN = 5.0
_DECODER: msgspec.msgpack.Decoder[FromEngine] = msgspec.msgpack.Decoder(FromEngine)

_LOST = Bye(reason="the engine is gone", hint="attach again: that starts it")

ReplyT = TypeVar("ReplyT", Answer, Output, Series)


class Client:
    """A connection to the engine of one release; `async for` gives its messages, the last of which is `Bye`.

    Answers and output do not come that way but to who asked. Of several `Live` or `Metrics` that nobody has taken,
    only the last is given.
    """

    def __init__(self, channel: Channel[FromEngine, FromClient], welcome: Welcome) -> None:
        self.welcome = welcome
        self._channel = channel
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer | Output | Series]] = {}
        self._messages: asyncio.Queue[FromEngine] = asyncio.Queue()
        self._latest: dict[type[FromEngine], FromEngine] = {}
        self._bye: Bye = _LOST
        self._over = False

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        place: Place,
        *,
        observe: bool = False,
        after: int = 0,
        records: bool = True,
        metrics: bool = False,
        times: bool = False,
    ) -> AsyncIterator[Self]:
        """Connect, and get every record behind number `after` and all new ones, unless `records` is false.

        Unreachable when no engine answers, ProtocolError when it speaks another version.
        """
        channel = await _open(place)
        try:
            hello = Hello(
                oldest=protocol.OLDEST,
                newest=protocol.NEWEST,
                cockpit=__version__,
                observe=observe,
                after=after,
                records=records,
                metrics=metrics,
                times=times,
            )
            client = cls(channel, await _welcomed(channel, hello, place))
            receiver = asyncio.create_task(client._receive_all())
            try:
                yield client
            finally:
                receiver.cancel()
                await asyncio.wait([receiver])
        finally:
            await channel.close()

    async def ask(self, intent: AnyIntent, played: str = "") -> Refusal | None:
        """Ask for something; None when it is done and durable. `played`: as whom, in a rehearsal."""
        return (await self.ask_for_answer(intent, played)).refusal

    async def ask_for_answer(self, intent: AnyIntent, played: str = "") -> Answer:
        """The same; the answer also says up to which record its events go."""
        number = next(self._numbers)
        return await self._reply(Ask(id=number, intent=protocol.pack(intent), login=played), Answer)

    async def supply(self, values: Mapping[str, str], agent: str = "") -> Refusal | None:
        """Hand secrets by name and the path of an agent's socket to the engine, for its memory only."""
        return (await self._reply(Supply(id=next(self._numbers), values=values, agent=agent), Answer)).refusal

    async def ping(self) -> int:
        """The number of the engine's last record."""
        return (await self._reply(Ping(id=next(self._numbers)), Answer)).seq

    async def read_output(
        self, attempt: str, offset: int, length: int = protocol.CHUNK, *, wait: bool = False
    ) -> Output:
        """Output bytes from `offset`; with `wait` there is at least one, unless the attempt is over."""
        request = OutputRequest(id=next(self._numbers), attempt=attempt, offset=offset, length=length, wait=wait)
        return await self._reply(request, Output)

    async def series(self, metric: str, host: str = "", since: float = 0.0) -> Series:
        """The stored readings of a metric from a moment on, the latest of them."""
        request = SeriesRequest(id=next(self._numbers), metric=metric, host=host, since=since)
        return await self._reply(request, Series)

    async def output(self, attempt: str, offset: int = 0) -> AsyncIterator[bytes]:
        """The attempt's output from `offset`, followed to its end; Unreachable when it cannot be read."""
        end = False
        while not end:
            piece = await self.read_output(attempt, offset, wait=True)
            if piece.problem:
                raise Unreachable(f"no output of {attempt}: {piece.problem}")
            if piece.data:
                yield piece.data
            offset += len(piece.data)
            end = piece.end

    def __aiter__(self) -> AsyncIterator[FromEngine]:
        """The messages that nobody asked for."""
        return self._iterate()

    async def _iterate(self) -> AsyncIterator[FromEngine]:
        while True:
            message = await self._messages.get()
            yield self._latest.pop(type(message), message)
            if isinstance(message, Bye):
                return

    async def _reply(self, message: Ask | Supply | Ping | OutputRequest | SeriesRequest, kind: type[ReplyT]) -> ReplyT:
        if self._over:
            raise _gone(self._bye)
        future: asyncio.Future[Answer | Output | Series] = asyncio.get_running_loop().create_future()
        self._waiting[message.id] = future
        try:
            await self._channel.send(message)
            reply = await future
        except ConnectionError:
            raise _gone(self._bye) from None
        finally:
            self._waiting.pop(message.id, None)
        if not isinstance(reply, kind):
            raise ProtocolError("an answer of another kind than the question")
        return reply

    async def _receive_all(self) -> None:
        bye = _LOST
        try:
            while (message := await self._channel.receive()) is not None:
                if isinstance(message, Bye):
                    bye = message
                    break
                self._take(message)
        except ProtocolError as error:
            bye = Bye(reason=error.what)
        finally:
            self._end(bye)

    def _take(self, message: FromEngine) -> None:
        match message:
            case Answer() | Output() | Series():
                future = self._waiting.get(message.id)
                if future is not None and not future.done():
                    future.set_result(message)
            case Live() | Metrics():
                if type(message) not in self._latest:
                    self._messages.put_nowait(message)
                self._latest[type(message)] = message
            case _:
                self._messages.put_nowait(message)

    def _end(self, bye: Bye) -> None:
        self._bye = bye
        self._over = True
        self._messages.put_nowait(bye)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_gone(bye))


def _gone(bye: Bye) -> Unreachable:
    return Unreachable(bye.reason, hint=bye.hint)


async def _open(place: Place) -> Channel[FromEngine, FromClient]:
    try:
        connection = address.connect(place.socket)
    except PermissionError:
        raise Unreachable("the engine belongs to another login", where=str(place.socket)) from None
    except OSError:
        raise Unreachable(
            f"no engine answers for {place.release}",
            where=str(place.socket),
            hint=f"`cockpit attach {place.release}` starts it",
        ) from None
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    return Channel(reader, writer, _DECODER, protocol.TO_CLIENT, protocol.TO_ENGINE)


async def _welcomed(channel: Channel[FromEngine, FromClient], hello: Hello, place: Place) -> Welcome:
    try:
        async with asyncio.timeout(_WELCOME_WITHIN):
            await channel.send(hello)
            answer = await channel.receive()
    except (TimeoutError, ConnectionError):
        raise Unreachable("the engine does not answer", where=str(place.socket), hint=f"see {place.log}") from None
    match answer:
        case Welcome():
            return answer
        case Bye():
            raise ProtocolError(answer.reason, where=str(place.socket), hint=answer.hint)
        case None:
            raise Unreachable("the engine closed the connection", where=str(place.socket), hint=f"see {place.log}")
        case _:
            raise ProtocolError("the engine's first message is no welcome", where=str(place.socket))


def ask_once(place: Place, intent: AnyIntent, *, observe: bool = False) -> Refusal | None:
    """Connect, ask, and go; for callers without an event loop."""

    async def ask() -> Refusal | None:
        async with Client.connect(place, observe=observe, records=False) as client:
            return await client.ask(intent)

    return asyncio.run(ask())


async def greeting(place: Place) -> Welcome | None:
    """What the engine says when one connects; None when none answers."""
    with suppress(Unreachable):
        async with Client.connect(place, observe=True, records=False) as client:
            return client.welcome
    return None
