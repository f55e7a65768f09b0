"""Output of many hosts at once into the store: as fast as it comes, and 200 lines a second each.

`python -m benchmarks.output [--hosts 50] [--megabytes 8] [--rounds 3] [--seconds 15]`. The peer is asyncssh bare, which
counts the bytes that its session callbacks get, in the same run. Ratios are of medians over the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median

import asyncssh

from benchmarks.hosts import Bare, Journaled, write
from benchmarks.hosts_cpu import Account, Cost
from benchmarks.hosts_server import Server, server
from cockpit.execution.contract import Order
from cockpit.journal.bulk import Bulk

LINES = 'n=0; while [ "$n" -lt {turns} ]; do printf "{twenty}"; sleep 0.1; n=$((n + 1)); done'
LINE = "2026-11-21T10:00:00Z worker handled a request of this usual length in 12 ms\\n"


class Count(asyncssh.SSHClientSession[bytes]):
    """Counts what comes."""

    def __init__(self) -> None:
        self.size = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes, _: object) -> None:
        """The next bytes."""
        self.size += len(data)

    def connection_lost(self, _: Exception | None) -> None:
        """That was all."""
        self.over.set_result(None)


class BareOutput(Bare):
    """asyncssh by bytes."""

    async def take(self, name: str, script: str) -> int:
        """How many bytes came."""
        count = Count()
        channel, _ = await self._open[name].create_session(lambda: count, script, encoding=None)
        await count.over
        channel.close()
        return count.size


class StoredOutput(Journaled):
    """The engine's transport, into the engine's store."""

    def __init__(self, host: Server, folder: Path) -> None:
        super().__init__(host, folder)
        self._home, self._store = host.home, folder / f"bulk-{secrets.token_hex(4)}"
        self._store.mkdir(mode=0o700)
        self._bulk = Bulk(self._store)

    async def take(self, name: str, script: str) -> int:
        """How many bytes are stored."""
        id, at = secrets.token_hex(8), 0  # noqa: A001

        def store(data: bytes) -> None:
            nonlocal at
            self._bulk.write(id, at, data)
            at += len(data)

        ended = await self._hosts.run(Order(id, name, script, self._met[name], fresh=True), store, lambda _: None)
        assert ended.exit == 0, ended
        await self._bulk.sealed(id)
        return at

    def clear(self) -> None:
        """Give the memory back that the folders take: a round that finds none left is slower than one on a disk."""
        for path in (*self._store.iterdir(), *self._home.glob(".cockpit/releases/*/*.out")):
            path.unlink()


async def all_of(names: list[str], act: Callable[[str], Awaitable[object]]) -> list[object]:
    """On every host at once."""
    return await asyncio.gather(*map(act, names))


async def flood(account: Account, side: BareOutput | StoredOutput, names: list[str], script: str, size: int) -> Cost:
    """What it costs to take so many bytes from each host."""
    with account.measure() as cost:
        sizes = await all_of(names, partial(side.take, script=script))
    assert sizes == [size] * len(names), sizes
    return cost


async def compare(account: Account, host: Server, options: argparse.Namespace) -> None:
    """Both sides in turn, then the slow stream."""
    names, size = host.names(options.hosts), options.megabytes << 20
    large = host.folder / "large"
    line = (LINE.replace("\\n", "\n")).encode()
    large.write_bytes((line * (size // len(line) + 1))[:size])
    ours, bare = StoredOutput(host, host.folder), BareOutput(host)
    await all_of(names, ours.first)
    ours_cost = [await flood(account, ours, names, f"cat {large}", size)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    await all_of(names, bare.first)
    bare_cost = [await flood(account, bare, names, f"cat {large}", size)]
    for _ in range(options.rounds - 1):
        ours.clear()
        ours_cost.append(await flood(account, ours, names, f"cat {large}", size))
        bare_cost.append(await flood(account, bare, names, f"cat {large}", size))
    total = size * len(names) / 1e6
    write(f"{len(names)} hosts, {options.megabytes} MB each at once, {options.rounds} rounds: medians\n")
    for label, costs in (("asyncssh, bytes by callback", bare_cost), ("cockpit, detached, stored", ours_cost)):
        wall = median(cost.wall for cost in costs)
        client, whole = (median(getattr(cost, name) for cost in costs) for name in ("client", "total"))
        write(f"{label:32}{total / wall:8.0f} MB/s  client CPU {client:5.2f} s  all CPU {whole:5.2f} s\n")
    ratio = median(cost.wall for cost in bare_cost) / median(cost.wall for cost in ours_cost)
    write(f"{'  ratio':32}{ratio:8.2f}       peak memory of the engine's process {peak:.0f} MB\n")
    await bare.close()
    await stream(account, ours, names, options.seconds)
    await ours.close()


async def stream(account: Account, ours: StoredOutput, names: list[str], seconds: int) -> None:
    """200 lines a second of each host, in bursts of 20."""
    script = LINES.format(turns=seconds * 10, twenty=LINE * 20)
    with account.measure() as cost:
        sizes = await all_of(names, partial(ours.take, script=script))
    lines = sum(size for size in sizes if isinstance(size, int)) / (len(LINE) - 1)
    engine, whole = cost.client / cost.wall * 100, cost.total / cost.wall * 100
    write(f"{len(names)} hosts, {lines / cost.wall / len(names):.0f} lines/s each for {cost.wall:.0f} s: ")
    write(f"engine {engine:.1f} % of a core (hosts and engine {whole:.0f} %)\n")


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hosts", type=int, default=50)
    asked.add_argument("--megabytes", type=int, default=8)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--seconds", type=int, default=15)
    account = Account()
    try:
        with server() as host:
            asyncio.run(compare(account, host, asked.parse_args()))
    finally:
        account.close()


if __name__ == "__main__":
    main()
