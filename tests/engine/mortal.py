"""An engine that dies by SIGKILL where a test wants it, and lives again at once: real parts behind ones that may kill.

The file `parts.json` in the release's folder holds a `Parts`, `wall` the seconds by which the wall clock is wrong now,
`slept` those that the machine was suspended. Each life is a fork, so that a test can afford many. What killed one is
written into `burnt`, and kills no other.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from cockpit.engine import arguments
from cockpit.engine.__main__ import exit_of
from cockpit.engine.daemon import Daemon
from cockpit.engine.exits import EngineExit
from cockpit.engine.place import Place
from cockpit.engine.surroundings import Production
from cockpit.engine.vault import Vault
from cockpit.engine.visits import HEARTBEAT
from cockpit.errors import CockpitError
from cockpit.execution.contract import (
    Ended,
    Holder,
    HttpOrder,
    LinkReport,
    NotReached,
    Order,
    Question,
    Reached,
    Sink,
    Transport,
)
from cockpit.execution.hosts import Hosts
from cockpit.execution.http import Requests
from cockpit.execution.settings import Limits, Login, Run
from cockpit.journal import sqlite
from cockpit.journal.sqlite import SqliteJournal
from cockpit.playbook.plan import Plan
from cockpit.release.events import AnyEvent, Record
from cockpit.settings import Settings

T = TypeVar("T")

MORTAL = (sys.executable, "-P", str(Path(__file__)))
"""The command that starts such an engine."""


class Parts(msgspec.Struct, frozen=True):
    """`dies` are patterns of moments, such as `before lock *`; `heartbeat` is a lock's, in seconds."""

    dies: tuple[str, ...] = ()
    limits: Limits = Limits()
    heartbeat: float = HEARTBEAT


class Fuse:
    """Kills this process at each moment that fits, but at none twice."""

    def __init__(self, place: Place, patterns: Sequence[str]) -> None:
        self._file, self._patterns = place.folder / "burnt", patterns

    def __call__(self, moment: str) -> None:
        if any(fnmatchcase(moment, pattern) for pattern in self._patterns) and moment not in burnt(self._file):
            with self._file.open("a") as file:
                file.write(f"{moment}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    async def around(self, moment: str, act: Awaitable[T]) -> T:
        """Die before the act (`before …`), or after it and before anybody hears of its result (`after …`)."""
        self(f"before {moment}")
        result = await act
        self(f"after {moment}")
        return result


def burnt(file: Path) -> list[str]:
    """The moments at which an engine has died."""
    return file.read_text().splitlines() if file.exists() else []


class MortalJournal:
    """Dies before an append (nothing is durable) or after it (nobody was told)."""

    def __init__(self, inner: SqliteJournal, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def append(self, events: Sequence[AnyEvent], at: float) -> tuple[Record, ...]:
        name = " ".join(_name(event) for event in events)
        self._fuse(f"before append {name}")
        records = self._inner.append(events, at)
        self._fuse(f"after append {name}")
        return records

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _name(event: AnyEvent) -> str:
    about = [str(getattr(event, field)) for field in ("id", "host", "step") if hasattr(event, field)]
    return "-".join((type(event).__name__, *about))


class MortalTransport:
    """Dies around each thing that is asked of a host, and `amid run` at an attempt's first output."""

    def __init__(self, inner: Hosts, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    async def reach(self, host: str) -> Reached | NotReached:
        return await self._fuse.around(f"reach {host}", self._inner.reach(host))

    async def run(self, order: Order, sink: Sink, link: LinkReport) -> Ended:
        def amid(data: bytes) -> None:
            sink(data)
            self._fuse(f"amid run {order.host} {order.id}")

        return await self._fuse.around(f"run {order.host} {order.id}", self._inner.run(order, amid, link))

    async def stop(self, order: Order) -> Ended | None:
        return await self._fuse.around(f"stop {order.host} {order.id}", self._inner.stop(order))

    async def ask(self, question: Question) -> bytes | str:
        return await self._fuse.around(f"ask {question.host}", self._inner.ask(question))

    async def lock(self, host: str, take_over: bool) -> Holder | NotReached | None:
        return await self._fuse.around(f"{'take' if take_over else 'lock'} {host}", self._inner.lock(host, take_over))

    async def clean(self, host: str) -> str:
        return await self._fuse.around(f"clean {host}", self._inner.clean(host))

    async def close(self) -> None:
        await self._inner.close()


class MortalRequests(Requests):
    """Dies around each request."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    async def send(self, order: HttpOrder, sink: Sink) -> Ended:
        return await self._fuse.around(f"send {order.method} {order.id}", super().send(order, sink))


class MortalWorld(Production):
    """The world as it is, where acts may kill."""

    def __init__(self, settings: Settings, parts: Parts, fuse: Fuse) -> None:
        super().__init__(settings)
        self._parts, self._fuse, self._config = parts, fuse, settings.ssh_config
        self.machine, self.heartbeat = "bastion", parts.heartbeat

    def transport(self, plan: Plan, run: Run, vault: Vault, missed: Callable[[], object]) -> Transport:
        login = Login(plan.ssh.user, plan.ssh.jump, self._config)
        self._hosts = Hosts(run, login, self._parts.limits, lambda: vault.values, missed)
        return MortalTransport(self._hosts, self._fuse)

    def requests(self) -> Requests:
        return MortalRequests(self._fuse)


def live(place: Place) -> int:
    """One life; its exit status."""
    parts = msgspec.json.decode((place.folder / "parts.json").read_bytes(), type=Parts)
    _distort(place.folder)
    try:
        fuse = Fuse(place, parts.dies)
        journal = cast("SqliteJournal", MortalJournal(sqlite.open(place.journal, place.file_mode), fuse))
        closed = asyncio.run(Daemon(place, journal, MortalWorld(Settings.load(), parts, fuse)).run())
    except CockpitError as error:
        logging.getLogger(__name__).error("%s", error)
        return exit_of(error)
    return EngineExit.CLOSED if closed else EngineExit.STOPPED


def _distort(folder: Path) -> None:
    """Let this process's clocks be wrong by what the files say at that moment."""
    wall, steady = time.time, time.clock_gettime
    time.time = lambda: wall() + seconds(folder / "wall")
    time.clock_gettime = lambda clock: (
        steady(clock) + (seconds(folder / "slept") if clock == time.CLOCK_BOOTTIME else 0.0)
    )


def seconds(file: Path) -> float:
    """What a file says; none where there is no file."""
    return float(file.read_text() or 0) if file.exists() else 0.0


def main() -> int:
    """Live, and live again after each SIGKILL; a signal that asks to stop ends the life and is its last."""
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.INFO)
    place = arguments.place(arguments.parser("mortal").parse_args())
    stopping = False
    life = 0

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        os.kill(life, signal.SIGTERM)

    while True:
        life = os.fork()
        if life == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(live(place))
        signal.signal(signal.SIGTERM, stop)
        _, status = os.waitpid(life, 0)
        code = os.waitstatus_to_exitcode(status)
        if stopping or code != -signal.SIGKILL:
            return code


if __name__ == "__main__":
    sys.exit(main())
