"""Baselines, and thresholds that refer to them."""

from __future__ import annotations

import random

import pytest

from cockpit.analysis.baseline import record
from cockpit.analysis.grammar import parse
from cockpit.analysis.judge import Judge
from cockpit.analysis.levels import resolved
from cockpit.analysis.rule import Baseline, Level, Sample
from tests.analysis.series import feed, readings, rule


def test_a_baseline_is_what_numpy_says() -> None:
    import numpy as np  # noqa: PLC0415  slow to import

    rng = random.Random(3)  # noqa: S311  the same numbers each time
    values = [rng.expovariate(0.01) for _ in range(501)]
    found = record([Sample(number, value) for number, value in enumerate(values)], 0, 1000)
    low, middle, high, top = np.quantile(values, [0.25, 0.5, 0.75, 0.95])
    ours = [found.mean, found.median, found.p95, found.spread]
    assert ours == pytest.approx([float(np.mean(values)), middle, top, high - low])


def test_only_samples_between_its_moments_count() -> None:
    found = record([Sample(at, float(at)) for at in range(10)], 3, 5, needed=3)
    assert (found.samples, found.mean) == (3, 4.0)


def test_below_its_minimum_there_is_none() -> None:
    found = record([Sample(1, 1.0)], 0, 10, needed=20)
    assert found == Baseline(since=0, until=10, samples=1, reason="the baseline has 1 samples and needs 20")


LEVELS = [
    ("above 2x baseline", 100, 0, 200),
    ("above baseline + 10%", 200, 0, 220),
    ("below baseline - 10%", 200, 0, 180),
    ("above baseline + 50", 200, 0, 250),
    ("above baseline + 10%", 0.01, 0.5, 0.51),
    ("above 2x baseline", 0, 0.5, 0.5),
    ("at most baseline + 10%", 0, 0.5, 0.5),
    ("below baseline - 10%", 0.01, 0.5, -0.49),
    ("above baseline + 10%", 200, 5, 220),
    ("above baseline", 10, 2, 12),
    ("below baseline", 10, 2, 8),
    ("at least baseline", 10, 2, 8),
    ("at most baseline", 10, 2, 12),
    ("above baseline + 10%", -100, 0, -90),
    ("below baseline - 10%", -100, 0, -110),
]


@pytest.mark.parametrize(("text", "usual", "floor", "threshold"), LEVELS)
def test_a_threshold_lies_where_it_says_and_a_floor_away_at_least(
    text: str, usual: float, floor: float, threshold: float
) -> None:
    judge = Judge(rule(text, unit="ms", floor=floor))
    judge.set_baseline("", Baseline(since=0, until=1, samples=99, mean=-1, median=usual))
    assert feed(judge, readings("1")).threshold == pytest.approx(threshold)


def test_means_are_compared_with_the_mean() -> None:
    judge = Judge(rule("mean over 30m above 2x baseline"))
    judge.set_baseline("", Baseline(since=0, until=1, samples=99, mean=7, median=5))
    assert feed(judge, readings("1")).threshold == 14


def test_without_a_baseline_a_relative_rule_is_inconclusive() -> None:
    found = feed(Judge(rule("above 2x baseline")), readings("100"))
    assert (found.verdict, found.reason) == ("inconclusive", "no baseline yet")


def test_with_too_small_a_baseline_a_relative_rule_is_inconclusive() -> None:
    judge = Judge(rule("above 2x baseline"))
    judge.set_baseline("", record([], 0, 10))
    found = feed(judge, readings("100"))
    assert (found.verdict, found.reason) == ("inconclusive", "the baseline has 0 samples and needs 20")


def test_a_rule_that_refers_to_none_needs_none() -> None:
    assert parse("above 5").condition.level == Level(offset=5)  # type: ignore[union-attr]
    assert resolved(Level(offset=5), 100, floor=50) == 5
