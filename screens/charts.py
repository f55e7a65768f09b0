"""The charts of the guard screen: what each shows, with its axis, limits, baseline and moments."""

from __future__ import annotations

from cockpit.playbook.plan import Metric
from cockpit.release.health import guards
from cockpit.units import format_number
from screens.judged import cutover, rules_of, worst
from screens.limits import band, baseline, limits
from screens.panes.telemetry import host_of
from screens.traces import Trace
from screens.view import View
from widgets.plot import Line, Plot

SHORTEST = 600.0
"""Seconds that a chart shows at least."""

STEP = 60.0
"""A chart's start moves by so many seconds, so that not every sample moves the whole picture."""


def plot(view: View, metric: Metric) -> Plot:
    """The chart of a metric, for the host that its worst rule tells of."""
    rules = rules_of(view.state, metric.name)
    host = host_of(view, metric, worst(view, rules))
    trace = view.traces.get((metric.name, host), Trace())
    if not trace.moments:
        return Plot(unit=metric.unit)
    until = max(trace.moments[-1], trace.moments[0] + SHORTEST)
    since = max(trace.moments[0], until - 3600.0) // STEP * STEP
    return Plot(
        trace.moments,
        trace.values,
        since,
        until,
        metric.unit,
        tuple(_lines(view, metric, rules, host)),
        band(baseline(view.state, metric.name, host)),
        tuple((at, word) for at, word in _moments(view) if since <= at <= until),
    )


def _lines(view: View, metric: Metric, rules: tuple[str, ...], host: str) -> list[Line]:
    found = []
    for name in rules:
        for limit in limits(view.state, view.state.the_plan.rules[name], host):
            word = "fails" if limit.hard else "not ok"
            found.append(Line(limit, f"{name} {word} {limit.worse} {format_number(limit.value, metric.unit)}"))
    return found


def _moments(view: View) -> list[tuple[float, str]]:
    found = []
    moment = cutover(view.state)
    if moment is not None:
        found.append((moment, "cutover"))
    found += [(one.started, step.id) for one, step in guards(view.state) if one.started is not None]
    return found


def title(view: View, metric: Metric) -> str:
    """The chart's title: metric, host, latest value."""
    host = host_of(view, metric, worst(view, rules_of(view.state, metric.name)))
    trace = view.traces.get((metric.name, host), Trace())
    value = f" · {format_number(trace.value, metric.unit)}" if trace.value is not None else ""
    where = f" on {host}" if host else ""
    return f"{metric.title}{where}{value}"


def usual(view: View, metric: Metric) -> str:
    """The baseline's numbers, or why there are none."""
    host = host_of(view, metric, worst(view, rules_of(view.state, metric.name)))
    found = view.state.baselines.get(metric.name, {}).get(host)
    if found is None:
        return "no baseline yet" if view.state.the_plan.before else "no baseline"
    if found.reason:
        return f"no baseline: {found.reason}"
    median, p95, spread = (format_number(each) for each in (found.median, found.p95, found.spread))
    unit = f" {metric.unit}" if metric.unit else ""
    return f"before: median {median}, p95 {p95}, spread {spread}{unit}, n {found.samples}"
