"""500 metrics every 5 s from a real Prometheus, beside a source that never answers.

`python -m benchmarks.metrics [--metrics 500] [--every 5] [--seconds 30]`. Lateness is from the moment a reading is due
until it is handed on, the server's time included. The peer asks for each metric alone, in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.hosts import write
from benchmarks.idle import memory
from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.group import Group, Ready
from cockpit.metrics.reasons import Trouble
from cockpit.metrics.sampler import Sampler
from cockpit.metrics.sources import groups_of
from cockpit.metrics.together import Together
from cockpit.metrics.web import Answer, Call, Web
from cockpit.playbook.plan import Metric, Prometheus
from tests.metrics.promserver import PrometheusServer

QUERIES = (
    "100 * sum(rate(requests_total[1m])) / {n}",
    "sum by (instance) (rate(requests_total[5m])) * {n}",
    "temperature",
    "quantile(0.95, temperature) + {n}",
)
HOSTS = ("web-1", "web-2")


class Counted(Web):
    """Counts the requests."""

    count = 0

    async def ask(self, call: Call) -> Answer | Trouble:
        """The same."""
        self.count += 1
        return await super().ask(call)


class Timed:
    """A group that remembers how long after each of its turns its readings were there."""

    def __init__(self, group: Group) -> None:
        self.every, self.keys, self._group = group.every, group.keys, group
        self.due: float | None = None
        self.late: list[float] = []

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        """The readings, and the lateness of each metric among them."""
        due = now if self.due is None else self.due + round((now - self.due) / self.every) * self.every
        found = await self._group.read(now)
        self.late += [time.time() - due] * len(self.keys)
        return found

    async def close(self) -> None:
        """Close the group."""
        await self._group.close()


def metrics(url: str, count: int, every: float) -> list[Ready]:
    """So many metrics, half of them with a value for each of two hosts."""
    made = []
    for number in range(count):
        query = QUERIES[number % len(QUERIES)].replace("{n}", str(number + 1))
        hosts = HOSTS if number % len(QUERIES) in (1, 2) else ()
        source = Prometheus(url=url, query=query, label="instance" if hosts else "")
        made.append(Ready(Metric(name=f"m{number}", title="", source=source, every=every, hosts=hosts)))
    return made


async def run(url: str, count: int, every: float, seconds: float, *, alone: bool) -> None:
    """Keep the metrics going, and say what it took."""
    web, good, bad = Counted(), 0, 0

    def took(name: str, _: str, reading: Reading) -> None:
        nonlocal good, bad
        good, bad = good + isinstance(reading, Sample), bad + (name[0] == "m" and not isinstance(reading, Sample))

    readies = metrics(url, count, every)
    groups = [
        Timed(group) for group in ([Together([each], web) for each in readies] if alone else groups_of(readies, web))
    ]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dead = Prometheus(url=f"http://127.0.0.1:{silent.getsockname()[1]}", query="up")
        hanging = [Ready(Metric(name=f"d{place}", title="", source=dead, every=every)) for place in range(20)]
        sampler = Sampler(took, now=time.time)
        sampler.watch(*groups_of(hanging, Web()))
        sampler.watch(*groups)
        begun = time.time()
        await asyncio.sleep(every)
        for place, group in enumerate(groups):
            group.due, group.late = begun + every * (place + 1) / len(groups), []
        asked, used, clock = web.count, time.process_time(), time.perf_counter()
        await asyncio.sleep(seconds)
        spent, passed = time.process_time() - used, time.perf_counter() - clock
        asked = web.count - asked
        await sampler.close()
    await web.close()
    late = sorted(each for group in groups for each in group.late)
    write(
        f"{'each alone' if alone else 'cockpit':12}{asked / passed * every:5.0f} requests a round   "
        f"late p50 {late[len(late) // 2] * 1000:5.0f} ms, p99 {late[len(late) * 99 // 100] * 1000:5.0f} ms   "
        f"{spent / passed * 100:5.1f} % of a core   {memory():4.0f} MB   {good} samples, {bad} gaps\n"
    )


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--metrics", type=int, default=500)
    asked.add_argument("--every", type=float, default=5.0)
    asked.add_argument("--seconds", type=float, default=30.0)
    asked.add_argument("--url", help=argparse.SUPPRESS)
    asked.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    if options.url:
        asyncio.run(run(options.url, options.metrics, options.every, options.seconds, alone=options.alone))
        return
    with tempfile.TemporaryDirectory(prefix="cockpit-") as folder, PrometheusServer(Path(folder) / "data") as server:
        write(f"{options.metrics} metrics every {options.every:g} s, for {options.seconds:g} s\n")
        ours = [sys.executable, "-m", "benchmarks.metrics", "--url", server.url, "--metrics", str(options.metrics)]
        ours += ["--every", str(options.every), "--seconds", str(options.seconds)]
        for more in ([], ["--alone"]):
            subprocess.run([*ours, *more], check=True)


if __name__ == "__main__":
    main()
