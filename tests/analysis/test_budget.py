"""Burn rates against the table of Google's SRE workbook, and what a budget is spent by."""

from __future__ import annotations

import pytest

from cockpit.analysis.budget import Burn, burn_rate
from tests.analysis.series import judged, rule, verdicts

HOUR, DAY = 3600.0, 86400.0
MONTH = 30 * DAY
TABLE = [(0.02, HOUR, 14.4), (0.05, 6 * HOUR, 6.0), (0.10, DAY, 3.0), (0.10, 3 * DAY, 1.0), (0.05, 1800.0, 72.0)]
WORDS = {HOUR: "1h", 6 * HOUR: "6h", DAY: "1d", 3 * DAY: "3d", 1800.0: "30m"}


@pytest.mark.parametrize(("share", "within", "rate"), TABLE)
def test_rates_are_those_of_the_table(share: float, within: float, rate: float) -> None:
    assert burn_rate(share, within, MONTH) == pytest.approx(rate)


@pytest.mark.parametrize(("share", "within", "rate"), TABLE)
@pytest.mark.parametrize("form", ["spends {share:g}% within {within}", "burns {rate}x over {within}"])
@pytest.mark.parametrize(("times", "verdict"), [(1.001, "failing"), (0.999, "passing")])
def test_a_rule_fires_just_above_its_rate(
    share: float, within: float, rate: float, form: str, times: float, verdict: str
) -> None:
    text = form.format(share=share * 100, within=WORDS[within], rate=rate)
    every = within / 240
    judge = rule(text, every=every, stale=3 * every, slo=0.999, period=MONTH)
    assert judged(f"{rate * 0.1 * times}x300", judge, every).verdict == verdict


def test_a_short_burst_is_not_enough_for_the_long_window() -> None:
    judge = rule("burns 14.4x over 1h", slo=0.999, period=MONTH)
    assert set(verdicts("0x240 10x20", judge)) == {"p"}


def test_it_ends_soon_after_its_cause() -> None:
    found = verdicts("2x240 0x240", rule("burns 14.4x over 1h", slo=0.999, period=MONTH))
    assert found[239:].index("p") <= 300 / 15


def test_what_was_not_observed_spends_nothing() -> None:
    judge = rule("burns 14.4x over 1h", slo=0.999, period=MONTH)
    assert judged("2x240", judge).verdict == "failing"
    assert judged("0 _x239 2x100", judge).verdict == "passing"


def test_a_sample_stands_for_its_own_time_where_the_next_is_missing() -> None:
    burn = Burn(600, 15, 0.99)
    for number in range(41):
        burn.take(number * 15.0, 0.01)
    assert burn.long == pytest.approx(1.0)
    burn.take(40 * 15.0 + 300, 0.01)
    assert burn.long == pytest.approx((300 + 15) / 600)


@pytest.mark.parametrize("every", [15.0, 60.0, 7.0])
def test_a_steady_rate_is_that_rate_however_often_it_is_sampled(every: float) -> None:
    burn = Burn(1800, every, 0.999)
    for number in range(600):
        burn.take(number * every, 0.005)
    assert [burn.long, burn.short] == pytest.approx([5.0, 5.0])


def test_without_an_objective_nothing_can_be_said() -> None:
    found = judged("50x10", rule("burns 14.4x over 1h"))
    assert (found.verdict, found.reason) == (
        "inconclusive",
        "no error budget: an objective (slo) such as 99.9% over 30d",
    )
