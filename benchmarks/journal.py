"""The journal: durable appends beside bare sqlite3, alone and when several wait together; reading a long one back.

`python -m benchmarks.journal [--appends 300] [--rounds 15] [--events 100000]`. Below BENCH_FOLDER, or in a temporary
folder: on a disk, since in memory nothing is durable. Each round measures both sides one after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from msgspec.structs import replace

from benchmarks.hosts import write
from cockpit.journal import sqlite
from cockpit.journal.chain import GENESIS, Row, extend
from cockpit.journal.sqlite import SqliteJournal
from cockpit.playbook import load
from cockpit.playbook.plan import Plan
from cockpit.release.apply import fold
from cockpit.release.events import AnyEvent, AttemptEnded, AttemptStarted, HostPassed, Opened

GROUPS: Final = (1, 10, 100)
HOSTS, STEPS = 200, 167
BOOK: Final = """\
playbook: long
title: Long
roles: {{captain: {{people: ['{{{{ login }}}}']}}}}
hosts: {{web: 'web-[1:{hosts}]'}}
phases:
  - phase: main
    steps:
"""


def ended(id: str) -> AttemptEnded:  # noqa: A002
    """An event of about 400 bytes with its hash, as most of a long journal are."""
    captures = {"backup_file": f"/var/backups/orders-before-1.1.0-{id}.db", "orders": "1204"}
    return AttemptEnded(
        id=id, outcome="passed", exit=0, seconds=12.25, captures=captures, size=4096, sha256=id_of("output", id) * 2
    )


def id_of(*parts: object) -> str:
    """32 letters, always the same for the same parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


class Bare:
    """sqlite3 with the journal's settings, given lines that are encoded and chained already."""

    def __init__(self, path: Path) -> None:
        self._last = (0, GENESIS)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE records (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, line BLOB NOT NULL)")

    def prepared(self, events: Sequence[AnyEvent], times: int) -> list[list[Row]]:
        """The next rows that hold these events, so many times over."""
        found = []
        for _ in range(times):
            found.append(extend(*self._last, events, time.time()))
            self._last = found[-1][-1][:2]
        return found

    def append(self, rows: list[Row]) -> None:
        """One transaction."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT INTO records (seq, hash, line) VALUES (?, CAST(? AS TEXT), ?)", rows)
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def run_all(acts: Iterable[object]) -> None:
    """One after the other."""
    for _ in acts:
        pass


def rate(count: int, act: Callable[[], object]) -> float:
    """How many a second."""
    begun = time.perf_counter()
    act()
    return count / (time.perf_counter() - begun)


def cost(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor."""
    begun, used = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - used


def appends(folder: Path, count: int, rounds: int) -> None:
    """Both sides in turn, for each size of a transaction."""
    journal, bare = sqlite.create(folder / "appends.db"), Bare(folder / "bare.db")
    journal.claim()
    for group in GROUPS:
        events = [ended(id_of(number)) for number in range(group)]
        ours, raw = [], []
        for _ in range(rounds):
            raw.append(rate(count * group, partial(run_all, map(bare.append, bare.prepared(events, count)))))
            ours.append(
                rate(count * group, partial(run_all, (journal.append(events, time.time()) for _ in range(count))))
            )
        tell(f"{group} event{'s'[: group - 1]} in a transaction", raw, ours)
    waiting = [rate(count * 10, lambda: asyncio.run(together(journal, 10, count))) for _ in range(rounds)]
    write(f"{'10 that wait for theirs, each':32}{'':12}{median(waiting):12,.0f}\n")
    journal.close()
    bare.close()


def tell(label: str, raw: list[float], ours: list[float]) -> None:
    """One line; the ratio is that of the rounds in the middle."""
    ratios = sorted(mine / theirs for mine, theirs in zip(ours, raw, strict=True))
    write(f"{label:32}{median(raw):12,.0f}{median(ours):12,.0f}{median(ratios):8.2f}")
    write(f"  ({ratios[0]:.2f} to {ratios[-1]:.2f})\n")


async def together(journal: SqliteJournal, writers: int, count: int) -> None:
    """So many writers, each of which waits until its event is durable before it has the next one."""
    inbox: asyncio.Queue[tuple[AnyEvent, asyncio.Future[None]]] = asyncio.Queue()

    async def one(event: AnyEvent) -> None:
        for _ in range(count):
            durable = asyncio.get_running_loop().create_future()
            inbox.put_nowait((event, durable))
            await durable

    async def commit() -> None:
        while True:
            waiting = [await inbox.get()]
            waiting += [inbox.get_nowait() for _ in range(inbox.qsize())]
            journal.append([event for event, _ in waiting], time.time())
            for _, durable in waiting:
                durable.set_result(None)

    committing = asyncio.create_task(commit())
    await asyncio.gather(*(one(ended(id_of(number))) for number in range(writers)))
    committing.cancel()


def story(plan: Plan, count: int) -> Iterator[AnyEvent]:
    """A long release: each step on every host."""
    yield Opened(release="long", nonce="00", mode="live", plan=plan, digest=plan.digest, captain="ada")
    for number in range((count - 1) // 3):
        step, host = f"step-{number // HOSTS + 1}", f"web-{number % HOSTS + 1}"
        started = id_of(step, host)
        key, boot, marker = f"SHA256:{id_of(host)}", id_of(host, "boot"), id_of(host, "marker")
        yield AttemptStarted(id=started, step=step, host=host, part="run", number=1, key=key, boot=boot, marker=marker)
        yield replace(ended(started), captures={})
        yield HostPassed(step=step, host=host)


def replay(folder: Path, count: int, rounds: int) -> None:
    """Write a long journal once; read it back again and again."""
    book = folder / "long.yaml"
    steps = (f"      - {{id: step-{number}, on: web, run: make it so}}\n" for number in range(1, STEPS + 1))
    book.write_text(BOOK.format(hosts=HOSTS) + "".join(steps))
    journal = sqlite.create(folder / "long.db")
    journal.claim()
    events = list(story(load.plan(book, {}, getpass.getuser()), count))
    for at in range(0, len(events), 1000):
        journal.append(events[at : at + 1000], time.time())
    journal.close()
    reader = sqlite.open(folder / "long.db")
    acts: dict[str, Callable[[], object]] = {
        "chain checked": reader.verify,
        "chain checked, events read": lambda: sum(1 for _ in reader.read()),
        "chain checked, state folded": lambda: fold(reader.read()),
    }
    for label, act in acts.items():
        costs = [cost(act) for _ in range(rounds)]
        walls, cpus = sorted(wall for wall, _ in costs), sorted(cpu for _, cpu in costs)
        write(f"{label:32}{median(walls):8.2f} s  ({walls[0]:.2f} to {walls[-1]:.2f})  CPU {median(cpus):.2f} s\n")
    reader.close()


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--appends", type=int, default=300, help="transactions in a round")
    asked.add_argument("--rounds", type=int, default=15)
    asked.add_argument("--events", type=int, default=100_000, help="of the journal that is read back")
    options = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cockpit-bench-", dir=os.environ.get("BENCH_FOLDER")))
    try:
        write(f"{'durable events a second':32}{'sqlite3':>12}{'cockpit':>12}{'ratio':>8}\n")
        appends(folder, options.appends, options.rounds)
        write(f"replay of {options.events:,} events, {HOSTS} hosts\n")
        replay(folder, options.events, 5)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
