"""An engine's process: how soon an intent's event is seen by another client, and what it takes while it waits.

`python -m benchmarks.engine [--intents 500] [--seconds 10]`. A release of one step to be done by hand, below
BENCH_FOLDER or in a temporary folder on a disk; both clients are in this process. Beside each intent the same event is
stored by bare sqlite3: what the disk takes of it.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from benchmarks.hosts import write
from benchmarks.idle import memory
from benchmarks.journal import Bare
from cockpit.engine import address, arguments
from cockpit.engine.client import Client
from cockpit.engine.place import Home, Place
from cockpit.engine.protocol import Records
from cockpit.journal import sqlite
from cockpit.playbook import load
from cockpit.release.events import Held, Opened, Resumed
from cockpit.release.intents import Hold, Resume
from tests.loopback.waiting import wait_until

BOOK: Final = """\
playbook: quiet
title: Quiet
roles: {captain: {people: ['{{ login }}']}}
phases:
  - phase: main
    steps:
      - {id: look, do: Look at it}
"""


def begin(folder: Path) -> Place:
    """A release that waits for a person."""
    book = folder / "quiet.yaml"
    book.write_text(BOOK)
    plan = load.plan(book, {}, getpass.getuser())
    place = Home(folder / "cockpit" / "releases").create("quiet")
    journal = sqlite.create(place.journal)
    journal.claim()
    opened = Opened(
        release="quiet",
        nonce=secrets.token_hex(16),
        mode="live",
        plan=plan,
        digest=plan.digest,
        captain=getpass.getuser(),
    )
    journal.append([opened], time.time())
    journal.close()
    return place


@contextmanager
def engine(place: Place) -> Iterator[int]:
    """Its engine's process id."""
    with place.log.open("wb") as log:
        running = subprocess.Popen([sys.executable, "-m", "cockpit.engine", *arguments.words(place)], stderr=log)
    try:
        wait_until(lambda: address.answers(place.socket), "the engine listens")
        yield running.pid
    finally:
        running.terminate()
        running.wait()


class Watcher:
    """A second client: when the first record of a kind came behind the moment it was told to look."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wanted: type[Held | Resumed] = Held
        self._seen: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def look_for(self, kind: type[Held | Resumed]) -> asyncio.Future[float]:
        """The moment at which the next event of that kind is here."""
        self._wanted, self._seen = kind, asyncio.get_running_loop().create_future()
        return self._seen

    async def watch(self) -> None:
        """Take everything."""
        async for message in self._client:
            for record in message.records if isinstance(message, Records) else ():
                if isinstance(record.event, self._wanted) and not self._seen.done():
                    self._seen.set_result(time.perf_counter())


async def intents(place: Place, bare: Bare, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds from asking to seeing, and of sqlite3 alone for the same."""
    seen, stored = [], []
    async with Client.connect(place) as watching, Client.connect(place, records=False) as asking:
        watcher = Watcher(watching)
        taking = asyncio.create_task(watcher.watch())
        await watching.ping()
        for number in range(count):
            kind = Resumed if number % 2 else Held
            sight = watcher.look_for(kind)
            begun = time.perf_counter()
            answer = asyncio.ensure_future(asking.ask(Resume() if number % 2 else Hold()))
            seen.append((await sight - begun) * 1000)
            assert await answer is None
            (rows,) = bare.prepared([kind(by="captain")], 1)
            begun = time.perf_counter()
            bare.append(rows)
            stored.append((time.perf_counter() - begun) * 1000)
        taking.cancel()
    return seen, stored


def tell(label: str, found: list[float]) -> None:
    """One line."""
    write(f"{label:40}{median(found):8.2f}{quantiles(found, n=100)[98]:8.2f}{max(found):8.2f}\n")


def used(pid: int) -> float:
    """Seconds of the processor that a process took."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(pid: int, seconds: int) -> None:
    """What the engine takes while nothing happens."""
    before = used(pid)
    time.sleep(seconds)
    share = (used(pid) - before) / seconds
    write(f"engine idle for {seconds} s: {memory(pid):.0f} MB, {share * 100:.2f} % of a core\n")


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--intents", type=int, default=500)
    asked.add_argument("--seconds", type=int, default=10)
    options = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cockpit-bench-", dir=os.environ.get("BENCH_FOLDER")))
    try:
        place = begin(folder)
        with engine(place) as pid:
            idle(pid, options.seconds)
            write(f"{options.intents} intents, ms{'':25}{'median':>8}{'p99':>8}{'most':>8}\n")
            seen, stored = asyncio.run(intents(place, Bare(folder / "bare.db"), options.intents))
            tell("from the intent to another client", seen)
            tell("of it sqlite3 alone", stored)
            write(f"engine after that: {memory(pid):.0f} MB\n")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
