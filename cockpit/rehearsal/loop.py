"""An event loop whose timers run in the time of a rehearsal, but for those of what is real: sockets and processes."""

from __future__ import annotations

import asyncio
import heapq
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from contextvars import Context
from itertools import count
from math import inf, ulp
from time import monotonic
from typing import Any, TypeVar

from cockpit.engine.clock import IS_REAL
from cockpit.rehearsal.pace import Pace

T = TypeVar("T")

FINEST = 1e-9
"""Seconds that are told apart at least, until the time of a rehearsal is so far on that its numbers are coarser."""

LONGEST = 3600.0
"""Real seconds that are waited for at once at most, however slow a rehearsal is."""

_Due = tuple[float, int, asyncio.TimerHandle]


class Timers:
    """Timers of real time, the next one first."""

    def __init__(self) -> None:
        self._heap: list[_Due] = []
        self._numbers = count()

    def add(self, timer: asyncio.TimerHandle) -> None:
        """Take in a timer."""
        heapq.heappush(self._heap, (timer.when(), next(self._numbers), timer))

    def left(self) -> float | None:
        """Seconds until the next one is due; None where there is none."""
        while self._heap and self._heap[0][2].cancelled():
            heapq.heappop(self._heap)
        return max(0.0, self._heap[0][0] - monotonic()) if self._heap else None

    def due(self) -> list[asyncio.TimerHandle]:
        """Those that are due, taken out."""
        found: list[asyncio.TimerHandle] = []
        while self._heap and self._heap[0][0] <= monotonic():
            timer = heapq.heappop(self._heap)[2]
            if not timer.cancelled():
                found.append(timer)
        return found


class InTurn(asyncio.TimerHandle):
    """A timer of the rehearsal's time. Those of one moment come in the order in which they were set."""

    _when: float
    _scheduled: bool
    number = 0

    def __lt__(self, other: asyncio.TimerHandle) -> bool:
        if self._when == other.when() and isinstance(other, InTurn):
            return self.number < other.number
        return self._when < other.when()


class PacedSelector(selectors.BaseSelector):
    """Waits for files as long as the pace says, and moves its time on."""

    def __init__(self, pace: Pace, timers: Timers) -> None:
        self._pace, self._timers = pace, timers
        self._files = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `BaseSelector`; the timeout is in the rehearsal's seconds."""
        if timeout is not None and timeout <= 0:
            return self._files.select(0)
        wait = None if timeout is None else self._pace.wait(timeout)
        real = self._timers.left()
        longest = LONGEST if real is None else min(real, LONGEST)
        first = wait is not None and wait <= longest
        found = self._files.select(wait if first else longest)
        self._pace.passed(inf if timeout is None else timeout, whole=first and not found)
        return found

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `BaseSelector`."""
        return self._files.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """See `BaseSelector`."""
        return self._files.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `BaseSelector`."""
        return self._files.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """See `BaseSelector`."""
        return self._files.get_map()

    def close(self) -> None:
        """See `BaseSelector`."""
        self._files.close()


class PacedLoop(asyncio.SelectorEventLoop):
    """Time is the pace's, but in a context of `real_time()`. What is handed to threads outside of that runs at once.

    Nothing that happens in the rehearsal's time then depends on how fast this machine is.
    """

    _clock_resolution: float
    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, pace: Pace) -> None:
        self._pace, self._timers = pace, Timers()
        self._numbers = count()
        super().__init__(PacedSelector(pace, self._timers))

    def time(self) -> float:
        """See `BaseEventLoop`."""
        return monotonic() if IS_REAL.get() else self._pace.gone()

    def call_at(  # type: ignore[override]  # what a callback takes is its own affair
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """See `BaseEventLoop`."""
        if IS_REAL.get():
            timer = asyncio.TimerHandle(when, callback, args, self, context)
            self._timers.add(timer)
            return timer
        timer = InTurn(when, callback, args, self, context)
        timer.number = next(self._numbers)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True  # noqa: SLF001  so that the loop hears when it is cancelled
        return timer

    def run_in_executor(  # type: ignore[override]  # the same
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """See `BaseEventLoop`."""
        if IS_REAL.get():
            return super().run_in_executor(executor, func, *args)
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  it goes to whoever waits, whatever it is
            future.set_exception(error)
        return future

    def _run_once(self) -> None:
        for timer in self._timers.due():
            self._ready.append(timer)
        self._clock_resolution = max(FINEST, 2 * ulp(self._pace.gone()))  # a timer is due up to so much before its time
        super()._run_once()  # type: ignore[misc]


def run(main: Coroutine[Any, Any, T], pace: Pace) -> T:
    """Run this to its end in the pace's time, as `asyncio.run` does in real time."""
    with asyncio.Runner(loop_factory=lambda: PacedLoop(pace)) as runner:
        return runner.run(main)
