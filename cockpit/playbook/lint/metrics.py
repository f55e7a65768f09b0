"""Metrics: sources that cannot give what is asked of them, and probes."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.measured import hosts_of
from cockpit.playbook.model.metrics import (
    AnyMetric,
    CommandMetric,
    DatadogMetric,
    JsonMetric,
    MetricBase,
    ProbeMetric,
    PrometheusMetric,
)
from cockpit.playbook.model.requests import Expect, Request
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path, child
from cockpit.playbook.picks import wrong_pick
from cockpit.playbook.problem import Finding
from cockpit.playbook.templates import uses
from cockpit.playbook.world import World, is_by_host, unit_of

LATEST = 4
"""A try that takes more than this many intervals would be of no use when it ends."""

MAX_VALUES = 20_000

_HOST = frozenset({"host", "address"})


def metrics(world: World) -> Iterator[Finding]:
    """Metrics whose settings do not go together."""
    for name, metric in world.book.model.metrics.items():
        path: Path = ("metrics", name)
        yield from _timing(world, path, metric)
        yield from _minimum(world, path, metric)
        match metric:
            case PrometheusMetric(prometheus=query) | DatadogMetric(datadog=query):
                yield from _label(world, path, metric, query)
            case CommandMetric():
                yield from _table(world, path, metric)
            case JsonMetric(request=request):
                yield from _same_for_all(world, path, "json", metric, request)
                yield from _not_tested(world, path)
            case ProbeMetric(request=request):
                yield from _same_for_all(world, path, "probe", metric, request)
                yield from _probe(world, path, metric)


def amount(world: World) -> Iterator[Finding]:
    """More values than can be measured and judged: metrics, and rules, each for every host."""
    model = world.book.model
    measured = {name: max(len(hosts_of(world, metric)), 1) for name, metric in model.metrics.items()}
    judged = {name: measured.get(rule.measured, 1) for name, rule in model.rules.items()}
    for key, values in (("metrics", measured), ("rules", judged)):
        total = 0
        for name, number in values.items():
            total += number
            if total > MAX_VALUES:
                message = f"more than {MAX_VALUES} values with those up to here, counting one for each host"
                yield Finding(world.book.key(key, name), "P014", message, "measure on fewer hosts")
                break


def _says(world: World, path: Path, key: str) -> bool:
    return child(world.book.node(*path), key) is not None


def _timing(world: World, path: Path, metric: MetricBase) -> Iterator[Finding]:
    if metric.timeout is not None and metric.timeout > LATEST * metric.every:
        at = world.book.key(*path, "timeout")
        message = f"a timeout of {metric.timeout:g} s is more than {LATEST} times {metric.every:g} s"
        yield Finding(at, "P804", message, "allow less time, or measure less often")
    if metric.stale is not None and metric.stale <= metric.every:
        message = f"after {metric.stale:g} s a sample is none, and the next comes only after {metric.every:g} s"
        yield Finding(world.place((*path, "stale")), "P804", message, "make it three times `every`, or leave it out")


def _minimum(world: World, path: Path, metric: MetricBase) -> Iterator[Finding]:
    other = metric.minimum.metric if metric.minimum else None
    if other == path[-1]:
        at = world.place((*path, "minimum", "metric"))
        yield Finding(at, "P804", f"`{other}` cannot be its own minimum", "name another metric")


def _label(world: World, path: Path, metric: PrometheusMetric | DatadogMetric, query: str) -> Iterator[Finding]:
    apart = bool(metric.label) or _names_host(query, metric.url, *metric.headers.values())
    if is_by_host(metric) and not apart:
        hint = "add `label:`, or write {{ host }} in the query"
        yield Finding(world.book.key(*path, "on"), "P804", "nothing tells the values of the hosts apart", hint)
    if metric.label and not is_by_host(metric):
        message = "`label` names no host: there is one value for all"
        yield Finding(world.book.key(*path, "label"), "P803", message, "add `on:`, or remove it", "warning")


def _names_host(*templates: str) -> bool:
    try:
        return any(uses(template, _HOST) for template in templates)
    except ExpressionError:
        return True


def _same_for_all(world: World, path: Path, key: str, metric: AnyMetric, request: Request) -> Iterator[Finding]:
    texts = (request.url, request.body, *request.headers.values())
    if is_by_host(metric) and not _names_host(*texts):
        hint = "write {{ host }} or {{ address }} in its URL"
        yield Finding(world.book.key(*path, key), "P804", "the request is the same for each host", hint)


def _not_tested(world: World, path: Path) -> Iterator[Finding]:
    for key in ("contains", "json"):
        if _says(world, (*path, "json"), "expect") and _says(world, (*path, "json", "expect"), key):
            at = world.book.key(*path, "json", "expect", key)
            yield Finding(at, "P804", "this metric takes a value, and tests nothing", "make it a `probe`")


def _table(world: World, path: Path, metric: CommandMetric) -> Iterator[Finding]:
    if metric.pick and metric.column:
        message = "`pick` is for JSON and `column` for a table: the output can be only one of them"
        yield Finding(world.book.key(*path, "column"), "P804", message, "remove one of them")
    if metric.row and not metric.column:
        yield Finding(world.book.key(*path, "row"), "P804", "a `row` without a `column`", "add `column:`")


def _probe(world: World, path: Path, metric: ProbeMetric) -> Iterator[Finding]:
    url, at = metric.request.url, world.place((*path, "probe", "url"))
    if metric.take in ("latency", "expiry") and metric.unit not in ("", measured := unit_of(metric, said=False)):
        hint = "leave `unit` out; thresholds may have other units"
        yield Finding(world.place((*path, "unit")), "P804", f"`{metric.take}` is measured in {measured}", hint)
    if metric.expect is not None and _says(world, (*path, "probe"), "expect"):
        yield Finding(world.book.key(*path, "expect"), "P804", "`expect` is here twice", "leave it out of the request")
    if metric.take == "expiry" and url.startswith(("http://", "tcp://")):
        yield Finding(at, "P804", "there is no certificate: it is not https", "write https://")
    elif url.startswith("tcp://") and (metric.take == "status" or _wants_an_answer(metric)):
        hint = "take `up` or `latency`, and expect nothing"
        yield Finding(at, "P804", "a connection by tcp has neither status nor answer", hint)


def _wants_an_answer(metric: ProbeMetric) -> bool:
    plain = metric.request.expect == Expect.model_construct() and not metric.request.headers
    return metric.expect is not None or not plain or bool(metric.request.body) or metric.request.method != "GET"


def picks(world: World) -> Iterator[Finding]:
    """JMESPaths that are none."""
    for name, metric in world.book.model.metrics.items():
        for key in ("pick", "moment"):
            text = getattr(metric, key, "")
            if text and (wrong := wrong_pick(text)):
                at = world.place(("metrics", name, key), wrong[0])
                yield Finding(at, "P704", f"`{key}` is not JMESPath: {wrong[1]}", "https://jmespath.org shows how")


def probes(world: World) -> Iterator[Finding]:
    """Checks by a probe that is none."""
    known = {name for name, metric in world.book.model.metrics.items() if isinstance(metric, ProbeMetric)}
    for placed in world.steps:
        for path, check in placed.checks:
            if check.probe is not None:
                yield from _checked_by(world, (*path, "probe"), check.probe, known)


def _checked_by(world: World, path: Path, name: str, known: set[str]) -> Iterator[Finding]:
    metric = world.book.model.metrics.get(name)
    if name not in world.names.metrics:
        yield Finding(world.place(path), "P209", f"unknown metric `{name}`", suggest(name, known, "probes"))
    elif metric is not None and not isinstance(metric, ProbeMetric):
        yield Finding(world.place(path), "P209", f"`{name}` is no probe", suggest(name, known, "probes"))
    elif isinstance(metric, ProbeMetric) and (metric.take != "up" or metric.request.url.startswith("tcp://")):
        message = f"`{name}` cannot be a check: it is no HTTP probe that is up or not"
        yield Finding(world.place(path), "P209", message, "write the request under `http:`")
