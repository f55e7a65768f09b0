"""Canary and other hosts compared, with the guards of Kayenta."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from cockpit.analysis.compare import compare
from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Sample
from tests.analysis.series import rule

HOSTS = ("app-01", "app-02", "app-03", "app-04")


def normal(mean: float, count: int = 60, seed: int = 1, spread: float = 10.0) -> list[float]:
    rng = random.Random(seed)  # noqa: S311  the same numbers each time
    return [rng.gauss(mean, spread) for _ in range(count)]


def test_a_canary_that_is_clearly_higher_is_found() -> None:
    found = compare(normal(150), normal(100, seed=2), "higher")
    assert found.met
    assert found.low < found.shift < found.high
    assert found.shift == pytest.approx(50, abs=6)


@pytest.mark.parametrize(("direction", "met"), [("higher", False), ("lower", True), ("different", True)])
def test_the_direction_decides(direction: str, met: bool) -> None:
    assert compare(normal(100), normal(150, seed=2), direction).met is met  # type: ignore[arg-type]


def test_the_same_distribution_seldom_differs() -> None:
    found = [compare(normal(100, 30, seed), normal(100, 30, seed + 500), "different").met for seed in range(200)]
    assert sum(map(bool, found)) <= 8


def test_identical_samples_do_not_differ() -> None:
    assert compare(normal(100), normal(100), "different").met is False


def test_one_distinct_value_does_not_differ() -> None:
    assert compare([5.0] * 20, [5.0] * 40, "different").met is False


def test_too_few_samples_tell_nothing() -> None:
    found = compare(normal(900, 9), normal(100), "higher")
    assert (found.met, found.why) == (None, "9 samples of the canary and 60 of the others, 10 needed")


@pytest.mark.parametrize(("share", "met"), [(0.2, True), (0.4, False)])
def test_a_small_effect_is_not_enough(share: float, met: bool) -> None:
    assert compare(normal(130), normal(100, seed=2), "higher", share).met is met


@pytest.mark.parametrize(("floor", "met"), [(0.0, False), (5.0, False), (0.5, True)])
def test_of_a_mean_of_zero_no_share_is_met_but_a_floor_is(floor: float, met: bool) -> None:
    assert compare([1.0] * 15 + [2.0] * 15, [0.0] * 30, "higher", 0.1, floor).met is met


def test_the_interval_excludes_zero_where_the_test_does() -> None:
    for seed in range(60):
        found = compare(normal(100, 25, seed), normal(106, 30, seed + 900), "different")
        assert (found.low > 0 or found.high < 0) is (found.p < 0.02) or abs(found.p - 0.02) < 0.004


def test_many_samples_are_thinned() -> None:
    assert compare(normal(150, 5000), normal(100, 5000, 2), "higher").met


def test_nothing_else_imports_scipy() -> None:
    script = (
        "import sys; from cockpit.analysis.panel import Panel; from cockpit.analysis.grammar import parse;"
        "from cockpit.analysis.rule import Rule; t = parse('higher than the other hosts');"
        "Panel([Rule(name='r', metric='m', bad=t, hosts=('a', 'b'))]);"
        "sys.exit(any(name.partition('.')[0] in ('scipy', 'numpy', 'asyncio') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def _round(judge: Judge, at: float, values: list[float]) -> None:
    for host, value in zip(HOSTS, values, strict=True):
        judge.take(host, Sample(at, value), at)


def _canary(rounds: int, higher: float) -> Judge:
    judge = Judge(rule("higher than the other hosts by 10%", unit="ms", hosts=HOSTS, canary="deploy"))
    judge.set_canary(frozenset({"app-01"}))
    noise = iter(normal(100, rounds * 4, spread=5))
    for number in range(rounds):
        values = [next(noise) for _ in HOSTS]
        _round(judge, number * 15.0, [values[0] + higher, *values[1:]])
    return judge


def test_a_rule_compares_canary_hosts_with_the_others() -> None:
    assert _canary(30, higher=40).judge(450).verdict == "failing"
    assert _canary(30, higher=0).judge(450).verdict == "passing"


def test_a_rule_that_compares_hosts_waits_for_enough_samples() -> None:
    found = _canary(8, higher=40).judge(120)
    assert found.verdict == "inconclusive"
    assert "samples of the canary" in found.reason


def test_without_a_canary_nothing_is_compared() -> None:
    judge = Judge(rule("higher than the other hosts", hosts=HOSTS, canary="deploy"))
    _round(judge, 0, [1, 2, 3, 4])
    assert judge.judge(0).reason == "no canary host yet"


def test_a_canary_that_is_silent_is_inconclusive() -> None:
    judge = _canary(30, higher=40)
    for number in range(30, 75):
        for host in HOSTS[1:]:
            judge.take(host, Sample(number * 15.0, 100.0), number * 15.0)
    assert judge.verdict == "inconclusive"


def test_all_hosts_silent_is_no_data() -> None:
    judge = _canary(30, higher=40)
    judge.age(30 * 15 + 60)
    assert judge.verdict == "no data"
