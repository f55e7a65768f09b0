"""What was measured of a metric before an engine began, and what no engine was there to measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.engine.readings import Readings
from cockpit.metrics.contract import WHOLE
from cockpit.playbook.plan import Metric

MISSED = 1.5
"""So many intervals without a reading are a gap."""


class Past:
    """The stored readings of a metric in the last `back` seconds before `until`, by host, and the holes in them."""

    def __init__(self, metric: Metric, back: float, samples: Readings, until: float) -> None:
        self.metric, self.until = metric, until
        start, longest = until - back, MISSED * metric.every
        self._stored = {host: list(samples.since(metric.name, host, start)) for host in metric.hosts or (WHOLE,)}
        self._holes = {host: _holes(readings, start, until, longest) for host, readings in self._stored.items()}

    @property
    def since(self) -> float | None:
        """From when on something is missing; None where nothing is."""
        return min((since for holes in self._holes.values() for since, _ in holes), default=None)

    def filled(self, history: Mapping[str, tuple[Sample, ...]]) -> list[tuple[str, Reading]]:
        """What is stored, and what a history knows of the holes; gaps where nothing is known."""
        return [(host, reading) for host in self._stored for reading in self._filled(host, history.get(host, ()))]

    def _filled(self, host: str, history: Iterable[Sample]) -> list[Reading]:
        stored, holes = self._stored[host], self._holes[host]
        found = [each for each in history if any(since < each.at < until for since, until in holes)]
        if stored and holes and holes[-1][1] == self.until and not any(each.at > stored[-1].at for each in found):
            stored = [*stored, Gap(self.until, "no data", "no engine was there to measure")]
        whole: list[Reading] = sorted([*stored, *found], key=lambda each: each.at)
        return whole + _gaps(whole, found, self.metric.every)


def _holes(stored: list[Reading], start: float, until: float, longest: float) -> list[tuple[float, float]]:
    """What is missing before the first stored reading, and behind the last one."""
    if not stored:
        return [(start, until)]
    first, last = stored[0].at, stored[-1].at
    before = [(start, first)] if first - start > longest else []
    return [*before, *([(last, until)] if until - last > longest else [])]


def _gaps(readings: list[Reading], found: list[Sample], every: float) -> list[Reading]:
    """Where readings that should follow each other closely do not, next to what came from a history."""
    known = {each.at for each in found}
    apart = ((one.at, two.at) for one, two in pairwise(readings) if one.at in known or two.at in known)
    return [
        Gap(one + every, "no data", "nothing was measured then") for one, two in apart if two - one > MISSED * every
    ]
