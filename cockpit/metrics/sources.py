"""From metrics whose templates are filled to what reads them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Final, assert_never

from msgspec.structs import replace

from cockpit.metrics.contract import WHOLE
from cockpit.metrics.datadog import DatadogSource
from cockpit.metrics.document import DocumentSource
from cockpit.metrics.group import Alone, Group, Observed, Ready
from cockpit.metrics.output import AT_ONCE, OutputSource
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
    """Groups that read each metric: up to a hundred of one Prometheus server that are read alike share one.

    No more, so that the sampler spreads the server's work over the interval. What is asked of each host apart is read
    apart: no host's silence is that of another.
    """
    shared: defaultdict[Hashable, list[Ready]] = defaultdict(list)
    groups: list[Group] = []
    for ready in readies:
        match ready.source():
            case Prometheus() as source:
                shared[_alike(ready, source)].append(ready)
            case Datadog():
                groups.append(Alone(ready, source_of(ready, web)))
            case Output():
                gate = asyncio.Semaphore(AT_ONCE)
                groups += (Alone(one, OutputSource(one, gate)) for one in _by_host(ready))
            case Json() | Probe():
                groups += (Alone(one, source_of(one, web)) for one in _by_host(ready))
            case source:
                assert_never(source)
    parts = (each[start : start + SHARED] for each in shared.values() for start in range(0, len(each), SHARED))
    return (*(Together(part, web) for part in parts), *groups)


def _by_host(ready: Ready) -> Iterator[Ready]:
    for host in ready.hosts:
        hosts = () if host == WHOLE else (host,)
        yield replace(ready, metric=replace(ready.metric, hosts=hosts), by={host: ready.source(host)})


def _alike(ready: Ready, source: Prometheus) -> Hashable:
    metric = ready.metric
    headers = tuple(sorted(source.headers.items()))
    return source.url, headers, metric.every, metric.timeout, metric.retries
