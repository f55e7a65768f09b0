"""What is said of rehearsals before a release."""

from __future__ import annotations

import json
from pathlib import Path
from time import time

from cockpit.cli.common import login
from cockpit.cli.practised import LATELY, lately, practised_lines
from cockpit.engine.place import Home
from cockpit.engine.rehearsed import note
from cockpit.playbook import load
from cockpit.release.events import End, Setting
from cockpit.release.state import Rehearsal, State
from tests.cli.books import QUICK, write
from tests.cli.conftest import Flight, Say

NEVER = "not rehearsed in the last 30 days, as this plan; `cockpit rehearse` does it"


def rehearse(name: str, at: float, scenario: str = "storm", digest: str = "d", ended: End = "done") -> None:
    """A rehearsal that was to end done."""
    played = Rehearsal(Setting(scenario=scenario, ends="done"), 0.0, played=True)
    state = State(release=name, mode="rehearsal", rehearsal=played, digest=digest, end=ended)
    note(Home.default().create(name), state, at)


def test_newest_of_each_scenario_is_said() -> None:
    rehearse("a", 1000.0)
    rehearse("b", 2000.0)
    rehearse("c", 3000.0, scenario="", ended="aborted")
    assert practised_lines(lately("d", 3060.0), 3060.0) == (
        "rehearsed, which does not count, 1:00 ago as c: it ended aborted though done was expected",
        "rehearsed 17:40 ago in scenario storm as b: it ended done as expected",
    )


def test_rehearsal_of_long_ago_is_not_said() -> None:
    rehearse("a", 1000.0)
    assert practised_lines(lately("d", 1000.0 + LATELY)) != (NEVER,)
    assert practised_lines(lately("d", 1001.0 + LATELY)) == (NEVER,)


def test_plan_says_that_it_was_not_rehearsed(say: Say, tmp_path: Path) -> None:
    assert say("plan", str(write(tmp_path, QUICK))).out.splitlines()[2] == NEVER


def test_plan_says_when_it_was_rehearsed(say: Say, tmp_path: Path) -> None:
    book = write(tmp_path, QUICK)
    rehearse("a", time() - 60, digest=load.plan(book, {}, login()).digest)
    assert say("plan", str(book)).out.splitlines()[2].startswith("rehearsed 1:0")
    assert json.loads(say("plan", str(book), "--format", "json").out)["rehearsed"][0]["release"] == "a"


def test_run_says_on_stderr_that_its_plan_was_not_rehearsed(flight: Flight) -> None:
    done = flight.cockpit.ask("run", str(write(flight.folder, QUICK)), "--release", "quick-1", "--headless")
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, f"quick-1: {NEVER}")


def test_rehearsal_passes_a_gate_that_asks_for_one(flight: Flight) -> None:
    text = "playbook: gated\nphases:\n- phase: only\n  steps:\n  - {id: go, gate: Go, passing: rehearsed 1h}\n"
    done = flight.cockpit.ask("rehearse", str(write(flight.folder, text)), "--headless", "--speed", "20")
    assert (done.returncode, "this plan was rehearsed as rehearsal-gated-1" in done.stdout) == (0, True), done.stderr
