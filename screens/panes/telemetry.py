"""Telemetry: a tile a metric that a rule uses, with its value, what its rule says, its verdict and its last samples."""

from __future__ import annotations

from math import floor

from cockpit.playbook.plan import Metric
from cockpit.units import format_duration, format_number
from screens.judged import cutover, excuse, fires, judged, limit_text, progress, rules_of, share, watched, worst
from screens.limits import band, baseline, limits
from screens.traces import Trace
from screens.view import View
from widgets.curve import Curve, Limit
from widgets.looks import VERDICT, Tone
from widgets.rows import Bit, Cell, look_bit
from widgets.tiles import Tile

LATE = 2.0
"""So many intervals old, the last sample is late."""

SHOWN = 400
"""Samples given to a curve; it shows as many as it has room for."""


def tiles(view: View) -> tuple[Tile, ...]:
    """A tile for each metric that a rule uses, in the plan's order."""
    names = dict.fromkeys(metric for metric, _ in watched(view.state))
    return tuple(_tile(view, view.state.the_plan.metrics[name]) for name in names)


def _tile(view: View, metric: Metric) -> Tile:
    name = worst(view, rules_of(view.state, metric.name))
    rule = view.state.the_plan.rules[name]
    host = host_of(view, metric, name)
    trace = view.traces.get((metric.name, host), Trace())
    found = limits(view.state, rule, host)
    return Tile(
        metric.name,
        (Bit(metric.title, "strong"), Bit("  "), *_value(view, metric, trace, name)),
        _verdict(view, trace, name),
        (Bit(f"{name}: ", "quiet"), *_text(view, name)),
        _aside(view, metric, name, found, host),
        curve(view, metric, trace, found, host) if trace.moments else Curve(band=None, limits=()),
    )


def host_of(view: View, metric: Metric, rule: str) -> str:
    """The host that a tile shows: the one that decided the verdict, else the first; empty for what has none."""
    if not metric.hosts:
        return ""
    host = judged(view, rule).host
    return host if host in metric.hosts else metric.hosts[0]


def _value(view: View, metric: Metric, trace: Trace, rule: str) -> Cell:
    if trace.value is None:
        return ()
    tone: Tone = "bad" if view.state.rules[rule].verdict == "failing" else "plain"
    return (Bit(format_number(trace.value, metric.unit), tone),)


def _verdict(view: View, trace: Trace, rule: str) -> Cell:
    look = VERDICT[view.state.rules[rule].verdict]
    if look.word != "no data":
        return (look_bit(look),)
    since = trace.at if trace.at is not None else view.state.rules[rule].since
    return (look_bit(look, f"no data {age(view.now - since)}"),)


def age(seconds: float) -> str:
    """How old something is: `40 s`, `2:10`."""
    return f"{seconds:.0f} s" if seconds < 60 else format_duration(seconds)


def _text(view: View, name: str) -> Cell:
    """What the rule says, its threshold, and how near it is."""
    rule, one, state = view.state.the_plan.rules[name], judged(view, name), view.state.rules[name]
    number = limit_text(rule, one).removeprefix("= ")
    said = f"{number}, {fires(rule)}" if number else fires(rule)
    if state.verdict not in ("failing", "no data", "error") and one.pending and one.needed:
        tone: Tone = "bad" if share(one) > 0.7 else "warn"
        return (Bit(progress(rule, one), tone), Bit(f"  {said}"))
    let = excuse(state)
    return (Bit(said), Bit(f" · {let}", "warn")) if let else (Bit(said),)


def _aside(view: View, metric: Metric, rule: str, found: tuple[Limit, ...], host: str) -> Cell:
    """The worst host and how many, or how old the last sample is where the verdict does not say it."""
    old = _old(view, metric, rule, host)
    if not host:
        return old
    bad = sum(_is_bad(view, metric, each, found) for each in metric.hosts)
    several = len(metric.hosts) > 1
    many = f", {bad} of {len(metric.hosts)} bad" if bad and several else f" of {len(metric.hosts)}" if several else ""
    return (Bit(f"{host}{many}", "bad" if bad else "quiet"), *([Bit(" "), *old] if old else []))


def _old(view: View, metric: Metric, rule: str, host: str) -> Cell:
    last = view.traces.get((metric.name, host), Trace()).at
    if last is None or view.now - last <= LATE * metric.every or view.state.rules[rule].verdict == "no data":
        return ()
    return (Bit(f"{age(view.now - last)} ago", "warn"),)


def _is_bad(view: View, metric: Metric, host: str, found: tuple[Limit, ...]) -> bool:
    value = view.traces.get((metric.name, host), Trace()).value
    return value is not None and any(limit.hard and limit.passed(value) for limit in found)


def curve(view: View, metric: Metric, trace: Trace, found: tuple[Limit, ...], host: str = "") -> Curve:
    """The newest samples at equal distances; a hole of less than two intervals is no gap."""
    samples = evenly(trace, metric.every, view.now)
    moment, last = cutover(view.state), trace.moments[-1]
    mark = round((_end(trace, metric.every, view.now) - moment) / metric.every) if moment is not None else None
    shown = mark if mark is not None and moment is not None and 0 <= mark < len(samples) and moment <= last else None
    return Curve(samples, found, band(baseline(view.state, metric.name, host)), shown)


def _end(trace: Trace, every: float, now: float) -> float:
    """The moment of the right end: the newest reading, or later by whole intervals when that is late."""
    late = now - trace.moments[-1]
    return trace.moments[-1] + (floor(late / every) * every if late > LATE * every else 0.0)


def evenly(trace: Trace, every: float, now: float) -> tuple[float | None, ...]:
    """Readings at equal distances, oldest first, up to `SHOWN`."""
    end = _end(trace, every, now)
    start = max(trace.moments[0], end - (SHOWN - 1) * every)
    found: list[float | None] = [None] * (round((end - start) / every) + 1)
    before: tuple[float, float | None] = (start, None)
    for moment, value in zip(trace.moments, trace.values, strict=True):
        if moment < start:
            before = (moment, value)
            continue
        at = len(found) - 1 - round((end - moment) / every)
        found[at] = value
        if value is not None and before[1] is not None and moment - before[0] <= LATE * every:
            first = len(found) - 1 - round((end - before[0]) / every)
            found[max(0, first + 1) : at] = [before[1]] * (at - max(0, first + 1))
        before = (moment, value)
    return tuple(found)
