"""The calendar of a playbook: what is taken, what is wrong where, and what becomes of it in a plan."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cockpit.errors import UsageError
from cockpit.playbook.calendar import Avoid, Calendar, Day, Edge, Freeze, Window
from cockpit.playbook.exchanges import sessions, sessions_of
from cockpit.playbook.load import understand
from cockpit.playbook.model.fields import _natural
from cockpit.playbook.model.schema import schema
from cockpit.playbook.model.validate import validate
from cockpit.playbook.node import data
from cockpit.playbook.plan import Gate, Plan
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import parse
from tests.playbook.books import found, problems
from tests.playbook.schemas import holds

HEAD = """\
playbook: p
params: {change: {choices: [feature, hotfix], default: feature}, other: {default: x}}
roles: {risk: [ana]}
phases: [{phase: main, steps: [{gate: Go, id: go, passing: fits-window}]}]
calendar:
"""
WHOLE = """\
  zone: America/New_York
  windows:
  - {name: primary, days: [thu, tue], from: "13:00", to: 15:00, zone: UTC}
  - {from: 22:00, to: 2:00}
  freezes:
  - {name: weekend, from: fri 18:00, to: mon, lifted_by: risk, only_for: [hotfix]}
  - {name: year end, from: 12-19, to: 01-04}
  - {name: once, from: 2026-12-19 8:00, to: 2027-01-04 24:00, zone: Europe/London}
  avoid:
  - {name: NYSE open, exchange: XNYS, from: open - 1h, to: close - 15m, lifted_by: [risk], only_for: {other: [x, y]}}
  buffer: 90m
"""


def plan(calendar: str = WHOLE) -> Plan:
    """The plan of a playbook with this calendar."""
    loaded = understand("book.yaml", *parse((HEAD + calendar).encode()))
    assert loaded.problems == ()
    assert loaded.world is not None
    return resolve(loaded.world, {"change": "feature", "other": "x"}, "ana")


def wrong(lines: str) -> list[str]:
    """What is wrong with a calendar; places count in it alone."""
    return [f"{p.line - HEAD.count(chr(10))}:{p.column}: {p.code}" for p in problems(HEAD + lines)]


def test_it_becomes_that_of_the_plan() -> None:
    assert plan().calendar == Calendar(
        zone="America/New_York",
        windows=(
            Window(name="primary", zone="UTC", days=(1, 3), start=780, end=900),
            Window(name="window", zone="America/New_York", start=1320, end=120),
        ),
        freezes=(
            Freeze(
                name="weekend",
                zone="America/New_York",
                start=Day(weekday=4, minute=1080),
                end=Day(weekday=0, minute=1440),
                lifted_by=("risk",),
                only_for={"change": ("hotfix",)},
            ),
            Freeze(
                name="year end",
                zone="America/New_York",
                start=Day(month=12, day=19),
                end=Day(month=1, day=4, minute=1440),
            ),
            Freeze(
                name="once",
                zone="Europe/London",
                start=Day(year=2026, month=12, day=19, minute=480),
                end=Day(year=2027, month=1, day=4, minute=1440),
            ),
        ),
        avoid=(
            Avoid(
                name="NYSE open",
                exchange="XNYS",
                start=Edge(offset=-3600.0),
                end=Edge(closes=True, offset=-900.0),
                lifted_by=("risk",),
                only_for={"other": ("x", "y")},
            ),
        ),
        buffer=5400.0,
    )


def test_gate_that_asks_for_a_fit_has_it_in_the_plan_and_no_such_rule() -> None:
    gate = plan().steps[0]
    assert isinstance(gate, Gate)
    assert (gate.fits, gate.passing) == (True, ())


def test_digest_depends_on_the_calendar_and_not_on_the_day() -> None:
    assert plan().digest == plan().digest
    assert plan().digest != plan(WHOLE.replace("90m", "80m")).digest


def test_schema_takes_it() -> None:
    root, _ = parse((HEAD + WHOLE).encode())
    assert root is not None
    assert holds(_natural(data(root)), schema(), schema())


@pytest.mark.parametrize(
    "lines",
    [
        "  windows: [{from: '25:00', to: '26:00'}]\n",
        "  windows: [{from: '12:60', to: '13:00'}]\n",
        "  windows: [{days: [monday], from: '12:00', to: '13:00'}]\n",
        "  windows: [{days: [], from: '12:00', to: '13:00'}]\n",
        "  freezes: [{name: x, from: friday, to: mon}]\n",
        "  freezes: [{name: x, from: fri 18, to: mon}]\n",
        "  freezes: [{from: fri, to: mon}]\n",
        "  avoid: [{name: x, exchange: XNYS, from: opening, to: close}]\n",
        "  avoid: [{name: x, from: open, to: close}]\n",
        "  buffer: 90\n",
        "  holidays: []\n",
    ],
)
def test_schema_and_model_refuse_what_is_wrong(lines: str) -> None:
    root, _ = parse((HEAD + lines).encode())
    assert root is not None
    assert (holds(_natural(data(root)), schema(), schema()), validate(root)[1] == []) == (False, False)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("  zone: Mars/Olympus\n  buffer: 0s\n", ["1:9: P104"]),
        ("  windows: [{from: '9:00', to: '9:00'}]\n", ["1:33: P104"]),
        ("  windows: [{from: '24:00', to: '9:00'}]\n", ["1:21: P104"]),
        ("  freezes: [{name: a, from: fri, to: 01-04}]\n", ["1:38: P104"]),
        ("  freezes: [{name: a, from: 01-04, to: 2027-01-04}]\n", ["1:40: P104"]),
        ("  freezes: [{name: a, from: 02-30, to: 03-01}]\n", ["1:29: P104"]),
        ("  freezes: [{name: a, from: 2027-02-29, to: 2027-03-01}]\n", ["1:29: P104"]),
        ("  freezes: [{name: a, from: 2027-02-02, to: 2026-03-01}]\n", ["1:45: P104"]),
        ("  freezes: [{name: a, from: fri 1:00, to: fri 1:00}]\n", ["1:43: P104"]),
        ("  freezes: [{name: a, from: fri, to: mon}, {name: a, from: tue, to: wed}]\n", ["1:51: P205"]),
        ("  freezes: [{name: a, from: fri, to: mon, lifted_by: [risk, rsk]}]\n", ["1:61: P203"]),
        ("  freezes: [{name: a, from: fri, to: mon, only_for: hotfix}]\n", ["1:43: P803"]),
        ("  freezes: [{name: a, from: fri, to: mon, lifted_by: risk, only_for: hotfx}]\n", ["1:70: P903"]),
        ("  freezes: [{name: a, from: fri, to: mon, lifted_by: risk, only_for: {chang: x}}]\n", ["1:70: P204"]),
        ("  avoid: [{name: a, exchange: XNYC, from: open, to: close}]\n", ["1:31: P204"]),
        ("  avoid: [{name: a, exchange: XNYS, from: open, to: open}]\n", ["1:53: P104"]),
        ("  avoid: [{name: a, exchange: XNYS, from: close - 1h, to: open + 1h}]\n", ["1:59: P104"]),
        ("  buffer: 90m\n", ["1:3: P803"]),
    ],
)
def test_what_is_wrong_is_found_where_it_is_written(lines: str, expected: list[str]) -> None:
    assert wrong(lines) == expected


def test_phases_that_it_covers_are_those_of_the_playbook() -> None:
    assert wrong("  zone: UTC\n  covers: [main, mian]\n") == ["2:18: P202"]
    made = plan("  zone: UTC\n  covers: main\n").calendar
    assert made is not None
    assert made.covers == ("go",)


def test_window_of_every_second_week_says_from_when() -> None:
    lines = "  windows:\n  - {from: '13:00', to: '14:00', days: tue, every_weeks: 2%s}\n"
    assert wrong(lines % ", since: 2026-12-01") == []
    assert wrong(lines % "")[0].endswith("P803")
    assert wrong(lines % ", since: soon")[-1].endswith("P104")


def test_fit_needs_a_calendar_and_no_rule_has_its_name() -> None:
    assert found(HEAD.replace("calendar:\n", "")) == ["4:60: P806"]
    rule = "metrics: {m: {probe: 'http://x/'}}\nrules: {fits-window: {metric: m, bad: fails 2 times}}\n"
    assert "P206" in " ".join(found(rule + HEAD + "  zone: UTC\n"))


def test_way_back_waits_for_no_window() -> None:
    back = "rollback: {steps: [{gate: Back, id: back, passing: fits-window}]}\n"
    assert "P806" in " ".join(found(back + HEAD + "  zone: UTC\n"))


def test_sessions_are_those_of_a_week_before_to_four_months_behind() -> None:
    known = sessions("XNYS", 1_780_272_000.0)
    assert (known.since, known.until) == (1_780_272_000.0 - 7 * 86400, 1_780_272_000.0 + 120 * 86400)
    assert all(first < last for first, last in known.spans)
    assert len(sessions_of(plan().calendar, 1_780_272_000.0)["XNYS"].spans) == len(known.spans)


def test_sessions_of_an_exchange_that_is_none_are_not_known() -> None:
    with pytest.raises(UsageError, match="the sessions of XXXX around 2026-06-01 are not known"):
        sessions("XXXX", 1_780_272_000.0)


def test_calendar_without_an_exchange_does_not_import_the_library() -> None:
    code = (
        "import sys; from cockpit.playbook.load import check; from pathlib import Path;"
        "assert not check(Path('playbooks/quickstart.yaml'));"
        "from cockpit.playbook.exchanges import sessions_of; sessions_of(None, 0.0);"
        "import cockpit.engine.daemon;"
        "print(sorted({'pandas', 'exchange_calendars'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
