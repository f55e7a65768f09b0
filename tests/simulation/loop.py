"""Virtual time: event loops that never wait, one for each process, and a world that turns them in their order.

A loop of its own for each engine is what lets an engine die as by SIGKILL: its loop is never turned again.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
import warnings
from asyncio import events
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import Context
from types import CoroutineType
from typing import Any

MOST = 100_000
"""Turns that no world needs: more of them are something going round in circles."""

MOST_ENDINGS = 5
"""So many times a coroutine may wait for something while it is closed."""


class Killed(KeyboardInterrupt):
    """The process whose code raises this is gone at once; nothing in it may catch this."""


class _Silent:
    def select(self, _timeout: float | None) -> list[Any]:
        return []

    def close(self) -> None: ...


class Loop(asyncio.BaseEventLoop):
    """An event loop without files, sockets and threads, whose time is the world's."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]
    _timer_cancelled_count: int
    _run_once: Callable[[], None]

    def __init__(self, world: World, name: str) -> None:
        super().__init__()
        self._world, self.name = world, name
        self._selector = _Silent()
        self.dead = False
        self._left: list[tuple[asyncio.Task[Any], CoroutineType[Any, Any, Any]]] = []
        self.set_exception_handler(lambda _loop, _context: None)

    def time(self) -> float:
        return self._world.now

    def call_soon(  # type: ignore[override]  # what a callback takes is its own affair
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Queue a callback; what is left of a dead process runs no more."""
        if self.dead:
            return asyncio.Handle(callback, args, self, context)
        return super().call_soon(callback, *args, context=context)

    def moment(self) -> float | None:
        """When it has something to do next."""
        if self._ready:
            return self._world.now
        timers = self._scheduled
        while timers and timers[0].cancelled():
            heapq.heappop(timers)
            self._timer_cancelled_count -= 1
        return timers[0].when() if timers else None

    def turn(self) -> None:
        """Run what is ready now."""
        events._set_running_loop(self)
        try:
            self._run_once()
        finally:
            events._set_running_loop(None)

    def die(self) -> None:
        """Never run anything again, not even what this turn has left to do."""
        self.dead = True
        for task in asyncio.all_tasks(self):
            if inspect.iscoroutine(coroutine := task.get_coro()):
                self._left.append((task, coroutine))
        for handle in self._ready:
            handle.cancel()
        self._scheduled.clear()

    def bury(self) -> None:
        """Take apart what is left of it, where nobody is disturbed by what that would still do."""
        for _, coroutine in self._left:
            for each in reversed(tuple(_inside(coroutine))):
                _end(each)
        self._left.clear()
        self.close()

    def _process_events(self, _events: list[Any]) -> None: ...

    def _write_to_self(self) -> None: ...


def _inside(coroutine: Any) -> Iterator[CoroutineType[Any, Any, Any]]:
    """A coroutine, the one that it waits for, and so on."""
    while inspect.iscoroutine(coroutine):
        yield coroutine
        coroutine = coroutine.cr_await


def _end(coroutine: CoroutineType[Any, Any, Any]) -> None:
    for _ in range(MOST_ENDINGS):
        with suppress(BaseException):
            coroutine.close()
            return


class World:
    """The time that all share, what happens in it by itself, and the processes."""

    def __init__(self) -> None:
        self.now = 0.0
        self.loops: list[Loop] = []
        self.turns = 0
        self._gone: list[Loop] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def loop(self, name: str) -> Loop:
        """A new process's loop."""
        loop = Loop(self, name)
        self.loops.append(loop)
        return loop

    def kill(self, loop: Loop) -> None:
        """End a process as SIGKILL does."""
        loop.die()
        if loop in self.loops:
            self.loops.remove(loop)
            self._gone.append(loop)

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Let something happen in the world at a moment."""
        self._count += 1
        heapq.heappush(self._timers, (max(moment, self.now), self._count, what))

    def run(self, until: float, over: Callable[[], bool]) -> None:
        """Turn what comes next until a moment, or until it is over, or until nothing can ever happen again."""
        while not over() and self.turns < MOST:
            moment, loop = min(self._moments(), key=lambda each: each[0], default=(until, None))
            if self._timers and self._timers[0][0] <= moment:
                moment, loop = self._timers[0][0], None
            if moment >= until:
                self.now = until
                return
            self.now = max(self.now, moment)
            self.turns += 1
            if loop is None:
                heapq.heappop(self._timers)[2]()
                continue
            with suppress(Killed):
                loop.turn()

    def close(self) -> None:
        """Let go of every process; what it would still have waited for is waited for no more."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            for loop in [*self.loops, *self._gone]:
                loop.die()
                loop.bury()

    def _moments(self) -> list[tuple[float, Loop]]:
        found = [(loop.moment(), loop) for loop in self.loops]
        return [(moment, loop) for moment, loop in found if moment is not None]
