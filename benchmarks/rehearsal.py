"""A rehearsal's hosts over SSH: servers, wrappers and attempts, all driven by one process.

`python -m benchmarks.rehearsal [--hosts 100] [--attempts 3] [--lines 200]`. Processor time is that of the process (both
ends of every connection) and of everything on the hosts; memory is the process's peak, its imports among it.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.hosts_cpu import Account
from benchmarks.hosts_server import SHARED
from cockpit.execution.contract import Order, Reached
from cockpit.execution.settings import Run
from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.real.servers import Servers
from cockpit.rehearsal.real.transport import RealTransport

SECONDS: Final = 60.0
MEGABYTES: Final = 400
PACE: Final = 60.0
"""So many seconds of the rehearsal are one on the clock."""


class Rehearsed:
    """Hosts below a folder, and attempts on them that all do the same."""

    def __init__(self, account: Account, folder: Path, hosts: int, lines: int) -> None:
        self._account, self._names = account, [f"web-{number:04}" for number in range(hosts)]
        self._habit = Habit(20.0, pieces=tuple((20 * at / lines, f"line {at}\n".encode()) for at in range(lines)))
        self._servers = Servers(folder, self._names)
        run = Run("bench", "nonce", "captain", "bastion")
        self._transport = RealTransport(self._servers, run, lambda _: self._habit, lambda _: b"", lambda: PACE)

    async def all(self, attempts: int) -> None:
        """Servers, connections, attempts one after another on each host, and the end."""
        with self._shown("servers"):
            await self._servers.start()
        with self._shown("connections"):
            reached = await asyncio.gather(*(self._transport.reach(name) for name in self._names))
        with self._shown(f"{attempts} attempts each"):
            await asyncio.gather(*(self._attempts(found, attempts) for found in reached if isinstance(found, Reached)))
        with self._shown("the end"):
            left = await asyncio.gather(*(self._transport.clean(name) for name in self._names))
            await self._transport.close()
            await self._servers.close()
        assert not any(left), left

    async def _attempts(self, found: Reached, count: int) -> None:
        whole = b"".join(data for _, data in self._habit.pieces)
        for number in range(count):
            output = bytearray()
            order = Order(f"{found.host}-{number}", found.host, "true", found.identity, fresh=True)
            ended = await self._transport.run(order, output.extend, lambda _: None)
            assert ended.outcome == "passed" and output == whole, ended  # noqa: PT018

    @contextmanager
    def _shown(self, what: str) -> Iterator[None]:
        with self._account.measure() as cost:
            yield
        show(what, cost.wall, cost.client, cost.total)


def show(what: str, wall: float, client: float, total: float) -> None:
    """One line of figures."""
    print(f"{what:24}{wall:8.2f} s{client:8.2f} s{total:8.2f} s{peak():8.0f} MB", flush=True)


def peak() -> float:
    """The most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure; the exit status is 1 where the limits are not kept."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hosts", type=int, default=100)
    asked.add_argument("--attempts", type=int, default=3)
    asked.add_argument("--lines", type=int, default=200, help="lines of output of an attempt")
    options = asked.parse_args()
    print(f"{options.hosts} hosts{'':15}{'wall':>8}  {'process':>8}  {'all CPU':>8}  {'peak':>8}")
    account = Account()
    memory = SHARED if SHARED.is_dir() else None
    begun, used = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="cockpit-bench-", dir=memory) as folder, account.measure() as cost:
        made = Rehearsed(account, Path(folder), options.hosts, options.lines)
        asyncio.run(made.all(options.attempts))
    account.close()
    show("all of it", time.perf_counter() - begun, time.process_time() - used, cost.total)
    sys.exit(cost.wall > SECONDS or peak() > MEGABYTES)


if __name__ == "__main__":
    main()
