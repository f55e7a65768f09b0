"""Rules of the shipped playbooks, fed with series: the verdict is what the runbook wants.

Each case is a line of a runbook: a rule, a series such as `1 2x4` (2 four times) that lasts as many samples as it has,
and the verdict after it. Baselines are 200.
"""

from __future__ import annotations

from functools import cache

import pytest

from cockpit.analysis.baseline import record
from cockpit.analysis.judge import Judge
from cockpit.analysis.rule import Judgement, Sample
from cockpit.playbook import load as books
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.written.load import params_of
from cockpit.rehearsal.written.place import find
from tests.analysis.series import readings
from tests.playbooks.places import BOOKS, SHIPPED

USUAL = 200.0

CASES: dict[str, list[tuple[str, str, str]]] = {
    "000-17": [("quota", "75", "passing"), ("quota", "75.1", "inconclusive")],
    "000-19": [("alerts", "0", "passing"), ("alerts", "1", "failing"), ("oncall", "0", "failing")],
    "000-22": [("uptime", "99.5", "passing"), ("uptime", "99.49", "failing")],
    "000-23": [("incidents", "0", "passing"), ("incidents", "1", "failing")],
    "000-47": [("vitals_lcp", "2.6", "failing"), ("vitals_fid", "99", "passing"), ("vitals_cls", "0.1", "failing")],
    "000-48": [("functions", "1x5 6x1", "passing"), ("functions", "3x6", "failing")],
    "000-49": [("loading", "3", "passing"), ("loading", "3.01", "failing")],
    "000-50": [("quota", "85", "inconclusive"), ("quota", "85.1", "failing")],
    "000-51": [("logs", "96", "passing"), ("logs", "80", "failing")],
    "000-66": [("quota", "80", "inconclusive"), ("quota_soon", " ".join(map(str, range(40, 72, 2))), "failing")],
    "001-11": [("errors", "6x21", "failing"), ("errors", "6x20 0.5", "passing"), ("errors", "5x40", "inconclusive")],
    "001-12": [("slow", "401x13", "failing"), ("slow", "401x12", "inconclusive"), ("slow", "220", "passing")],
    "001-13": [("down", "1 0 0 0", "failing"), ("down", "0 0 1 0 0", "passing")],
    "001-14": [("db_errors", "100 103 106 109 112 115", "failing"), ("db_errors", "100 102 104 106 108", "passing")],
    "001-15": [
        ("cpu", "80", "failing"),
        ("cpu", "79", "passing"),
        ("network", "801", "failing"),
        ("cache", "79", "failing"),
    ],
    "001-16": [("volume", "139x11", "failing"), ("volume", "141x11", "passing"), ("ledger", "1", "failing")],
    "001-28": [("slow", "401x13", "failing"), ("db_slow", "401x13", "failing")],
    "001-29": [("down", "1 0 0", "passing"), ("down", "1 0 0 0", "failing")],
    "002-03": [("errors", "5.01", "failing"), ("breaker", "0", "failing"), ("slow", "301", "failing")],
    "002-07": [
        ("staging_errors", "1", "failing"),
        ("staging_slow", "499", "passing"),
        ("staging_drift", "1", "failing"),
    ],
    "002-25": [("users", "51", "failing")],
    "002-26": [("users", "9", "passing")],
    "002-31": [("breaker", "1", "passing"), ("staging_breaker", "1", "passing"), ("breaker", "0", "failing")],
    "002-32": [("errors", "3", "inconclusive"), ("slow", "250", "inconclusive"), ("users", "30", "inconclusive")],
    "003-05": [("canary_errors", "0.49", "passing"), ("canary_errors", "0.5", "failing")],
    "003-08": [
        ("target_errors", "0.1", "failing"),
        ("target_cache", "80", "failing"),
        ("target_connections", "49", "passing"),
    ],
    "003-11": [("target_errors", "0.09", "passing"), ("target_availability", "99.95", "passing")],
    "003-17": [
        *(("target_p50", "199", "passing"), ("target_p95", "500", "failing"), ("target_p99", "1999", "passing")),
        *(("target_fcp", "1.5", "failing"), ("target_lcp", "2.4", "passing"), ("target_cls", "0.1", "failing")),
        *(
            ("target_cpu", "60", "failing"),
            ("target_memory", "79", "passing"),
            ("target_availability", "99.9", "failing"),
        ),
    ],
    "003-18": [
        ("warn_errors", "0.51", "failing"),
        ("critical_errors", "1", "passing"),
        ("critical_errors", "1.1", "failing"),
    ],
    "003-19": [
        *(("warn_p95", "1001", "failing"), ("critical_p95", "3000", "passing"), ("warn_cpu", "71", "failing")),
        *(("critical_cpu", "86", "failing"), ("critical_memory", "90", "passing")),
        ("warn_memory", " ".join(f"{50 + 0.25 * n}" for n in range(18)), "failing"),
        ("warn_memory", " ".join(f"{50 + 0.1 * n}" for n in range(18)), "passing"),
    ],
    "003-38": [("canary_errors", "0.5", "failing"), ("warn_errors", "0.5", "passing")],
    "004-04": [("staging_healthy", "0.9", "passing"), ("staging_calm", "1", "failing")],
    "004-16": [
        ("slo_latency", "525x9", "passing"),
        ("slo_latency", "526x5", "failing"),
        ("slo_orders", "94x5", "failing"),
    ],
    "004-23": [
        ("kpi_orders", "179x9", "failing"),
        ("kpi_orders", "221x9", "failing"),
        ("kpi_orders", "219x9", "passing"),
    ],
    "004-24": [("budget", "7.3x120", "failing"), ("budget", "7.1x120", "passing")],
    "004-37": [
        ("slo_latency", "526x5", "failing"),
        ("kpi_latency", "221x9", "failing"),
        ("budget", "7.3x120", "failing"),
    ],
    "004-38": [("budget", "7.3x120", "failing"), ("budget", "0.1x120", "passing")],
}


@cache
def plan_of(runbook: str) -> Plan:
    """The plan of a runbook's playbook, with the params of its happy scenario."""
    book = SHIPPED / f"{BOOKS[runbook]}.yaml"
    return books.plan(book, params_of(find(book, "happy")), "root")


@pytest.mark.parametrize("line", CASES)
def test_rule_of_a_playbook_judges_as_its_runbook_wants(line: str) -> None:
    for name, values, verdict in CASES[line]:
        said = after(plan_of(line[:3]), name, values)
        assert (name, values, said.verdict) == (name, values, verdict), said.reason


def after(plan: Plan, name: str, values: str, requests: float = 1e9) -> Judgement:
    """What the rule of a plan says after a series, with so many requests."""
    rule = plan.rules[name]
    host = next(iter(plan.metrics[rule.metric].hosts), "")
    judge = Judge(rule)
    judge.set_baseline(host, record([Sample(-rule.every * n, USUAL) for n in range(1, 60)], -86400.0, 0))
    for reading in readings(values, rule.every):
        judge.set_other(host, Sample(reading.at, requests))
        judge.take(host, reading, reading.at)
    return judge.judge(reading.at)


def test_few_requests_say_nothing_of_a_tenth_of_a_percent() -> None:
    assert after(plan_of("003"), "canary_errors", "0.3", requests=4999).verdict == "inconclusive"
    assert after(plan_of("003"), "canary_errors", "0.3", requests=5000).verdict == "passing"
