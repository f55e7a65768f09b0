"""What judging costs: 200 rules at a sample a second each, and their memory over 14 simulated days.

`python -m benchmarks.rules [--rules 200] [--seconds 300] [--days 14]`. Processor time of `Panel.take` and `tick`,
the median and the best of the seconds. The peer keeps each window in a deque and works its mean out anew each second.
"""

from __future__ import annotations

import argparse
import gc
import platform
import random
import resource
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from cockpit.analysis.baseline import record
from cockpit.analysis.grammar import parse
from cockpit.analysis.panel import Panel
from cockpit.analysis.rule import Rule, Sample

WINDOW = 1800
KINDS = {
    "a threshold, sustained": ["above 5% for 5m"],
    "a baseline": ["above 2x baseline for 3m"],
    "30-minute means against a baseline": ["mean over 30m above baseline + 10%"],
    "all three": ["above 5% for 5m", "above 2x baseline for 3m", "mean over 30m above baseline + 10%"],
    "30-minute highest": ["max over 30m above 5%"],
    "30-minute median": ["median over 30m above 5%"],
    "a slope over an hour": ["grows 2% per 1h"],
}
EVERYTHING = [
    *KINDS["all three"],
    "fails 3 times",
    "above 10 per 1m",
    "burns 14.4x over 1h",
    *KINDS["a slope over an hour"],
]

Second = Callable[[float, Sequence[float]], None]


class Cost(NamedTuple):
    """Seconds of processor time for one simulated second."""

    usual: float
    best: float


def panel(texts: Sequence[str], rules: int, every: float) -> Panel:
    """A panel of so many rules, each on a metric of its own, with a baseline around 4."""
    made = [
        Rule(
            name=f"r{number}",
            metric=f"m{number}",
            unit="%",
            bad=parse(texts[number % len(texts)], "%"),
            every=every,
            stale=3 * every,
            slo=0.999,
            period=2592000.0,
        )
        for number in range(rules)
    ]
    found, usual = Panel(made), record([Sample(-float(n), 3.0 + n % 3) for n in range(100)], -100, 0)
    for rule in made:
        found.set_baseline(rule.metric, "", usual)
    return found


def ours(texts: Sequence[str], rules: int) -> Second:
    """One second of the panel."""
    found, names = panel(texts, rules, 1.0), [f"m{number}" for number in range(rules)]

    def second(at: float, values: Sequence[float]) -> None:
        for name, value in zip(names, values, strict=True):
            found.take(name, "", Sample(at, value), at)
        found.tick(at)

    return second


def recomputed(rules: int) -> Second:
    """One second of plain deques, each summed anew and compared with a number."""
    windows: list[deque[float]] = [deque(maxlen=WINDOW) for _ in range(rules)]

    def second(_: float, values: Sequence[float]) -> None:
        for kept, value in zip(windows, values, strict=True):
            kept.append(value)
            assert sum(kept) / len(kept) < 100

    return second


def measure(second: Second, rules: int, seconds: int) -> Cost:
    """Cost of a second once windows are full."""
    rng = random.Random(1)  # noqa: S311  the same values each time
    values = [[4 * rng.random() for _ in range(rules)] for _ in range(37)]
    for at in range(WINDOW):
        second(float(at), values[at % 37])
    costs = [_timed(second, float(at), values[at % 37]) for at in range(WINDOW, WINDOW + seconds)]
    return Cost(median(costs), min(costs))


def _timed(second: Second, at: float, values: Sequence[float]) -> float:
    start = time.process_time()
    second(at, values)
    return time.process_time() - start


def memory() -> float:
    """MB that this process holds now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def days(rules: int, count: int) -> None:
    """Every kind of rule, sampled every 15 s, for so many simulated days."""
    found, rng = panel(EVERYTHING, rules, 15.0), random.Random(2)  # noqa: S311  the same values each time
    names, told = [f"m{number}" for number in range(rules)], 0
    for number in range(count * 5760):
        at, value = number * 15.0, 4 * rng.random()
        for name in names:
            told += len(found.take(name, "", Sample(at, value), at))
        found.tick(at)
        if number % 5760 == 5759 and number // 5760 + 1 in (1, 2, count // 2, count):
            print(f"day {number // 5760 + 1:>3}: {memory():7.2f} MB, {told} changes of verdict")


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rules", type=int, default=200)
    asked.add_argument("--seconds", type=int, default=300)
    asked.add_argument("--days", type=int, default=14)
    options = asked.parse_args()
    print(f"Python {platform.python_version()}, {options.rules} rules at 1 Hz: usual and best % of a core, us a rule")
    _row("deques, summed anew", measure(recomputed(options.rules), options.rules, options.seconds), options.rules)
    for name, texts in KINDS.items():
        _row(name, measure(ours(texts, options.rules), options.rules, options.seconds), options.rules)
    days(options.rules, options.days)


def _row(name: str, cost: Cost, rules: int) -> None:
    print(f"{name:<36}{cost.usual * 100:8.3f}{cost.best * 100:8.3f}{cost.usual / rules * 1e6:8.2f}")


if __name__ == "__main__":
    main()
