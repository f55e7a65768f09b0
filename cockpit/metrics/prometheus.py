"""One metric of a Prometheus server: its value now, and its history."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.group import Ready
from cockpit.metrics.number import number
from cockpit.metrics.seen import Seen
from cockpit.metrics.series import Series, of_hosts
from cockpit.metrics.together import Together, query_call
from cockpit.metrics.vector import Refusal, Vector, result
from cockpit.metrics.web import Web
from cockpit.playbook.plan import Prometheus

POINTS: Final = 11_000
"""The most points a series that Prometheus gives."""
ROOM: Final = 20_000
"""The points that fit in one answer."""


class PrometheusSource:
    """A query to Prometheus, for one value or one for each host."""

    def __init__(self, ready: Ready, web: Web) -> None:
        source = ready.source()
        assert isinstance(source, Prometheus)
        self._ready, self._source, self._web = ready, source, web
        self._group = Together((ready,), web)

    @property
    def seen(self) -> Seen:
        """What the last reading showed of the server."""
        return self._group.seen

    async def read(self, now: float) -> Mapping[str, Reading]:
        """The value at this moment."""
        return (await self._group.read(now))[self._ready.metric.name]

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:
        """Values at every interval between two moments; thinned where they would be too many. None without answer."""
        metric = self._ready.metric
        most = min(POINTS, ROOM // max(1, len(metric.hosts)))
        step = max(metric.every, (until - since) / (most - 1), 0.001)
        got = await self._range(since, until, step)
        if isinstance(got, Refusal) and got.fault == "size":
            got = await self._range(since, until, step * 8)
        if isinstance(got, Refusal):
            return None
        found = of_hosts(got.series, self._source.label, metric.hosts)
        return {host: _samples(series) for host, series in found.items()}

    async def close(self) -> None:
        """Nothing of its own is open."""

    async def _range(self, since: float, until: float, step: float) -> Vector | Refusal:
        span = {"start": f"{since:.3f}", "end": f"{until:.3f}", "step": f"{math.ceil(step * 1000) / 1000:.3f}"}
        metric = self._ready.metric
        form = {"query": self._source.query, **span}
        call = query_call(self._source, "query_range", form, metric.timeout, metric.retries)
        return result(await self._web.ask(call), ranged=True)


def _samples(found: Sequence[Series]) -> tuple[Sample, ...]:
    """The points of the series one after another; a moment at which several have a value has none."""
    points = [point for series in found for point in series.points]
    count = Counter(at for at, _ in points) if len(found) > 1 else {}
    samples = [
        Sample(at, value)
        for at, text in points
        if count.get(at, 1) == 1 and isinstance(value := number(text, {}), float)
    ]
    return tuple(sorted(samples, key=lambda sample: sample.at))
