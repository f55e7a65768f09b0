"""All the rules of a release: what has changed, what is not fresh any more, and the same again after a restart."""

from __future__ import annotations

import tracemalloc
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.analysis.panel import Panel
from cockpit.analysis.rule import Baseline, Gap, Judgement, Minimum, Reading, Rule, Sample, Trigger
from tests.analysis.series import readings, rule


def _said(found: tuple[Judgement, ...]) -> list[tuple[str, str]]:
    return [(one.rule, one.verdict) for one in found]


def test_only_what_has_changed_is_told() -> None:
    panel = Panel([rule("above 5%", name="high"), rule("above 50%", name="higher"), rule("above 5%", metric="n")])
    assert _said(panel.take("m", "", Sample(0, 1), 0)) == [("high", "passing"), ("higher", "passing")]
    assert panel.take("m", "", Sample(15, 2), 15) == ()
    assert _said(panel.take("m", "", Sample(30, 6), 30)) == [("high", "failing")]
    assert [one.verdict for one in panel.judgements()] == ["failing", "passing", "no data"]
    told = {one.rule: one.verdict for one in panel.judgements()}
    assert panel.other_than(told) == ()
    assert panel.other_than({**told, panel.judgements()[1].rule: None}) == panel.judgements()[1:2]


def test_a_metric_without_rules_is_passed_over() -> None:
    assert Panel([]).take("m", "", Sample(0, 1), 0) == ()
    assert Panel([]).next_tick() == inf


def test_silence_is_found_at_its_moment() -> None:
    panel = Panel([rule("above 5%")])
    panel.tick(0)
    panel.take("m", "", Sample(10, 1), 10)
    assert panel.next_tick() <= 55
    assert panel.tick(54.9) == ()
    assert _said(panel.tick(55)) == [("r", "no data")]
    assert panel.tick(90) == ()


def test_silence_is_found_by_ticks_at_their_moments_alone() -> None:
    panel = Panel([rule("above 5%"), rule("above 5%", name="s", metric="n", stale=20.0)])
    samples = {"m": [0.0, 15.0, 30.0, 200.0], "n": [5.0, 22.0, 180.0]}
    told: list[tuple[float, str]] = []
    for at, metric in sorted((at, metric) for metric, moments in samples.items() for at in moments):
        while panel.next_tick() <= at:
            now = panel.next_tick()
            told += [(now, one.rule) for one in panel.tick(now)]
        panel.take(metric, "", Sample(at, 1), at)
    assert told == [(42.0, "s"), (75.0, "r"), (200.0, "s")]


def test_a_host_that_wakes_is_missed_again() -> None:
    panel = Panel([rule("above 5%", hosts=("a", "b"))])
    panel.tick(0)
    panel.take("m", "a", Sample(2, 1), 2)
    panel.take("m", "b", Sample(40, 1), 40)
    assert panel.next_tick() <= 47
    assert _said(panel.tick(47)) == [("r", "no data")]


def test_ticks_do_not_grow() -> None:
    panel = Panel([rule("above 5%", name=str(number)) for number in range(5)])
    for second in range(2000):
        panel.take("m", "", Sample(second, 1), second)
        if second % 100 > 50:
            panel.tick(second)
    assert len(panel._due) <= 10


def test_after_the_clock_was_set_back_silence_is_still_found() -> None:
    panel = Panel([rule("above 5%")])
    panel.tick(5000)
    panel.take("m", "", Sample(5000, 1), 5000)
    panel.tick(1000)
    panel.take("m", "", Sample(1001, 1), 1001)
    assert panel.next_tick() <= 1046
    assert _said(panel.tick(1046)) == [("r", "no data")]


def test_the_other_metric_of_a_minimum_is_taken_from_its_readings() -> None:
    panel = Panel([rule("above 5%", minimum=Minimum(metric="requests", value=500))])
    assert _said(panel.take("m", "", Sample(0, 9), 0)) == [("r", "inconclusive")]
    panel.take("requests", "", Sample(5, 900), 5)
    panel.take("requests", "", Gap(10, "error", "HTTP 500"), 10)
    assert _said(panel.take("m", "", Sample(15, 9), 15)) == [("r", "failing")]


def test_a_minimum_may_be_one_for_each_host() -> None:
    found = rule("above 5%", hosts=("a", "b"), minimum=Minimum(metric="requests", value=500))
    panel = Panel([found])
    panel.take("requests", "a", Sample(0, 900), 0)
    panel.take("requests", "b", Sample(0, 9), 0)
    panel.take("m", "b", Sample(1, 9), 1)
    assert panel.judgements()[0].verdict == "no data"
    panel.take("m", "a", Sample(1, 1), 1)
    assert panel.judgements()[0].reason.startswith("b: requests is 9, 500 needed")


def test_a_baseline_is_for_a_metric_and_a_host() -> None:
    panel = Panel([rule("above 2x baseline", hosts=("a", "b"))])
    panel.set_baseline("m", "a", Baseline(since=0, until=1, samples=50, mean=5, median=5))
    panel.take("m", "a", Sample(1, 6), 1)
    panel.take("m", "b", Sample(1, 6), 1)
    assert panel.judgements()[0].reason == "b: no baseline yet (1 of 2 hosts inconclusive, 1 needed)"


def test_a_canary_is_of_a_step() -> None:
    hosts = ("a", "b")
    mine, other = (rule("higher than the other hosts", hosts=hosts, canary=step, name=step) for step in ("x", "y"))
    panel = Panel([mine, other])
    panel.set_canary("x", frozenset("a"))
    panel.take("m", "a", Sample(0, 1), 0)
    reasons = [one.reason for one in panel.judgements()]
    assert reasons == ["1 samples of the canary and 0 of the others, 10 needed", "no canary host yet"]


RULES = [
    rule("above 5", name="plain", unit=""),
    rule("above 5 for 1m", name="lasting", unit=""),
    rule("fails 3 times", name="times", unit=""),
    rule("mean over 2m above 5", name="mean", unit="", minimum=Minimum(samples=3)),
    rule("above 10 per 1m", name="risen", unit=""),
    rule("grows 5 per 5m", name="slope", unit=""),
    rule("burns 2x over 5m", name="burn", slo=0.99, period=86400.0),
    rule(ok="below 3", bad="above 2x baseline", name="both", unit=""),
]
tokens = st.lists(st.sampled_from(["0", "3", "6", "9", "_", "!"]), min_size=1, max_size=50)


def _panel() -> Panel:
    panel = Panel(RULES)
    panel.set_baseline("m", "", Baseline(since=0, until=1, samples=50, mean=4, median=4))
    return panel


def _verdicts(panel: Panel) -> list[tuple[str, float]]:
    return [(one.verdict, one.pending) for one in panel.judgements()]


@settings(derandomize=True, max_examples=250, deadline=None, database=None)
@given(tokens, tokens)
def test_after_a_restart_the_verdicts_are_the_same(before: list[str], after: list[str]) -> None:
    stored = readings(" ".join(before))
    gap = Gap(len(stored) * 15.0, "no data", "the engine was away")
    lived, restarted = _panel(), _panel()
    for reading in [*stored, gap]:
        lived.take("m", "", reading, reading.at)
        lived.tick(reading.at + 1)
    for reading in [*stored, gap]:
        restarted.take("m", "", reading)
    restarted.tick(gap.at + 1)
    assert _verdicts(restarted) == _verdicts(lived)
    for reading in readings(" ".join(after), start=gap.at + 15):
        assert _same(lived, restarted, reading)


def _same(lived: Panel, restarted: Panel, reading: Reading) -> bool:
    told = [panel.take("m", "", reading, reading.at) for panel in (lived, restarted)]
    return told[0] == told[1] and _verdicts(lived) == _verdicts(restarted)


def test_memory_is_bounded_by_the_windows() -> None:
    panel = _panel()
    for number in range(500):
        panel.take("m", "", Sample(number * 15.0, number % 7), number * 15.0)
    tracemalloc.start()
    first = tracemalloc.get_traced_memory()[0]
    for number in range(500, 1500):
        panel.take("m", "", Sample(number * 15.0, number % 7), number * 15.0)
        panel.tick(number * 15.0)
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown < 60_000


def test_a_rule_may_not_mix_hosts_compared_and_hosts_alone() -> None:
    assert isinstance(RULES[0].bad, Trigger)
    mixed = Rule(name="r", metric="m", ok=RULES[0].bad, bad=rule("higher than the other hosts").bad)
    with pytest.raises(ValueError, match="both compare hosts, or neither"):
        Panel([mixed])
