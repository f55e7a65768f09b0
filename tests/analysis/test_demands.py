"""What a rule needs, and what is wrong with one that can never judge."""

from __future__ import annotations

import pytest

from cockpit.analysis.demands import demands, faults
from cockpit.analysis.rule import Minimum, Rule, Share
from tests.analysis.series import rule

FAULTY = [
    (rule(), "metric", "neither ok nor bad"),
    (rule("above slo"), "slo", "an objective that is not given"),
    (rule("spends 5% within 30m", slo=0.999), "slo", "needs an objective and its period"),
    (rule("burns 2x over 1h", slo=99.9, period=86400.0), "slo", "needs an objective and its period"),
    (rule("burns 2x over 1h", unit="ms", slo=0.99, period=86400.0), "metric", "the metric is in ms"),
    (rule("higher than the other hosts", hosts=("a", "b")), "canary", "not said"),
    (rule("higher than the other hosts", hosts=("a",), canary="deploy"), "hosts", "no other hosts"),
    (rule("higher than the other hosts", ok="below 1%", hosts=("a", "b"), canary="x"), "ok", "only one of ok and bad"),
    (rule("mean over 20s above 5%"), "bad", "20s is short for samples every 15s"),
    (rule(ok="mean over 20s below 5%"), "ok", "20s is short"),
    (rule("spends 5% within 2m", slo=0.999, period=86400.0), "bad", "2m is short"),
    (rule("mean over 7d above 5%", every=1.0), "bad", "more than 100000 samples in 7d"),
    (rule("above 5%", stale=10.0), "metric", "stale before the next one"),
    (rule("above 5%", hosts=("a", "b"), share=Share(count=3)), "hosts", "it takes 3 hosts and has 2"),
]


@pytest.mark.parametrize(("judged_by", "part", "what"), FAULTY)
def test_a_fault_is_found(judged_by: Rule, part: str, what: str) -> None:
    found = faults(judged_by)
    assert [fault.part for fault in found] == [part]
    assert what in found[0].what
    assert found[0].hint


@pytest.mark.parametrize(
    ("judged_by", "history"),
    [
        (rule("above 5%"), 15 + 45),
        (rule("above 5% for 5m"), 300 + 45),
        (rule("fails 3 times"), 45 + 45),
        (rule("mean over 30m above 5% for 5m"), 1800 + 300 + 45),
        (rule("above 5%", ok="mean over 1h below 1%"), 3600 + 15 + 45),
        (rule("higher than the other hosts"), 600 + 15 + 45),
        (rule("above 10 per 1m"), 60 + 15 + 45),
        (rule("above 5% for 5m", minimum=Minimum(samples=4)), 300 + 60 + 45),
    ],
)
def test_so_much_history_is_needed(judged_by: Rule, history: float) -> None:
    assert demands(judged_by).history == history


def test_a_baseline_is_needed_where_one_is_named() -> None:
    texts = [
        "above 2x baseline",
        "outside 1 to baseline + 10%",
        "reaches baseline + 10% within 2h",
        "above slo",
        "above 5",
    ]
    assert [demands(rule(text)).baseline for text in texts] == [True, True, True, False, False]


def test_a_canary_is_needed_where_hosts_are_compared() -> None:
    assert demands(rule("lower than the other hosts")).canary
    assert not demands(rule("above 5%")).canary
