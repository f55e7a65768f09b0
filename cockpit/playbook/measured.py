"""The metrics of a playbook as a plan has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from cockpit.playbook import plan
from cockpit.playbook.model.metrics import (
    TIMEOUT,
    AnyMetric,
    CommandMetric,
    DatadogMetric,
    JsonMetric,
    MetricBase,
    ProbeMetric,
    PrometheusMetric,
)
from cockpit.playbook.names import spoken
from cockpit.playbook.requested import request_of, secrets_of
from cockpit.playbook.sayings import least
from cockpit.playbook.templates import texts
from cockpit.playbook.world import World, is_by_host, unit_of


def metrics(world: World, text: Callable[[str], str]) -> dict[str, plan.Metric]:
    """Every metric by name; `text` renders a template of params."""
    units = {name: unit_of(metric) for name, metric in world.book.model.metrics.items()}
    return {
        name: plan.Metric(
            name=name,
            title=text(metric.title) if metric.title else spoken(name),
            source=_source(metric),
            every=metric.every,
            timeout=timeout(metric),
            retries=metric.retries,
            unit=units[name],
            no_data=metric.no_data,
            minimum=least(metric.minimum, units),
            stale=stale(metric),
            hosts=hosts_of(world, metric),
            values=dict(getattr(metric, "values", {})),
            secrets=_secrets(world, metric),
        )
        for name, metric in world.book.model.metrics.items()
    }


def timeout(metric: MetricBase) -> float:
    """How many seconds one try may take."""
    return min(TIMEOUT, metric.every) if metric.timeout is None else metric.timeout


def stale(metric: MetricBase) -> float:
    """The age in seconds from which on a sample is none."""
    return 3 * metric.every + timeout(metric) if metric.stale is None else metric.stale


def _source(metric: AnyMetric) -> plan.Source:
    match metric:
        case PrometheusMetric(prometheus=query, url=url, headers=headers, label=label):
            return plan.Prometheus(url=url, query=query, headers=dict(headers), label=label)
        case DatadogMetric(datadog=query, url=url, headers=headers, label=label):
            return plan.Datadog(url=url, query=query, headers=dict(headers), label=label)
        case JsonMetric(request=request, pick=pick, moment=moment):
            return plan.Json(request=request_of(request), pick=pick, moment=moment)
        case CommandMetric():
            return plan.Output(
                command=metric.command,
                user=metric.user,
                directory=metric.directory,
                shell=metric.shell,
                pick=metric.pick,
                column=metric.column,
                row=metric.row,
            )
        case ProbeMetric(request=request, expect=expect, take=take):
            return plan.Probe(request=request_of(request, expect), take=take)
        case never:
            assert_never(never)


def hosts_of(world: World, metric: MetricBase) -> tuple[str, ...]:
    """The hosts for each of which there is a value; none where there is one for all, or where that cannot be told."""
    return world.distinct(metric.on or ()) if is_by_host(metric) else ()


def _secrets(world: World, metric: AnyMetric) -> tuple[str, ...]:
    match metric:
        case PrometheusMetric() | DatadogMetric():
            return secrets_of(world, "", metric.url, *metric.headers.values())
        case CommandMetric():
            return secrets_of(world, metric.command)
        case JsonMetric(request=request):
            return secrets_of(world, "", *texts(request_of(request)))
        case ProbeMetric(request=request, expect=expect):
            return secrets_of(world, "", *texts(request_of(request, expect)))
        case never:
            assert_never(never)
