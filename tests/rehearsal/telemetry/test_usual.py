"""What a metric shows where nothing is said of it: every rule passes, with room."""

from __future__ import annotations

import pytest

from cockpit.playbook.plan import Plan
from cockpit.rehearsal.scenario import STARTS
from tests.rehearsal.telemetry.worlds import Watched, plan_of, signal_of

URL = "url: 'http://p:9090', no_data: hold"
ASKED = [
    ("%", "bad: above 5% for 5m"),
    ("%", "{ok: below 1%, bad: above 5%}"),
    ("%", "bad: below 99.5%"),
    ("%", "{ok: above 95%, bad: below 90%}"),
    ("ms", "bad: above 20ms"),
    ("ms", "{ok: between 200ms and 300ms}"),
    ("", "bad: outside 10 to 20"),
    ("", "bad: above -5"),
    ("", "ok: is 3"),
    ("", "bad: is 1"),
    ("ms", "bad: sum over 10m above 400ms"),
    ("%", "{bad: burns 14.4x over 1h, slo: 99.9% over 30d}"),
    ("%", "{bad: spends 5% within 6h, slo: 99.9% over 30d}"),
    ("MB", "bad: grows 5% per 1h over 30m"),
    ("GB", "bad: reaches 100 within 4h over 1h"),
    ("GB", "bad: falls to 10 within 4h over 1h"),
    ("", "{ok: at least 10 per 1m}"),
    ("", "bad: above 10 per 5m"),
]


def one(unit: str, said: str) -> Plan:
    inner = said.strip("{}")
    return plan_of(f"it: {{prometheus: up, unit: '{unit}', {URL}}}", f"rule: {{metric: it, {inner}}}", guarded="rule")


@pytest.mark.parametrize(("unit", "said"), ASKED)
def test_every_rule_passes_for_hours(unit: str, said: str) -> None:
    watched = Watched(signal_of(one(unit, said)), thin=False)
    watched.run(6 * 3600.0)
    assert [verdict for _, verdict in watched.verdicts("rule")][-1:] == ["passing"]
    assert "failing" not in [verdict for _, verdict in watched.verdicts("rule")]


def test_text_values_are_among_those_that_there_are() -> None:
    values = "{red: 2, amber: 1, green: 0}"
    plan = plan_of(
        f"it: {{json: 'http://x/', pick: state, values: {values}, no_data: hold}}", "rule: {metric: it, bad: above 0}"
    )
    assert signal_of(plan).value("it", "", STARTS) == 0.0


def test_minimum_of_another_rule_is_reached() -> None:
    metrics = f"it: {{prometheus: a, {URL}}}\nrequests: {{prometheus: b, {URL}}}"
    plan = plan_of(metrics, "rule: {metric: it, bad: above 5, minimum: {metric: requests, value: 400}}")
    shown = [signal_of(plan).value("requests", "", STARTS + 15 * each) or 0.0 for each in range(100)]
    assert min(shown) > 440


@pytest.mark.parametrize(("take", "value"), [("up", 1.0), ("status", 200.0), ("expiry", 60.0)])
def test_looks_are_as_of_a_service_that_is_well(take: str, value: float) -> None:
    plan = plan_of(f"it: {{probe: 'https://x/', take: {take}, no_data: hold}}")
    assert {signal_of(plan).value("it", "", STARTS + each) for each in range(0, 900, 15)} == {value}


def test_latency_of_a_look_is_about_fifty_milliseconds() -> None:
    plan = plan_of("it: {probe: 'https://x/', take: latency, no_data: hold}", "rule: {metric: it, bad: above 500ms}")
    assert signal_of(plan).value("it", "", STARTS) == pytest.approx(0.05, rel=0.05)
