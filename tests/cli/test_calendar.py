"""`cockpit plan` and `run` where a playbook has a calendar."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from cockpit.cli.starting import granted, start_lines, start_of
from cockpit.errors import Refused
from cockpit.playbook import load
from cockpit.playbook.calendar import Window
from cockpit.playbook.plan import Plan
from tests.cli.books import write
from tests.cli.conftest import Flight, Say

YEAR = datetime.now(UTC).year
FROZEN = f"""\
playbook: frozen
params: {{change: {{choices: [feature, hotfix], default: feature}}}}
roles: {{risk: ['{{{{ login }}}}']}}
calendar:
  freezes: [{{name: long, from: {YEAR - 1}-01-01, to: {YEAR + 2}-01-01, lifted_by: risk, only_for: hotfix}}]
phases:
- phase: only
  steps: [{{id: nap, run: 'true', on: here}}]
"""
LIFT = ("--lift", "long", "--role", "risk", "--note", "outage")


def why() -> str:
    """Why the frozen playbook cannot start."""
    end = datetime(YEAR + 2, 1, 2, tzinfo=UTC)
    return f"freeze long until {end:%a %Y-%m-%d} 00:00 UTC"


def weekend(folder: Path) -> Plan:
    """A plan that takes an hour, with a freeze at the weekend."""
    text = FROZEN.replace(f"from: {YEAR - 1}-01-01, to: {YEAR + 2}-01-01", "from: fri 18:00, to: mon 4:00")
    return load.plan(write(folder, text.replace("on: here", "on: here, takes: 1h")), {}, "ana")


def moment(text: str) -> float:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_plan_says_why_it_could_not_start_now(say: Say, tmp_path: Path) -> None:
    book = str(write(tmp_path, FROZEN))
    lines = say("plan", book).out.splitlines()
    assert lines[3] == f"could not start now: {why()}; no start in the next 60 days fits"
    assert (
        lines[4]
        == f"freeze long: {YEAR - 1}-01-01 00:00 to {YEAR + 2}-01-01 24:00 UTC, lifted by risk for change hotfix"
    )
    assert json.loads(say("plan", book, "--format", "json").out)["start"]["why"] == why()


def test_plan_says_until_when_it_could_start(tmp_path: Path) -> None:
    plan = weekend(tmp_path)
    expected = ("could start now, until Fri 2026-06-05 17:00 UTC",)
    assert start_lines(plan, start_of(plan, now=moment("2026-06-05 12:00"))) == expected


def test_start_that_does_not_fit_is_refused_with_the_next_one(tmp_path: Path) -> None:
    plan = weekend(tmp_path)
    with pytest.raises(Refused) as refused:
        granted(plan, start_of(plan, now=moment("2026-06-05 17:30")))
    assert refused.value.what == ("it cannot start now: freeze long begins Fri 2026-06-05 18:00 UTC, and 1h are ahead")
    assert refused.value.hint == (
        "the next start: Mon 2026-06-08 04:00 UTC; or risk lifts it: --lift long --role ROLE --note TEXT"
    )


def test_freeze_that_is_not_in_the_way_is_not_offered_to_be_lifted(tmp_path: Path) -> None:
    plan = weekend(tmp_path)
    assert plan.calendar is not None
    never = Window(name="long", zone="UTC", days=(0,), start=0, end=60)
    shut = replace(plan, calendar=replace(plan.calendar, windows=(never,)))
    with pytest.raises(Refused) as refused:
        granted(shut, start_of(shut, now=moment("2026-06-02 12:00")))
    assert (refused.value.what, "--lift" in refused.value.hint) == ("it cannot start now: no window is open", False)


def test_run_is_refused_in_a_freeze_and_makes_nothing(flight: Flight) -> None:
    book = str(write(flight.folder, FROZEN))
    done = flight.cockpit.ask("run", book, "--release", "frozen-1", "--headless")
    assert (done.returncode, f"it cannot start now: {why()}" in done.stderr) == (3, True)
    assert flight.cockpit.ask("status", "frozen-1").returncode != 0


def test_run_goes_on_where_the_freeze_is_lifted_and_the_journal_says_by_whom(flight: Flight) -> None:
    book = str(write(flight.folder, FROZEN))
    words = ("run", book, "--release", "frozen-1", "--headless", "--format", "json", "-p", "change=hotfix", *LIFT)
    done = flight.cockpit.ask(*words)
    assert done.returncode == 0, done.stderr
    again = flight.cockpit.ask("rehearse", "--recorded", "frozen-1", "--headless", "--speed", "max")
    assert (again.returncode, "long lifted for this release" in again.stdout) == (0, True), again.stderr
    assert "warning" not in again.stderr
    second = json.loads(done.stdout.splitlines()[1])["event"]
    assert [second[key] for key in ("event", "freeze", "role", "note")] == ["freeze-lifted", "long", "risk", "outage"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (LIFT, 3, "long is not lifted for change feature"),
        (("--lift", "long", "--role", "risk"), 3, "without a reason"),
        (("--lift", "short", *LIFT[2:]), 3, "the calendar has no freeze short"),
        (LIFT[2:], 2, "--role and --note go with --lift"),
    ],
)
def test_freeze_is_not_lifted_otherwise(say: Say, tmp_path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = say("run", str(write(tmp_path, FROZEN)), "--release", "frozen-1", "--headless", *words)
    assert (done.code, said in done.err) == (code, True)


def test_rehearsal_warns_and_goes_on(flight: Flight) -> None:
    text = FROZEN.replace(str(YEAR - 1), "2020")
    done = flight.cockpit.ask("rehearse", str(write(flight.folder, text)), "--headless", "--speed", "max")
    assert (done.returncode, "warning: a release could not start when this rehearsal does" in done.stderr) == (0, True)


def test_start_is_asked_nothing_where_the_calendar_covers_a_later_phase(tmp_path: Path) -> None:
    text = FROZEN.replace("calendar:\n", "calendar:\n  covers: [later]\n")
    text += "- phase: later\n  steps: [{id: go, gate: Go, passing: fits-window}]\n"
    plan = load.plan(write(tmp_path, text), {}, "ana")
    assert start_lines(plan, start_of(plan)) == ("could start now",)
