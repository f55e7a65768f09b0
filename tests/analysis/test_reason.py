"""What a person reads of a verdict at three in the morning."""

from __future__ import annotations

import pytest

from cockpit.analysis.amount import amount
from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Baseline, Rule
from tests.analysis.series import feed, judged, readings, rule

REASONS = [
    (rule("above 5%"), "6.2", "6.2%: above 5%"),
    (rule("above 5%"), "0.4", "0.4%: not above 5%"),
    (rule("above 5% for 5m"), "6.2x10", "6.2%: above 5% for 2:15 of 5:00"),
    (rule("above 5% for 5m"), "6.2x22", "6.2%: above 5% for 5:15"),
    (rule("fails 3 times", unit=""), "0 0", "0: fails 2 of 3 times"),
    (rule("fails 3 times in a row", unit=""), "0x9", "0: fails 3 of 3 times"),
    (rule(ok="below 1%", bad="above 5%"), "3", "3%: neither below 1% nor above 5%"),
    (rule(ok="below 1%", bad="above 5% for 1m"), "0.5", "0.5%: below 1%"),
    (rule(ok="below 1%", bad="above 5% for 1m"), "7", "7%: above 5% for 0:00 of 1:00"),
    (rule(ok="below 1%"), "7", "7%: not below 1%"),
    (rule(ok="below 1% for 1m"), "0 0", "0%: below 1% for 0:15 of 1:00"),
    (rule("above slo + 5%", unit="ms", slo=500.0), "612", "612 ms: above slo + 5% (525 ms)"),
    (rule("mean over 30m above 5%"), "6 7 8", "7%: mean over 30m above 5%"),
    (rule("above 10 per 1m", unit=""), "0", "the samples do not reach over its span yet"),
    (rule("grows 2% per 1h"), "0", "the samples do not reach over half of its span yet"),
    (
        rule("falls 30 per 5m", unit=""),
        "900 880 860 840 820 800 780 760 740 720 700 680",
        "400 per 5m: falls 30 per 5m",
    ),
    (
        rule("burns 14.4x over 1h", slo=0.999, period=2592000.0),
        "2x240",
        "20x: burns 14.4x over 1h",
    ),
    (
        rule("spends 5% within 30m", slo=0.999, period=2592000.0),
        "10x120",
        "6.944% of the error budget: spends 5% within 30m",
    ),
    (rule("outside 1 to 5", unit=""), "9", "9: outside 1 to 5"),
    (rule("above 5%"), "_", "no sample yet: empty answer"),
    (rule("above 5%"), "!", "not measured yet: HTTP 500"),
    (rule("above 5%"), "6 ! ! ! !", "not measured for 1:00: HTTP 500"),
]


@pytest.mark.parametrize(("judged_by", "values", "reason"), REASONS)
def test_a_verdict_has_its_reason(judged_by: Rule, values: str, reason: str) -> None:
    assert judged(values, judged_by).reason == reason


def test_a_relative_threshold_is_shown_as_a_number() -> None:
    judge = Judge(rule("above 2x baseline for 3m", unit="ms"))
    judge.set_baseline("", Baseline(since=0, until=1, samples=99, mean=200, median=200))
    found = feed(judge, readings("612x2"))
    assert found.reason == "612 ms: above 2x baseline (400 ms) for 0:15 of 3:00"
    assert (found.value, found.threshold, found.pending, found.needed) == (612, 400, 15, 180)


def test_the_window_and_its_samples_are_told() -> None:
    found = judged("6 7 8", rule("mean over 30m above 5%"))
    assert (found.window, found.samples, found.value) == (1800, 3, 7)


def test_the_nearer_end_of_a_range_is_told() -> None:
    found = [judged(value, rule("outside 1 to 5", unit="")).threshold for value in ("0", "2", "4", "9")]
    assert found == [1, 1, 5, 5]


@pytest.mark.parametrize(
    ("value", "unit", "beside", "text"),
    [
        (6.2, "%", None, "6.2%"),
        (612, "ms", None, "612 ms"),
        (5.00001, "%", 5.0, "5.00001%"),
        (99.9512, "%", 99.95, "99.951%"),
        (123456.7, "1/s", None, "123457 1/s"),
        (0.00012345, "", None, "0.0001234"),
        (3, "1", None, "3"),
        (-0.5, "ms", None, "-0.5 ms"),
        (2.4, "% per 1h", None, "2.4% per 1h"),
    ],
)
def test_numbers_are_short_and_differ_from_what_they_stand_beside(
    value: float, unit: str, beside: float | None, text: str
) -> None:
    assert amount(value, unit, beside) == text
