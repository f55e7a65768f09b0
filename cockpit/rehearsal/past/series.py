"""What each metric showed in a recorded release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median_low

from msgspec.structs import replace

from cockpit.analysis.rule import Baseline, Gap, Reading, Sample
from cockpit.journal.samples import Samples
from cockpit.metrics.contract import WHOLE
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.scenario import Series
from cockpit.release.events import BaselineRecorded, Record, VerdictChanged

MOST = 200_000
"""Readings that are taken over of all metrics together; each has an equal part, but no less than `LEAST`."""

LEAST = 1000

FEW = 3
"""So many readings at least become one, so that one of them alone decides nothing."""

AROUND = 600.0
"""Seconds before and after a change of a verdict in which every reading of its metric is taken over."""


def series(plan: Plan, records: Sequence[Record], samples: Samples, most: int = MOST) -> tuple[Series, ...]:
    """The readings that are stored, by metric and host; of more than `most`, medians of some that follow each other.

    Where a baseline was made from more than them, its median stands for all of that.
    """
    began = records[0].at
    stored = {key: list(samples.since(*key, 0.0)) for key in _keys(plan)}
    known = {key: readings for key, readings in stored.items() if readings}
    share = max(LEAST, most // max(1, len(known)))
    changes, before = _changes(plan, records), _baselines(records)
    found = []
    for (metric, host), readings in known.items():
        thinned = list(_thinned(readings, share, changes[metric]))
        found.append(_with_baseline(_series(metric, host, thinned, began), before.get((metric, host)), began))
    return tuple(found)


def _keys(plan: Plan) -> Iterator[tuple[str, str]]:
    for metric in plan.metrics.values():
        yield from ((metric.name, host) for host in dict.fromkeys((*metric.hosts, WHOLE)))


def _series(metric: str, host: str, readings: Sequence[Reading], began: float) -> Series:
    shown = tuple(each.value if isinstance(each, Sample) else each.kind for each in readings)
    return Series(metric=metric, host=host, after=tuple(round(each.at - began, 3) for each in readings), shown=shown)


def _with_baseline(series: Series, baseline: Baseline | None, began: float) -> Series:
    if baseline is None:
        return series
    since, until = baseline.since - began, round(baseline.until - began, 3)
    if sum(since < moment <= until for moment in series.after) >= baseline.samples:
        return series
    return replace(series, usual=baseline.median, until=until)


def _changes(plan: Plan, records: Iterable[Record]) -> defaultdict[str, list[float]]:
    """When a verdict on a metric changed."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for record in records:
        if isinstance(record.event, VerdictChanged) and record.event.rule in plan.rules:
            rule = plan.rules[record.event.rule]
            for name in {rule.metric, rule.minimum.metric}:
                found[name].append(record.at)
    return found


def _baselines(records: Iterable[Record]) -> dict[tuple[str, str], Baseline]:
    found: dict[tuple[str, str], Baseline] = {}
    for record in records:
        if isinstance(record.event, BaselineRecorded):
            found |= {(record.event.metric, host): each for host, each in record.event.hosts.items() if not each.reason}
    return found


def _thinned(readings: Sequence[Reading], most: int, changes: Sequence[float]) -> Iterator[Reading]:
    together = 1 if len(readings) <= most else max(FEW, -(-len(readings) // most))
    for number in range(0, len(readings), together):
        few = readings[number : number + together]
        whole = any(few[0].at - AROUND < moment < few[-1].at + AROUND for moment in changes)
        yield from few if whole or together == 1 else (_middle(few),)


def _middle(few: Sequence[Reading]) -> Reading:
    values = [each.value for each in few if isinstance(each, Sample)]
    gaps = [each for each in few if isinstance(each, Gap)]
    return Sample(few[0].at, median_low(values)) if len(values) >= len(gaps) else gaps[0]
