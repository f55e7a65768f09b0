"""A rehearsal driven by keys: its speed, faults that are thrown, what follows from them, its score."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.conftest import Home
from tests.e2e.captain import Captain
from tests.e2e.conftest import Open
from tests.loopback.pilot import Cockpit
from tests.loopback.waiting import wait_until

NAME: Final = "rehearsal-quickstart-1"
COCKPIT: Final = Cockpit({})
TIMES: Final = "\u00d7"

pytestmark = pytest.mark.usefixtures("home")


def in_guard(open_terminal: Open) -> Captain:
    """A captain whose first host is watched, with time passing twice as fast as it does."""
    captain = Captain(open_terminal(COCKPIT.command("rehearse", "--speed", "10")), NAME)
    captain.terminal.wait(rf"REHEARSAL · 10{TIMES}[\s\S]*{NAME} ── REHEARSAL 10{TIMES}.*● engine")
    captain.prepare()
    captain.sign("go", "captain")
    captain.terminal.keys("-")
    captain.terminal.wait(f"REHEARSAL · 5{TIMES}")
    captain.terminal.keys("-")
    captain.terminal.wait(f"REHEARSAL · 2{TIMES}")
    captain.ask("g", "Gate · .*")
    captain.choose("g")
    captain.runs("watch-first")
    return captain


def throw(captain: Captain, fault: str, below: int) -> None:
    """Throw a fault, so many lines below the first one of the list."""
    captain.terminal.keys("x")
    captain.terminal.wait("Throw a fault[\\s\\S]*enter throws it")
    captain.terminal.keys(*["j"] * below)
    captain.terminal.wait(f"enter: {fault}")
    captain.terminal.keys("Enter")
    captain.terminal.wait_gone("enter throws it")


def log(kind: str) -> list[dict[str, Any]]:
    said = COCKPIT.ask("log", NAME, "--format", "json")
    events = [json.loads(line)["event"] for line in said.stdout.splitlines()]
    return [event for event in events if event["event"] == kind]


def test_errors_that_are_thrown_roll_it_back_and_the_score_says_so(open_terminal: Open, home: Home) -> None:
    captain = in_guard(open_terminal)
    throw(captain, "error spike", 9)
    captain.terminal.wait("ROLLS BACK BY ITSELF", deadline=60)
    captain.terminal.keys("+", "+", "+", "+")
    captain.terminal.wait(f"REHEARSAL · 60{TIMES}")
    screen = captain.terminal.wait("rolled back, though done was expected", deadline=60)
    assert "this plan does not count as rehearsed" in screen
    assert "a full rollback was among it" in screen
    (fault,) = log("fault-began")
    assert (fault["kind"], log("rollback-started")[0]["note"][:17]) == ("errors", "errors is failing")
    assert list((home.state / "cockpit" / "releases").iterdir()) != []


def test_decision_about_a_slow_service_is_taken_by_keys(open_terminal: Open) -> None:
    captain = in_guard(open_terminal)
    throw(captain, "latency", 10)
    captain.terminal.wait("DECIDE|decides|Go on, or roll back", deadline=60)
    captain.decide("slow", "go on", "it is slow elsewhere too")
    wait_until(lambda: log("decided") != [], "it is decided")
    (decided,) = log("decided")
    assert (decided["rule"], decided["option"], decided["note"]) == ("slow", "go on", "it is slow elsewhere too")
