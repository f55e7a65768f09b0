"""Metrics that are read together, and what a metric is read with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from cockpit.analysis.rule import Reading
from cockpit.metrics.contract import WHOLE, Source
from cockpit.metrics.seen import Seen
from cockpit.playbook.plan import Datadog, Metric, Prometheus
from cockpit.playbook.plan import Source as Written

Ask = Callable[[str], Awaitable[bytes | str]]
"""Runs a metric's command on a host (or `here`): what it printed on standard output, or as text why there is nothing.

It may be called again for the same reading, and is cancelled at the metric's timeout.
"""


class Ready(msgspec.Struct, frozen=True):
    """A metric whose templates are filled: `by` holds its source by host, or under WHOLE where it is one for all.

    A host that is not in it has the metric's own source. `secrets` are values that no reason may show; `ask` runs the
    command of an `Output`.
    """

    metric: Metric
    by: Mapping[str, Written] = {}
    secrets: tuple[str, ...] = ()
    ask: Ask | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which its readings stand: a query has one value for all where no label names the host."""
        match self.source():
            case Prometheus(label="") | Datadog(label=""):
                return (WHOLE,)
            case _:
                return self.metric.hosts or (WHOLE,)

    def source(self, host: str = WHOLE) -> Written:
        """What is asked for a host."""
        return self.by.get(host) or self.by.get(WHOLE) or self.metric.source


class Group(Protocol):
    """Metrics that are read at one time, `every` so many seconds; `keys` are the hosts of each."""

    @property
    def every(self) -> float: ...

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]: ...

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        """The readings at this moment (seconds since 1970), by metric and host."""

    async def close(self) -> None:
        """Drop what is held open."""


class Observed(Source, Protocol):
    """A source that also remembers what its last reading showed of it."""

    @property
    def seen(self) -> Seen: ...


class Alone:
    """A group of one source."""

    def __init__(self, ready: Ready, source: Source) -> None:
        self.every = ready.metric.every
        self.keys = {ready.metric.name: ready.hosts}
        self._name, self._source = ready.metric.name, source

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        """The source's readings, under its metric's name."""
        return {self._name: await self._source.read(now)}

    async def close(self) -> None:
        """Close the source."""
        await self._source.close()
