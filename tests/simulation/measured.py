"""Random metrics and rules of every kind that judges alone, each with a course that may cross its threshold."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from cockpit.analysis.grammar import parse
from cockpit.analysis.rule import Minimum, NoData, Rule, Share
from cockpit.metrics.contract import WHOLE
from cockpit.playbook.plan import HERE, Json, Metric, Output, Prometheus, Request, Source
from tests.simulation.series import Bend, Course, Mishap, Trouble

HEALED = 900.0
"""Seconds after which every course is well again, and every source."""

NO_DATA: tuple[NoData, ...] = ("hold", "hold", "fail", "pass")
TROUBLES: tuple[Trouble, ...] = ("silent", "silent", "error", "late", "hang")


class Kind(NamedTuple):
    """A kind of rule: its texts, what its metric is usually like, and how it bends when it goes wrong."""

    texts: tuple[tuple[str, str], ...]
    level: float
    step: float = 0.0
    slope: float = 0.0
    pace: float = 0.0
    noise: float = 0.0
    stays: bool = False
    fields: tuple[tuple[str, float], ...] = ()
    unit: str = ""


KINDS = (
    Kind((("bad", "above 5"), ("bad", "above 5 for 30s"), ("bad", "at least 5 3 times")), 2, step=8, noise=1),
    Kind((("ok", "at most 5"), ("ok", "below 5 for 30s"), ("bad", "outside 1 to 5")), 3, step=8, noise=1),
    Kind((("bad", "mean over 30s above 5"), ("bad", "median over 30s above 5 for 20s")), 2, step=8, noise=1),
    Kind((("bad", "max over 30s above 5"), ("ok", "min over 30s at most 5")), 2, step=8, noise=1),
    Kind((("both", "below 4 | above 6 for 20s"), ("both", "at most 4 | above 9")), 2, step=8, noise=1),
    Kind((("bad", "above 5"), ("bad", "above 5 for 30s")), 2, slope=0.2, noise=0.5),
    Kind((("bad", "below 40"), ("bad", "below 40 for 20s")), 80, slope=-0.5, noise=2),
    Kind((("bad", "fails 3 times"), ("bad", "is 0")), 1, step=-1),
    Kind((("bad", "above 10 per 1m"), ("bad", "above 10 per 30s for 20s")), 0, pace=0.05, slope=1.0, stays=True),
    Kind((("bad", "grows 5 per 1m over 60s"), ("bad", "grows 10% per 1m over 60s")), 100, slope=0.4, noise=0.2),
    Kind((("bad", "reaches 200 within 5m over 60s"), ("bad", "falls to 50 within 1m over 60s")), 100, slope=0.6),
    Kind(
        (("bad", "burns 10x over 2m"),),
        0.0002,
        step=0.5,
        fields=(
            ("slo", 0.99),
            ("period", 86400.0),
        ),
    ),
    Kind(
        (("bad", "spends 2% within 2m"),),
        0.0002,
        step=0.5,
        fields=(
            ("slo", 0.99),
            ("period", 6000.0),
        ),
    ),
    Kind((("bad", "above 2x baseline"), ("bad", "above 2x baseline for 20s")), 3, step=8, noise=0.5),
    Kind((("both", "at most baseline + 20% | above 2x baseline"),), 3, step=8, noise=0.2, fields=(("floor", 1.0),)),
    Kind((("bad", "below baseline - 10%"), ("bad", "mean over 30s below baseline - 10%")), 50, step=-20, noise=1),
    Kind(
        (("bad", "above slo + 5%"), ("bad", "above slo + 5% for 20s")), 300, step=400, noise=9, fields=(("slo", 500.0),)
    ),
)


class Drawn(NamedTuple):
    """What is measured in a flight, how it is judged, and what really happens."""

    metrics: dict[str, Metric]
    rules: dict[str, Rule]
    courses: tuple[Course, ...]
    mishaps: tuple[Mishap, ...]
    histories: tuple[str, ...]


def draw(chance: Random, groups: dict[str, tuple[str, ...]]) -> Drawn:
    """One to three metrics, each with its rule."""
    drawn = Drawn({}, {}, (), (), ())
    for number in range(chance.choice((1, 1, 2, 3))):
        drawn = _with_one(chance, groups, drawn, number)
    return drawn


def _with_one(chance: Random, groups: dict[str, tuple[str, ...]], drawn: Drawn, number: int) -> Drawn:
    kind, name = chance.choice(KINDS), f"m{number}"
    source, hosts = _source(chance, groups, name)
    every, no_data = chance.choice((5.0, 5.0, 10.0)), chance.choice(NO_DATA)
    common: dict[str, Any] = {"every": every, "stale": 3 * every, "no_data": no_data, "hosts": hosts}
    metric = Metric(name=name, title=name, source=source, timeout=4.0, **common)
    minimum = _minimum(chance, drawn)
    triggers = {part: parse(text) for part, text in _written(*chance.choice(kind.texts))}
    share = chance.choice((Share(), Share(len(hosts)), Share(0, 0.5))) if hosts else Share()
    within = chance.choice((0.0, 60.0))
    extra: dict[str, Any] = {
        **triggers,
        **dict(kind.fields),
        "share": share,
        "minimum": minimum,
        "answer_within": within,
    }
    rule = Rule(name=f"r{number}", metric=name, unit=kind.unit, **common, **extra)
    history = isinstance(source, Prometheus) and chance.random() < 0.7
    return Drawn(
        {**drawn.metrics, name: metric},
        {**drawn.rules, rule.name: rule},
        (*drawn.courses, *_courses(chance, kind, name, hosts)),
        (*drawn.mishaps, *(_mishap(chance, name) for _ in range(chance.choice((0, 0, 0, 1, 2))))),
        (*drawn.histories, *([name] if history else [])),
    )


def _written(part: str, text: str) -> list[tuple[str, str]]:
    if part != "both":
        return [(part, text)]
    ok, _, bad = text.partition(" | ")
    return [("ok", ok), ("bad", bad)]


def _source(chance: Random, groups: dict[str, tuple[str, ...]], name: str) -> tuple[Source, tuple[str, ...]]:
    web = groups["web"]
    measure = Output(command=f"measure {name}")
    url = "http://metrics/"
    return chance.choice(
        (
            (Prometheus(url=url, query=name), ()),
            (Prometheus(url=url, query=name), ()),
            (Prometheus(url=url, query=name, label="instance"), web),
            (Json(request=Request(url=url), pick=name), ()),
            (measure, web),
            (measure, (HERE,)),
        )
    )


def _minimum(chance: Random, drawn: Drawn) -> Minimum:
    if drawn.metrics and chance.random() < 0.15:
        return Minimum(metric=chance.choice(sorted(drawn.metrics)), value=chance.choice((1.0, 5.0)))
    return Minimum(samples=chance.choice((0, 0, 0, 2, 4)))


def _courses(chance: Random, kind: Kind, name: str, hosts: tuple[str, ...]) -> list[Course]:
    return [
        Course(name, host, kind.level, kind.pace, kind.noise, tuple(_bends(chance, kind))) for host in hosts or (WHOLE,)
    ]


def _bends(chance: Random, kind: Kind) -> list[Bend]:
    """One after another: spikes, steps, leaks; some go on until all is healed."""
    bends: list[Bend] = []
    at = chance.choice((chance.uniform(-60, 30), chance.uniform(0, 60), chance.uniform(0, 200)))
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3))):
        length = min(chance.choice((3.0, 20.0, 45.0, 90.0, 200.0, HEALED)), HEALED - at)
        size = chance.choice((1.0, 1.0, 1.0, 0.3)) if kind.step != -1 else 1.0
        if length > 0:
            slope = round(kind.slope * size, 3)
            bends.append(Bend(round(at, 2), round(length, 2), kind.step * size, slope, stays=kind.stays))
        at += length + chance.uniform(5, 120)
    return bends


def _mishap(chance: Random, name: str) -> Mishap:
    at = chance.choice((chance.uniform(-5, 60), chance.uniform(0, 400)))
    return Mishap(name, chance.choice(TROUBLES), round(at, 2), chance.choice((5.0, 20.0, 60.0, 200.0)))
