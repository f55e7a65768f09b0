"""From metrics whose templates are filled to what reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Final, assert_never

from cockpit.metrics.datadog import DatadogSource
from cockpit.metrics.document import DocumentSource
from cockpit.metrics.group import Alone, Group, Observed, Ready
from cockpit.metrics.output import OutputSource
from cockpit.metrics.probe import ProbeSource
from cockpit.metrics.prometheus import PrometheusSource
from cockpit.metrics.together import Together
from cockpit.metrics.web import Web
from cockpit.playbook.plan import Datadog, Json, Output, Probe, Prometheus

SHARED: Final = 100


def source_of(ready: Ready, web: Web) -> Observed:
    """What reads one metric, and its history where there is one. An `Output` needs `ready.ask`."""
    match ready.metric.source:
        case Prometheus():
            return PrometheusSource(ready, web)
        case Datadog():
            return DatadogSource(ready, web)
        case Json():
            return DocumentSource(ready, web)
        case Output():
            return OutputSource(ready)
        case Probe():
            return ProbeSource(ready, web)
        case source:
            assert_never(source)


def groups_of(readies: Iterable[Ready], web: Web) -> tuple[Group, ...]:
    """Every metric in one group; up to a hundred of one Prometheus server that are read alike share one.

    No more, so that the sampler spreads the server's work over the interval.
    """
    shared: defaultdict[Hashable, list[Ready]] = defaultdict(list)
    groups: list[Group] = []
    for ready in readies:
        match ready.source():
            case Prometheus() as source:
                shared[_alike(ready, source)].append(ready)
            case _:
                groups.append(Alone(ready, source_of(ready, web)))
    parts = (each[start : start + SHARED] for each in shared.values() for start in range(0, len(each), SHARED))
    return (*(Together(part, web) for part in parts), *groups)


def _alike(ready: Ready, source: Prometheus) -> Hashable:
    metric = ready.metric
    headers = tuple(sorted(source.headers.items()))
    return source.url, headers, metric.every, metric.timeout, metric.retries
