"""How often a metric is read in a rehearsal at full speed."""

from __future__ import annotations

import pytest

from cockpit.rehearsal.telemetry.intervals import intervals
from tests.rehearsal.telemetry.worlds import plan_of

URL = "url: 'http://p:9090', every: 10s, timeout: 5s, no_data: hold"  # stale after 35 s


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("bad: above 5", (10, 29.75, 600)),
        ("{bad: above 5 for 5m}", (10, 29.75, 600)),
        ("{bad: fails 3 times}", (10, 29.75, 600)),
        ("{ok: below 5 for 5m}", (10, 29.75, 29.75)),
        ("{bad: max over 2h above 5}", (10, 29.75, 600)),
        ("{bad: mean over 5m above 5}", (25, 25, 25)),
        ("{bad: mean over 5m above 5 2 times}", (10, 10, 10)),
        ("{bad: mean over 1h above 5 for 1m}", (15, 15, 15)),
        ("{bad: sum over 1h above 5}", (10, 10, 10)),
        ("{bad: grows 5% per 1h over 2h}", (10, 29.75, 112.5)),
        ("{bad: burns 6x over 6h, slo: 99.9% over 30d}", (10, 15, 600)),
        ("bad: above 5, minimum: 20", (10, 29.75, 600)),
    ],
)
def test_intervals_follow_from_the_rules(said: str, expected: tuple[float, float, float]) -> None:
    plan = plan_of(f"it: {{prometheus: a, {URL}}}", f"rule: {{metric: it, {said.removeprefix('{').removesuffix('}')}}}")
    assert intervals(plan.metrics["it"], plan) == pytest.approx(expected)


def test_metric_without_rules_is_read_rarely() -> None:
    plan = plan_of(f"it: {{prometheus: a, {URL}}}")
    assert intervals(plan.metrics["it"], plan)[1:] == (600.0, 600.0)


def test_metric_that_is_a_minimum_stays_fresh() -> None:
    metrics = f"it: {{prometheus: a, {URL}}}\nother: {{prometheus: b, {URL}}}"
    plan = plan_of(metrics, "rule: {metric: it, bad: above 5, minimum: {metric: other, value: 1}}")
    assert max(*intervals(plan.metrics["it"], plan), *intervals(plan.metrics["other"], plan)) == 29.75
