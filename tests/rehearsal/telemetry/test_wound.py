"""Which metric a fault meets, and what it shows."""

from __future__ import annotations

import pytest

from cockpit.rehearsal.scenario import Fault
from cockpit.rehearsal.telemetry.wound import metric_for, value_for
from cockpit.release.events import FaultKind
from tests.rehearsal.telemetry.worlds import plan_of

URL = "url: 'http://p:9090', no_data: hold"
METRICS = f"""
requests: {{prometheus: a, {URL}}}
cpu: {{prometheus: b, unit: '%', {URL}}}
error_rate: {{prometheus: c, unit: '%', {URL}}}
p95: {{prometheus: d, unit: ms, {URL}}}
disk_free: {{prometheus: e, unit: GB, {URL}}}
rss: {{prometheus: f, unit: MB, {URL}}}
"""
RULES = """
busy: {metric: requests, bad: above 1000}
errors: {metric: error_rate, bad: above 5% for 5m}
worse: {metric: error_rate, bad: above 20%}
slow: {metric: p95, bad: above 2x baseline}
full: {metric: disk_free, bad: below 10}
leaks: {metric: rss, bad: grows 5% per 1h over 1h}
"""
PLAN = plan_of(
    METRICS,
    RULES,
    body="baseline: {over: 5m, until: ship}\n"
    """
phases:
  - {phase: go, steps: [{id: ship, run: ./ship, on: web}]}
""",
)


@pytest.mark.parametrize(
    ("kind", "metric"),
    [("errors", "error_rate"), ("latency", "p95"), ("quota", "disk_free"), ("leak", "rss"), ("silence", "requests")],
)
def test_metric_that_fits_is_met(kind: FaultKind, metric: str) -> None:
    assert metric_for(kind, PLAN) == metric


def test_without_metrics_none_is_met() -> None:
    plan = plan_of("")
    assert metric_for("errors", plan) == ""
    assert value_for(Fault(id="f", kind="errors"), plan) is None


def test_percentage_is_taken_for_errors_where_no_name_fits() -> None:
    metrics = f"load: {{prometheus: a, {URL}}}\nbad: {{prometheus: b, unit: '%', {URL}}}"
    assert metric_for("errors", plan_of(metrics, "r: {metric: bad, bad: above 5%}")) == "bad"


@pytest.mark.parametrize(
    ("kind", "metric", "least", "most"),
    [("errors", "error_rate", 30.0, 100.0), ("latency", "p95", 200.0, 1e4), ("quota", "disk_free", -5.0, 5.0)],
)
def test_guessed_value_is_far_beyond_every_threshold(kind: FaultKind, metric: str, least: float, most: float) -> None:
    found = value_for(Fault(id="f", kind=kind, metric=metric), PLAN)
    assert found is not None
    assert least <= found <= most


def test_guessed_leak_is_three_times_what_its_rule_looks_for() -> None:
    found = value_for(Fault(id="f", kind="leak"), PLAN)
    assert found == pytest.approx(0.15, rel=0.1)


def test_value_that_is_given_counts() -> None:
    assert value_for(Fault(id="f", kind="errors", value=7.5), PLAN) == 7.5


def test_liar_without_a_value_shows_what_is_usual() -> None:
    assert value_for(Fault(id="f", kind="lie", metric="error_rate"), PLAN) == pytest.approx(0.5)


def test_look_that_fails_shows_nothing_else_than_zero() -> None:
    plan = plan_of("up: {probe: 'http://x/', no_data: hold}", "down: {metric: up, bad: fails 3 times}")
    assert value_for(Fault(id="f", kind="errors"), plan) == 0.0
