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
        found = [each for each in history if any(since < each.at <= until for since, until in holes)]
        if not (stored or found):
            return []
        whole: list[Reading] = sorted([*stored, *found], key=lambda each: each.at)
        apart = pairwise([*(each.at for each in whole), self.until])
        return whole + [_unmeasured(one, two) for one, two in apart if two - one > MISSED * self.metric.every]


def _holes(stored: list[Reading], start: float, until: float, longest: float) -> list[tuple[float, float]]:
    """The spans in which nothing is stored: engines come and go."""
    apart = pairwise([start, *(each.at for each in stored), until])
    return [(one, two) for one, two in apart if two - one > longest]


def _unmeasured(since: float, until: float) -> Gap:
    return Gap((since + until) / 2, "no data", "no engine was there to measure")
