"""Hosts that are connected and have nothing to do: memory and processor time of the engine's process.

`python -m benchmarks.idle [--hosts 1000] [--seconds 20]`. The peer is asyncssh bare, in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.hosts import Bare, Journaled, spread, write
from benchmarks.hosts_server import Server, server


def memory(pid: int | str = "self") -> float:
    """MB that a process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def wait(label: str, side: Bare | Journaled, names: list[str], seconds: int) -> None:
    """Run one command on each host, then watch."""
    before = memory()
    await spread(names, side.first)
    await asyncio.sleep(2)
    clock, used = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    share = (time.process_time() - used) / (time.perf_counter() - clock)
    write(f"{label:32}{memory():6.0f} MB (before the first connection {before:.0f}){share * 100:7.2f} % of a core\n")
    await side.close()


async def one(side: str, host: Server, count: int, seconds: int) -> None:
    """One side, in this process."""
    made = Bare(host) if side == "bare" else Journaled(host, host.folder)
    label = "asyncssh, no keepalive" if side == "bare" else "cockpit"
    await wait(label, made, host.names(count), seconds)


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hosts", type=int, default=1000)
    asked.add_argument("--seconds", type=int, default=20)
    asked.add_argument("--side", choices=("bare", "cockpit"), help=argparse.SUPPRESS)
    asked.add_argument("--at", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    if options.side:
        asyncio.run(one(options.side, Server.at(options.at), options.hosts, options.seconds))
        return
    with server() as host:
        write(f"{options.hosts} hosts connected and idle, {options.seconds} s\n")
        for side in ("bare", "cockpit"):
            ours = [sys.executable, "-m", "benchmarks.idle", "--side", side, "--at", str(host.folder)]
            subprocess.run([*ours, "--hosts", str(options.hosts), "--seconds", str(options.seconds)], check=True)


if __name__ == "__main__":
    main()
