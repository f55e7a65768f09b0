"""The supervisor's process: the parent of a release's engine, which starts it again whenever it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Sequence

from cockpit.engine import arguments
from cockpit.engine.exits import FINAL, EngineExit, meaning
from cockpit.engine.place import Place
from cockpit.journal.lock import Lock, holder

HEALTHY = 60.0
"""An engine that ran so many seconds starts the count of failures anew."""

_FIRST = 0.2
_LONGEST = 30.0
_LOOK = 0.5
_GRACE = 15.0
_log = logging.getLogger("cockpit.engine.supervisor")


def pause(failures: int, chance: float) -> float:
    """Seconds to wait after so many failures in a row (from 1), spread by `chance` (0 to 1)."""
    longest = min(_LONGEST, _FIRST * 2.0 ** min(failures - 1, 20))
    return longest * (0.5 + 0.5 * chance)


class Parent:
    """Keeps one engine running until it says that none is needed, or a signal says stop.

    `report` is a pipe that gets a line when it is clear who supervises, then one with the exit status of each engine.
    """

    def __init__(self, place: Place, command: Sequence[str], report: int | None = None) -> None:
        self._place = place
        self._command = command
        self._report = report
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Supervise; the last engine's exit status, or BUSY where another supervisor does so already."""
        lock = Lock.take(self._place.supervisor_lock, self._place.file_mode)
        if lock is None:
            self._tell("there is another")
            return EngineExit.BUSY
        try:
            self._tell("supervising")
            self._listen()
            status = await self._supervise(lock)
            self._tell(str(int(status)))
            return status
        finally:
            lock.release()

    async def _supervise(self, lock: Lock) -> int:
        failures = 0
        while lock.is_in_place:
            await self._adopt()
            if self._stop.is_set():
                return EngineExit.STOPPED
            began = time.monotonic()
            status = await self._engine()
            _log.warning("the engine of %s ended: %s", self._place.release, meaning(status))
            if status in FINAL or self._stop.is_set():
                return status
            self._tell(str(int(status)))
            failures = 1 if time.monotonic() - began >= HEALTHY else failures + 1
            await self._rest(pause(failures, random.random()))  # noqa: S311  no secret
        return EngineExit.UNUSABLE

    async def _adopt(self) -> None:
        """Wait while an engine runs that a dead supervisor has left."""
        while holder(self._place.lock) is not None and not self._stop.is_set():
            await self._rest(_LOOK)

    async def _engine(self) -> int:
        """One engine's life."""
        process = await asyncio.create_subprocess_exec(*self._command, stdin=asyncio.subprocess.DEVNULL, cwd="/")
        ended = asyncio.ensure_future(process.wait())
        stopped = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not ended.done():
            await self._end(process, ended)
        return await ended

    async def _end(self, process: asyncio.subprocess.Process, ended: asyncio.Future[int]) -> None:
        process.terminate()
        if not (await asyncio.wait([ended], timeout=_GRACE))[0]:
            process.kill()

    async def _rest(self, seconds: float) -> None:
        """Wait, but not when told to stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    def _tell(self, line: str) -> None:
        if self._report is not None:
            with contextlib.suppress(OSError):  # nobody waits for it any more
                os.write(self._report, f"{line}\n".encode())

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)


def main(words: Sequence[str]) -> int:
    """Supervise the release that these words name. What is behind `--` starts its engine."""
    parser = arguments.parser("cockpit-supervisor")
    parser.add_argument("--report", type=int, help="a pipe for exit statuses")
    parser.add_argument("--stay", action="store_true", help="do not go to the background")
    parser.add_argument("engine", nargs="+")
    found = parser.parse_args(words)
    place = arguments.place(found)
    if found.stay:
        _say_into(place)
    elif os.fork():
        os._exit(0)  # so that nobody has to wait for this process
    if found.report is not None:
        os.set_inheritable(found.report, False)
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.INFO)
    return asyncio.run(Parent(place, (*found.engine, *arguments.words(place)), found.report).run())


def _say_into(place: Place) -> None:
    """Make the log this process's output, and its children's."""
    with place.log.open("ab") as log:
        place.log.chmod(place.file_mode)
        for descriptor in (1, 2):
            os.dup2(log.fileno(), descriptor)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
