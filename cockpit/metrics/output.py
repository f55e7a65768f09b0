"""A number in what a command prints, on hosts or here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.metrics.group import Ready
from cockpit.metrics.number import number, number_in
from cockpit.metrics.pick import aside, parsed, picked
from cockpit.metrics.reasons import Flaw, discreet, plain
from cockpit.metrics.seen import Seen
from cockpit.metrics.table import cell
from cockpit.metrics.web import MOST
from cockpit.playbook.plan import HERE, Output

AT_ONCE = 32


class OutputSource:
    """A command's output: a number, a percentage, JSON, or a column of a table. `gate` lets so many run at once."""

    def __init__(self, ready: Ready, gate: asyncio.Semaphore | None = None) -> None:
        assert ready.ask is not None
        self.seen = Seen()
        self._ready, self._ask = ready, ready.ask
        self._gate = gate or asyncio.Semaphore(AT_ONCE)

    async def read(self, now: float) -> Mapping[str, Reading]:
        """What the command prints at this moment, on all hosts at once."""
        hosts = self._ready.hosts
        readings = await asyncio.gather(*(self._one(host, now) for host in hosts))
        return discreet(dict(zip(hosts, readings, strict=True)), self._ready.secrets)

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:  # noqa: ARG002  the contract's
        """There is none."""
        return None

    async def close(self) -> None:
        """Nothing of its own is open."""

    async def _one(self, host: str, now: float) -> Reading:
        source = self._ready.source(host)
        assert isinstance(source, Output)
        async with self._gate:
            printed = await self._print(host)
        if isinstance(printed, str):
            return Gap(now, "error", plain(printed))
        self.seen.reachable[host] = True
        if len(printed) > MOST:
            return Gap(now, "error", f"it printed more than {MOST:,} bytes")
        values = self._ready.metric.values
        value = await aside(lambda whole: measured(whole, source, values), printed)
        return value.gap(now) if isinstance(value, Flaw) else Sample(now, value)

    async def _print(self, host: str) -> bytes | str:
        metric = self._ready.metric
        printed: bytes | str = f"no output in {metric.timeout:g} s"
        try:
            async with asyncio.timeout(metric.timeout):
                for _ in range(metric.retries + 1):
                    printed = await self._ask(host or HERE)
                    if isinstance(printed, bytes):
                        break
        except TimeoutError:
            return printed
        return printed


def measured(printed: bytes, source: Output, values: Mapping[str, float]) -> float | Flaw:
    """The number in a command's output, as the source says where it stands."""
    if source.pick:
        return _picked(printed, source.pick, values)
    text = printed.decode("utf-8", "replace")
    if not source.column:
        value = number_in(text, values)
        return Flaw("no data", "it printed nothing") if isinstance(value, Flaw) and not text.strip() else value
    found = cell(text, source.column, source.row)
    return found if isinstance(found, Flaw) else number_in(found, values)


def _picked(printed: bytes, path: str, values: Mapping[str, float]) -> float | Flaw:
    document = parsed(printed)
    if isinstance(document, Flaw):
        return document if printed.strip() else Flaw("no data", "it printed nothing")
    found = picked(document, path)
    return found if isinstance(found, Flaw) else number(found, values)
