"""Connect, run a command, run the next one: detached and journaled, beside asyncssh bare and beside other tools.

`python -m benchmarks.hosts [--hosts 200] [--rounds 5] [--peers]`. Peers are looked for on PATH and in the `bin` folder
that `BENCH_PEERS` names. Every round measures both sides one after the other; ratios are of medians over the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Final

import asyncssh

from benchmarks.hosts_cpu import Account, Cost
from benchmarks.hosts_peers import peers
from benchmarks.hosts_server import ADDRESS, Server, server
from cockpit.execution.contract import Identity, Order, Reached
from cockpit.execution.hosts import Hosts
from cockpit.execution.settings import Limits, Login, Run
from cockpit.journal import sqlite
from cockpit.release.events import AnyEvent, AttemptEnded, AttemptStarted, HostReached

AT_ONCE: Final = 32
Pair = tuple[Cost, Cost]


async def spread(names: Iterable[str], visit: Callable[[str], Awaitable[None]]) -> None:
    """Visit every host, so many at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> None:
        async with room:
            await visit(name)

    await asyncio.gather(*(one(name) for name in names))


class Bare:
    """asyncssh as fast as it goes: keys and known_hosts parsed once, AES-GCM, the command not detached."""

    def __init__(self, host: Server) -> None:
        self._options = {
            "port": host.port,
            "username": host.user,
            "config": None,
            "client_keys": asyncssh.load_keypairs([str(host.client_key)]),
            "agent_path": None,
            "known_hosts": asyncssh.read_known_hosts(str(host.known_hosts)),
            "encryption_algs": ["aes128-gcm@openssh.com"],
            "x509_trusted_certs": None,
        }
        self._open: dict[str, asyncssh.SSHClientConnection] = {}

    async def first(self, name: str) -> None:
        """Connect and run."""
        self._open[name] = await asyncssh.connect(ADDRESS, **self._options)
        await self.next(name)

    async def next(self, name: str) -> None:
        """Run on the open connection."""
        ran = await self._open[name].run("true")
        assert ran.exit_status == 0

    async def close(self) -> None:
        """Drop all connections."""
        for connection in self._open.values():
            connection.abort()
        await asyncio.gather(*(connection.wait_closed() for connection in self._open.values()))


class Journaled:
    """The engine's own transport; every event is durable in a journal before the next act."""

    def __init__(self, host: Server, folder: Path) -> None:
        nonce = secrets.token_hex(8)
        run = Run("bench", nonce, "captain", "bastion")
        self._hosts = Hosts(run, Login(config=str(host.config)), Limits(handshakes=AT_ONCE))
        self._journal = sqlite.create(folder / f"{nonce}.journal")
        self._journal.claim()
        self._met: dict[str, Identity] = {}
        self._waiting: list[AnyEvent] = []
        self._durable = asyncio.get_running_loop().create_future()

    async def first(self, name: str) -> None:
        """Connect, journal what the host is, then run."""
        found = await self._hosts.reach(name)
        assert isinstance(found, Reached), found
        what = self._met[name] = found.identity
        await self._append(
            HostReached(host=name, address=found.address, key=what.key, boot=what.boot, marker=what.marker)
        )
        await self.next(name)

    async def next(self, name: str) -> None:
        """Run detached on the open connection."""
        id, what = secrets.token_hex(8), self._met[name]  # noqa: A001
        await self._append(
            AttemptStarted(
                id=id, step="bench", host=name, part="run", number=1, key=what.key, boot=what.boot, marker=what.marker
            )
        )
        ended = await self._hosts.run(Order(id, name, "true", what, fresh=True), _nothing, _nothing)
        assert ended.exit == 0, ended
        await self._append(AttemptEnded(id=id, outcome=ended.outcome, exit=ended.exit, seconds=ended.seconds))

    async def close(self) -> None:
        """Drop all connections."""
        await self._hosts.close()
        self._journal.close()

    async def _append(self, event: AnyEvent) -> None:
        """Whatever has come meanwhile goes in one transaction, as the engine does it."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._commit)
        self._waiting.append(event)
        await self._durable

    def _commit(self) -> None:
        self._journal.append(self._waiting, time.time())
        self._durable.set_result(None)
        self._waiting, self._durable = [], asyncio.get_running_loop().create_future()


def _nothing(_: object) -> None:
    """Output and links of `true`."""


async def visit(account: Account, side: Bare | Journaled, names: list[str], again: int) -> tuple[Cost, list[Cost]]:
    """What the first command costs, and each of the next ones."""
    with account.measure() as first:
        await spread(names, side.first)
    following = []
    for _ in range(again):
        with account.measure() as cost:
            await spread(names, side.next)
        following.append(cost)
    await side.close()
    return first, following


async def compare(account: Account, host: Server, names: list[str], rounds: int, again: int) -> None:
    """Both sides in turn, and what came out."""
    first: list[Pair] = []
    following: list[Pair] = []
    for _ in range(rounds):
        bare_first, bare_next = await visit(account, Bare(host), names, again)
        ours_first, ours_next = await visit(account, Journaled(host, host.folder), names, again)
        first.append((bare_first, ours_first))
        following += zip(bare_next, ours_next, strict=True)
    write(f"{len(names)} hosts, {AT_ONCE} at a time, {rounds} rounds: medians\n")
    write(f"{'':32}{'wall s':>9}{'client ms/host':>16}{'all CPU ms/host':>17}\n")
    table("connect and the first command", first, len(names))
    table("the next command", following, len(names))


def table(title: str, pairs: list[Pair], count: int) -> None:
    """Two lines and their ratio; the ratio's range over the rounds is that of the clock."""
    middles = []
    for side, label in enumerate(("asyncssh", "cockpit, detached, journaled")):
        costs = [pair[side] for pair in pairs]
        middle = Cost(*(median(getattr(cost, field) for cost in costs) for field in Cost.__struct_fields__))
        middles.append(middle)
        each = f"{middle.client / count * 1000:16.2f}{middle.total / count * 1000:17.2f}"
        write(f"{title if side == 0 else '':32}{middle.wall:9.2f}{each}  {label}\n")
    ratios = sorted(ours.wall / bare.wall for bare, ours in pairs)
    bare, ours = middles
    write(f"{'  ratio':32}{ours.wall / bare.wall:9.2f}{ours.client / bare.client:16.2f}")
    write(f"{ours.total / bare.total if bare.total else 0:17.2f}")
    write(f"  (clock: {ratios[0]:.2f} to {ratios[-1]:.2f} in {len(ratios)} pairs)\n")


def write(text: str) -> None:
    """Print the figures."""
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hosts", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--again", type=int, default=3, help="next commands in a round")
    asked.add_argument("--peers", action="store_true", help="other tools too, one round after the other")
    options = asked.parse_args()
    account = Account()
    try:
        with server() as host:
            names = host.names(options.hosts)
            asyncio.run(compare(account, host, names, options.rounds, options.again))
            if options.peers:
                for line in peers(account, host, names, AT_ONCE):
                    write(line)
    finally:
        account.close()


if __name__ == "__main__":
    main()
