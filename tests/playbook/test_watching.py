"""Soaks, looks and lengths by a param, from the text to the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.playbook import plan as plans
from cockpit.playbook.load import plan
from cockpit.playbook.plan import Plan
from tests.playbook.watched import METRIC, RULE, placed

BOOK = (
    """\
playbook: p
params: {version: , change: {choices: [standard, hotfix]}}
roles: {sre: [ana]}
hosts: {web: ['web-[1:4]']}
"""
    + METRIC
    + RULE
)
LENGTHS = "{by: change, standard: 24h, hotfix: 4h}"


def book(*steps: str) -> str:
    """A playbook with these steps."""
    lines = "\n".join(f"  - {step}" for step in steps)
    return f"{BOOK}phases:\n- phase: main\n  steps:\n  - {{id: build, run: ./build, on: here}}\n{lines}\n"


def planned(folder: Path, *steps: str, change: str = "standard") -> Plan:
    """The plan of these steps."""
    file = folder / "book.yaml"
    file.write_text(book(*steps))
    return plan(file, {"version": "2", "change": change}, "ana")


def test_soak_waits_for_what_is_done_again(tmp_path: Path) -> None:
    made = planned(
        tmp_path, "{id: check, run: ./check, on: here}", f"{{soak: r, for: {LENGTHS}, redeploy: [build], owner: sre}}"
    )
    assert made.steps[2] == plans.Soak(
        id="soak",
        phase="main",
        title="Soak 1 d 00:00",
        owner=("sre",),
        after=("check", "build"),
        rules=("r",),
        seconds=86400.0,
        redeploy=("build",),
    )


@pytest.mark.parametrize(
    "step",
    [
        f"{{id: s, soak: r, for: {LENGTHS}}}",
        f"{{id: s, guard: {{r: hold}}, for: {LENGTHS}}}",
        f"{{id: s, passing: r, for: {LENGTHS}}}",
        f"{{id: s, wait: {LENGTHS}}}",
    ],
)
def test_length_is_that_of_the_params_value(tmp_path: Path, step: str) -> None:
    made = planned(tmp_path, step, change="hotfix").steps[1]
    assert isinstance(made, plans.Soak | plans.Guard | plans.Steady | plans.Wait)
    assert made.seconds == 4 * 3600.0


def test_looks_count_on_from_the_start(tmp_path: Path) -> None:
    boards = "[Grafana, {title: 'p {{ version }}', url: 'http://x'}]"
    look = f"{{every: [1m for 1h, 15m for 24h, 1d], boards: {boards}, owner: sre}}"
    made = planned(tmp_path, f"{{id: s, soak: r, for: 48h, look: {look}}}").steps[1]
    assert isinstance(made, plans.Soak)
    assert made.look == plans.Look(
        paces=(plans.Pace(every=60, until=3600), plans.Pace(every=900, until=86400), plans.Pace(every=86400)),
        boards=(plans.Board(title="Grafana"), plans.Board(title="p 2", url="http://x")),
        owner=("sre",),
    )


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("{soak: s, for: 1h}", ["P803 r", "P210 s"]),
        ("{soak: r}", ["P102 {soak"]),
        ("{soak: [], for: 1h}", ["P104 ["]),
        ("{soak: r, for: {standard: 1h, hotfix: 1h}}", ["P103 {standard"]),
        ("{soak: r, for: {by: change}}", ["P103 {by"]),
        ("{soak: r, for: {by: change, standard: soon, hotfix: 1h}}", ["P103 {by"]),
        ("{soak: r, for: {by: chang, standard: 1h}}", ["P204 chang"]),
        ("{soak: r, for: {by: version, standard: 1h}}", ["P104 version"]),
        ("{soak: r, for: {by: change, standard: 1h}}", ["P102 for"]),
        ("{soak: r, for: {by: change, standard: 1h, hotfix: 1h, schema: 1h}}", ["P104 schema"]),
        ("{wait: {by: change, standard: 1h}}", ["P803 r", "P102 wait"]),
        ("{soak: r, for: 1h, redeploy: [biuld]}", ["P202 biuld"]),
        ("{id: s, soak: r, for: 1h, redeploy: s}", ["P202 s"]),
        ("{soak: r, for: 1h, look: {every: 2h}}", ["P803 every"]),
        ("{soak: r, for: 1h, look: {every: [1m, 5m]}}", ["P103 [1m"]),
        ("{soak: r, for: 1h, look: {every: [1m for 1h, 5m for 30m]}}", ["P103 [1m for 1h"]),
        ("{soak: r, for: 1h, look: {every: 1h for 1m}}", ["P104 1h for 1m"]),
        ("{soak: r, for: 1h, look: {every: often}}", ["P104 often"]),
        ("{soak: r, for: 1h, look: {every: 5m, owner: ser}}", ["P203 ser"]),
        ("{soak: r, for: 1h, look: {every: 5m, boards: ['{{ versoin }}']}}", ["P204 versoin"]),
        ("{gate: Go, passing: r, look: {every: 5m}}", ["P101 look"]),
        ("{run: tail -f log, on: here, stream: 1h}", ["P803 r"]),
        ("{run: tail -f log, on: here, stream: 1h, timeout: 2h}", ["P803 r", "P803 timeout"]),
        ("{run: tail -f log, on: here, stream: 1h, check: {run: ./well}}", ["P803 r", "P802 check"]),
        ("{run: ./smoke, on: here, fails_twice: roll back}", ["P803 r", "P802 roll back"]),
        ("{run: ./smoke, on: here, if_fails: stop, fails_twice: hold}", ["P803 r", "P803 hold"]),
        ("{http: 'http://x', fails_twice: stop}", ["P104 stop"]),
    ],
)
def test_wrong(step: str, found: list[str]) -> None:
    assert placed(book(step)) == found


def test_rollback_has_no_soak() -> None:
    text = book("{soak: r, for: 1h}") + "rollback:\n  steps: [{soak: r, for: 1h}]\n  verify: [{passing: r}]\n"
    assert placed(text) == ["P802 soak"]
