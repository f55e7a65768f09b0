"""One client of an engine: what it asks goes to the backend, what it misses is sent at its own pace.

Nothing is queued for a slow client but answers to its own questions, and no more of those than `_QUESTIONS`: records
and output are fetched from the backend when the client has taken what came before.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from cockpit.analysis.rule import Sample
from cockpit.engine import protocol
from cockpit.engine.backend import Backend, Chunk
from cockpit.engine.channel import Channel
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
)
from cockpit.errors import CockpitError, ProtocolError
from cockpit.release.events import Record
from cockpit.release.intents import Acknowledge, Decide, Done, Look, Refusal, Report, Sign, Tick, Waive

_QUESTIONS = 64
_PAGE = 256
_PATIENCE = 1.0

FROM_OBSERVERS = Sign | Tick | Done | Acknowledge | Look | Report | Waive | Decide
_NOT_KNOWN = Refusal("this engine does not know that intent", "it runs an older cockpit")
_OBSERVER = Refusal(
    "an observer only signs, ticks, waives, decides for its role and reports steps as done",
    "attach without `--observe` to drive",
)
_TOO_LONG = Bye(reason="an event is too long to be sent")


class Board(Protocol):
    """What all clients are shown, besides records."""

    @property
    def live(self) -> Live:
        """The latest of running attempts and links."""

    @property
    def watchers(self) -> Watchers:
        """Who is connected."""

    @property
    def metrics(self) -> Metrics:
        """The latest of what is measured."""

    @property
    def time(self) -> Time | None:
        """What time it is in a rehearsal."""


class Connection:
    """A client that has been welcomed as `login`; `run` serves it to its end."""

    def __init__(
        self, channel: Channel[FromClient, FromEngine], backend: Backend, board: Board, hello: Hello, login: str
    ) -> None:
        self.login = login
        self._channel = channel
        self._backend = backend
        self._board = board
        self._hello = hello
        self._sent = hello.after
        self._caught_up = not hello.records
        self._live: Live | None = None
        self._metrics: Metrics | None = None
        self._watchers: Watchers | None = None
        self._time: Time | None = None
        self._answers: deque[FromEngine] = deque()
        self._wanted: list[OutputRequest] = []
        self._bye: Bye | None = None
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = True

    @property
    def watches(self) -> bool:
        """Whether this client stays to see what happens, and does not only ask."""
        return self._hello.records

    def wake(self) -> None:
        """Look again at what there is to send."""
        self._wake.set()

    def printed(self, attempt: str) -> None:
        """Look again, if this client waits for that attempt's output."""
        if any(request.attempt == attempt for request in self._wanted):
            self._wake.set()

    def dismiss(self, bye: Bye) -> None:
        """Let this be the last word, behind the records and the answers that there are."""
        self._bye = bye
        self._wake.set()

    async def run(self) -> None:
        """Serve until either side ends it; ProtocolError when the client sends nonsense."""
        sender = asyncio.create_task(self._send_all())
        try:
            await self._receive_all()
        except ProtocolError as error:
            self.dismiss(Bye(reason=error.what))
            await asyncio.wait([sender], timeout=1.0)
            raise
        finally:
            sender.cancel()
            await asyncio.wait([sender])
        if not sender.cancelled() and (defect := sender.exception()):
            raise defect

    async def _receive_all(self) -> None:
        while (message := await self._channel.receive()) is not None:
            self._idle.clear()
            try:
                await self._take(message)
            finally:
                self._idle.set()
            while self._open and len(self._answers) + len(self._wanted) >= _QUESTIONS:
                self._room.clear()
                await self._room.wait()

    async def _take(self, message: FromClient) -> None:
        match message:
            case Ask():
                self._answer(message.id, await self._ask(message))
            case Supply():
                self._answer(message.id, await self._supply(message))
            case Ping():
                self._answer(message.id, None)
            case OutputRequest():
                self._wanted.append(message)
                self._wake.set()
            case SeriesRequest():
                self._answers.append(self._series(message))
                self._wake.set()
            case Hello():
                raise ProtocolError("a second hello")

    def _series(self, request: SeriesRequest) -> Series:
        try:
            found = self._backend.series(request.metric, request.host, request.since)
        except CockpitError:
            found = ()
        return Series(
            id=request.id,
            metric=request.metric,
            host=request.host,
            moments=tuple(each.at for each in found),
            values=tuple(each.value if isinstance(each, Sample) else None for each in found),
        )

    def _answer(self, number: int, refusal: Refusal | None) -> None:
        self._answers.append(Answer(id=number, refusal=refusal, seq=self._backend.last))
        self._wake.set()

    async def _ask(self, message: Ask) -> Refusal | None:
        intent = protocol.unpack(message.intent)
        if intent is None:
            return _NOT_KNOWN
        if self._hello.observe and not isinstance(
            intent, Sign | Tick | Done | Acknowledge | Look | Report | Waive | Decide
        ):
            return _OBSERVER
        try:
            return await self._backend.submit(self.login, intent, message.login)
        except CockpitError as error:
            return Refusal(error.what, error.hint)

    async def _supply(self, message: Supply) -> Refusal | None:
        if self._hello.observe:
            return _OBSERVER
        try:
            return await self._backend.supply(self.login, message.values, message.agent)
        except CockpitError as error:
            return Refusal(error.what, error.hint)

    async def _send_all(self) -> None:
        try:
            while self._bye is None:
                self._wake.clear()
                if not await self._send_some():
                    await self._wake.wait()
            await self._send_rest()
            await self._channel.send(self._bye)
            await self._channel.close()
        finally:
            self._open = False
            self._room.set()
            self._channel.abort()  # ends `_receive_all` when it has finished what it is doing

    async def _send_rest(self) -> None:
        """What is still owed at the end: first of all the answer that is being found."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._idle.wait()
        while await self._send_some():
            pass

    async def _send_some(self) -> bool:
        """Send what there is, at most a page of each kind; whether there was anything."""
        some = [
            await self._send_answers(),
            await self._send_records(),
            await self._send_board(),
            await self._send_output(),
        ]
        self._room.set()
        return any(some)

    async def _send_answers(self) -> bool:
        some = bool(self._answers)
        while self._answers:
            await self._channel.send(self._answers.popleft())
        return some

    async def _send_records(self) -> bool:
        if not self._hello.records:
            return False
        if self._sent < self._backend.last:
            page = tuple(itertools.islice(self._backend.records(self._sent), _PAGE))
            await self._send_page(page)
            self._sent += len(page)
            return True
        if not self._caught_up:
            self._caught_up = True
            await self._channel.send(CaughtUp(seq=self._sent))
        return False

    async def _send_page(self, page: Sequence[Record]) -> None:
        """Send records in one message, or in as many as their size needs."""
        try:
            await self._channel.send(Records(records=tuple(page)))
        except ProtocolError:
            if len(page) == 1:
                self.dismiss(_TOO_LONG)
                return
            half = len(page) // 2
            await self._send_page(page[:half])
            await self._send_page(page[half:])

    async def _send_board(self) -> bool:
        """What replaces itself: only the latest is sent, and only when it has changed."""
        if self._watchers is not self._board.watchers:
            self._watchers = self._board.watchers
            await self._channel.send(self._watchers)
        if self._live is not self._board.live:
            self._live = self._board.live
            await self._channel.send(self._live)
        if self._hello.metrics and self._metrics is not self._board.metrics:
            self._metrics = self._board.metrics
            await self._channel.send(self._metrics)
        if self._hello.times and self._board.time is not None and self._time is not self._board.time:
            self._time = self._board.time
            await self._channel.send(self._time)
        return False

    async def _send_output(self) -> bool:
        requests, self._wanted = self._wanted, []
        for request in requests:
            output = self._output(request)
            if request.wait and not (output.data or output.end or output.problem):
                self._wanted.append(request)
            else:
                await self._channel.send(output)
        return len(self._wanted) < len(requests)

    def _output(self, request: OutputRequest) -> Output:
        chunk, problem = Chunk(b"", end=True), ""
        try:
            chunk = self._backend.output(request.attempt, request.offset, min(request.length, protocol.CHUNK))
        except CockpitError as error:
            problem = error.what
        return Output(
            id=request.id,
            attempt=request.attempt,
            offset=request.offset,
            data=chunk.data,
            end=chunk.end,
            problem=problem,
        )
