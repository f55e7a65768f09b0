"""Metrics in short, as the engine hands them over."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.analysis.rule import Gap, Reading
from cockpit.metrics.group import Ask, Ready
from cockpit.playbook.plan import Datadog, Json, Metric, Output, Probe, Prometheus, Request, Source


def ready(source: Source, **more: object) -> Ready:
    """A metric of this source; `more` are its other fields."""
    plain = Metric(name="errors", title="Errors", source=source)
    return Ready(replace(plain, **more))


def promql(url: str, query: str, label: str = "", **more: object) -> Ready:
    """A metric of Prometheus."""
    return ready(Prometheus(url=url, query=query, label=label), **more)


def datadog(url: str, label: str = "", **more: object) -> Ready:
    """A metric of Datadog."""
    headers = {"DD-API-KEY": "geheim-1", "DD-APPLICATION-KEY": "geheim-2"}
    return ready(Datadog(url=url, query="avg:errors{*}", headers=headers, label=label), **more)


def document(url: str, pick: str = "value", moment: str = "", **more: object) -> Ready:
    """A metric of JSON over HTTP."""
    return ready(Json(request=Request(url=url), pick=pick, moment=moment), **more)


def output(ask: Ask, source: Output | None = None, **more: object) -> Ready:
    """A metric of a command's output."""
    return replace(ready(source or Output(command="stats"), **more), ask=ask)


def probe(request: Request, take: str = "up", **more: object) -> Ready:
    """A probe."""
    return ready(replace(Probe(request=request), take=take), **more)


def gap(reading: Reading) -> Gap:
    """The gap that a reading is."""
    assert isinstance(reading, Gap), reading
    return reading
