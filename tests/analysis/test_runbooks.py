"""Every trigger, threshold and alert of the five runbooks: its text, a series, and the verdict.

Ids are runbook and point, such as S001-11. What a person says (a security breach, data
that is corrupt) is no rule and is not here.
"""

from __future__ import annotations

import pytest

from cockpit.analysis.baseline import record
from cockpit.analysis.demands import faults
from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Rule, Sample
from tests.analysis.series import feed, readings, rule

MONTH = 2592000.0
USUAL = 200.0

Case = tuple[str, Rule, str, str]

S000: list[Case] = [
    ("S000-48", rule("mean over 5m above 2%"), "1x10 3x20", "failing"),
    ("S000-48 for 5m", rule("above 2% for 5m"), "3x20", "passing"),
    ("S000-48 for 5m", rule("above 2% for 5m"), "3x21", "failing"),
    ("S000-49", rule("above 3s", unit="ms"), "3001", "failing"),
    ("S000-49 equal", rule("above 3s", unit="ms"), "3000", "passing"),
    ("S000-50", rule("above 85%"), "85.1", "failing"),
    ("S000-66 gate", rule(ok="at most 75%", bad="above 85%"), "75", "passing"),
    ("S000-66 silent zone", rule(ok="at most 75%", bad="above 85%"), "80", "inconclusive"),
    ("S000-66 alert", rule(ok="at most 75%", bad="above 85%"), "86", "failing"),
    ("S000-66 forecast", rule("reaches 85% within 2h", every=60.0, stale=180.0), "slope 20", "failing"),
    ("S000-66 forecast", rule("reaches 85% within 2h", every=60.0, stale=180.0), "slope 1", "passing"),
    ("S000-45", rule("above 5s", unit="s"), "5.2", "failing"),
    ("S000-44 an alert", rule("above 0", unit=""), "1", "failing"),
    ("S000-35 watched for 30 minutes", rule(ok="below 2% for 30m"), "1x121", "passing"),
    ("S000-35 watched for 30 minutes", rule(ok="below 2% for 30m"), "1x120", "inconclusive"),
]
S001: list[Case] = [
    ("S001-11", rule("above 5% for 5m"), "6x21", "failing"),
    ("S001-11 dips", rule("above 5% for 5m"), "6x20 4 6x20", "passing"),
    ("S001-11 equal", rule("above 5% for 5m"), "5x40", "passing"),
    ("S001-12", rule("above 2x baseline for 3m", unit="ms"), "401x13", "failing"),
    ("S001-12 short", rule("above 2x baseline for 3m", unit="ms"), "401x12", "passing"),
    ("S001-13", rule("fails 3 times", unit=""), "1 0 0 0", "failing"),
    ("S001-13 recovers", rule("fails 3 times", unit=""), "0 0 1 0 0", "passing"),
    ("S001-14", rule("above 10 per 1m", unit=""), "100 103 106 109 112 115", "failing"),
    ("S001-14 slower", rule("above 10 per 1m", unit=""), "100 102 104 106 108 110", "passing"),
    ("S001-15 CPU", rule(ok="below 80%"), "79.9", "passing"),
    ("S001-15 CPU", rule(ok="below 80%"), "80", "failing"),
    ("S001-15 supplied range", rule(ok="between 1 and 50", unit=""), "50", "passing"),
    ("S001-16 expected range", rule("outside 80 to 120", unit="1/s"), "79", "failing"),
]
S002: list[Case] = [
    ("S002-3 error", rule("above 5%"), "5.01", "failing"),
    ("S002-3 breaker, OPEN is 1 and healthy", rule(ok="is 1", unit=""), "1", "passing"),
    ("S002-3 breaker", rule(ok="is 1", unit=""), "0", "failing"),
    ("S002-3 latency +50 %", rule("above baseline + 50%", unit="ms"), "301", "failing"),
    ("S002-3 latency +50 %", rule("above baseline + 50%", unit="ms"), "300", "passing"),
    ("S002-7 error", rule(ok="below 1% for 1d", every=900.0, stale=2700.0), "0.5x97", "passing"),
    ("S002-7 soak restarts", rule(ok="below 1% for 1d", every=900.0, stale=2700.0), "0.5x90 1 0.5x90", "inconclusive"),
    ("S002-7 p95", rule(ok="below 500ms", unit="ms"), "499", "passing"),
    ("S002-7 drift", rule(ok="is 0", unit=""), "0.5", "failing"),
    ("S002-9 72 h", rule(ok="below 1% for 72h", every=900.0, stale=2700.0), "0.5x289", "passing"),
    ("S002-16 error", rule(ok="below 1%", bad="above 5%"), "0.9", "passing"),
    ("S002-16 latency", rule(ok="at most baseline + 10%", bad="above baseline + 50%", unit="ms"), "220", "passing"),
    ("S002-20 −50 %", rule("below baseline - 50%", unit="1/s"), "99", "failing"),
    ("S002-25 users", rule(ok="below 10%", bad="above 50%"), "51", "failing"),
    ("S002-26 users", rule(ok="below 10%", bad="above 50%"), "9", "passing"),
    ("S002-32 error 1 to 5 %", rule(ok="below 1%", bad="above 5%"), "3", "inconclusive"),
    (
        "S002-32 latency",
        rule(ok="at most baseline + 10%", bad="above baseline + 50%", unit="ms"),
        "250",
        "inconclusive",
    ),
    ("S002-32 users", rule(ok="below 10%", bad="above 50%"), "30", "inconclusive"),
]
S003: list[Case] = [
    ("S003-2 manual QA", rule(ok="at least 95%"), "95", "passing"),
    ("S003-2 E2E", rule(ok="at least 90%"), "89.9", "failing"),
    ("S003-2 error", rule(ok="below 0.1%"), "0.1", "failing"),
    ("S003-5", rule(ok="below 0.5%"), "0.49", "passing"),
    ("S003-8", rule(ok="below 0.1%", bad="above 0.5%"), "0.3", "inconclusive"),
    ("S003-11 stable 24 h", rule(ok="below 0.1% for 24h", every=900.0, stale=2700.0), "0x97", "passing"),
    ("S003-17 p50", rule(ok="below 200ms", unit="ms"), "199", "passing"),
    ("S003-17 p99", rule(ok="below 2s", unit="ms"), "2000", "failing"),
    ("S003-17 FCP", rule(ok="below 1.5s", unit="s"), "1.4", "passing"),
    ("S003-17 CLS", rule(ok="below 0.1", unit=""), "0.1", "failing"),
    ("S003-17 CPU", rule(ok="below 60%", bad="above 70%"), "65", "inconclusive"),
    ("S003-17 connections", rule(ok="below 50", unit=""), "49", "passing"),
    ("S003-17 cache hit", rule(ok="above 80%"), "80", "failing"),
    ("S003-17 availability", rule(ok="above 99.9%"), "99.95", "passing"),
    ("S003-18 warn", rule("above 0.5%", level="warn"), "0.51", "failing"),
    ("S003-18 critical", rule("above 1%"), "1.01", "failing"),
    ("S003-19 p95 warn", rule("above 1s", unit="ms", level="warn"), "1001", "failing"),
    ("S003-19 p95 critical", rule("above 3s", unit="ms"), "3000", "passing"),
    ("S003-19 CPU warn", rule("above 70%", level="warn"), "71", "failing"),
    ("S003-19 CPU critical", rule("above 85%"), "85", "passing"),
    ("S003-19 leak", rule("grows 2% per 1h", every=60.0, stale=180.0), "slope 2.1", "failing"),
    ("S003-19 leak", rule("grows 2% per 1h", every=60.0, stale=180.0), "slope 1.9", "passing"),
    ("S003-19 memory", rule("above 90%"), "90.5", "failing"),
    ("S003-37 memory", rule(ok="below 80%", bad="above 90%"), "85", "inconclusive"),
    ("S003-37 p95", rule(ok="below 500ms", bad="above 1s", unit="ms"), "700", "inconclusive"),
    ("S003-38 equality", rule(ok="below 0.5%", bad="above 0.5%"), "0.5", "inconclusive"),
]
S004: list[Case] = [
    ("S004-16 within SLO", rule("above slo + 5% for 1m", unit="ms", slo=500.0), "526x5", "failing"),
    ("S004-16 within SLO", rule("above slo + 5% for 1m", unit="ms", slo=500.0), "525x9", "passing"),
    ("S004-16 below", rule("outside slo - 5% to slo + 5%", unit="ms", slo=500.0), "474", "failing"),
    ("S004-16 30 min", rule(ok="between slo - 5% and slo + 5% for 30m", unit="ms", slo=500.0), "510x121", "passing"),
    ("S004-18 incident", rule("above 0", unit=""), "1", "failing"),
    ("S004-22 twice", rule("fails 2 times", unit=""), "1 0 0", "failing"),
    ("S004-22 once", rule("fails 2 times", unit=""), "0 1 0", "passing"),
    ("S004-23 KPI", rule("below baseline - 10% for 2m", unit="1/s"), "179x9", "failing"),
    ("S004-23 KPI either way", rule("outside baseline - 10% to baseline + 10%", unit="1/s"), "221", "failing"),
    ("S004-23 KPI", rule("outside baseline - 10% to baseline + 10%", unit="1/s"), "219", "passing"),
    ("S004-24", rule("spends 5% within 30m", slo=0.999, period=MONTH), "7.3x120", "failing"),
    ("S004-24", rule("spends 5% within 30m", slo=0.999, period=MONTH), "7.1x120", "passing"),
    ("S004-38 the same as a rate", rule("burns 72x over 30m", slo=0.999, period=MONTH), "7.3x120", "failing"),
    ("S004-36 stabilise", rule(ok="at most baseline + 10% for 5m", unit="ms"), "210x20", "inconclusive"),
    ("S004-36 stabilise", rule(ok="at most baseline + 10% for 5m", unit="ms"), "210x21", "passing"),
]
CASES = [*S000, *S001, *S002, *S003, *S004]


def _series(values: str) -> str:
    """A series as text; `slope 2` rises by 2 an hour from 50, a sample a minute."""
    word, _, pace = values.partition(" ")
    return " ".join(f"{50 + float(pace) * minute / 60}" for minute in range(90)) if word == "slope" else values


@pytest.mark.parametrize("case", CASES, ids=[f"{name}: {values}" for name, _, values, _ in CASES])
def test_a_rule_of_the_runbooks_says_what_it_should(case: Case) -> None:
    _, judged_by, values, verdict = case
    judge = Judge(judged_by)
    before = [Sample(-15.0 * number, USUAL) for number in range(1, 60)]
    judge.set_baseline("", record(before, -900, 0))
    assert feed(judge, readings(_series(values), judged_by.every)).verdict == verdict
    assert faults(judged_by) == ()
