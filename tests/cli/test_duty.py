"""What people owe a release that goes on, by the command line: each test answers one thing of the same release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.books import DUTY
from tests.cli.conftest import Flight, a_flight
from tests.cli.test_drive import refusal
from tests.loopback.waiting import wait_until


@pytest.fixture(scope="module")
def duty(ground: Path) -> Flight:
    """A release whose steps wait side by side, each for something else."""
    made = a_flight(ground)
    made.start(text=DUTY, until="answer")
    return made


def status(flight: Flight) -> Mapping[str, Any]:
    """The release as `status` has it."""
    found = flight.cockpit.status(flight.release)
    assert found is not None
    return found


def awaited(flight: Flight, step: str) -> list[str]:
    """What the release waits for at a step."""
    return [each["what"] for each in status(flight)["waiting_for"] if each["step"] == step]


def logged(flight: Flight) -> str:
    """The journal in words."""
    return flight.ask("log", flight.release)


def test_role_is_assigned(duty: Flight) -> None:
    assert "is not assigned here" in refusal(duty, "assign", duty.release, "captain", "chen")
    duty.ask("assign", duty.release, "commander", "chen")
    assert status(duty)["assigned"] == {"commander": "chen"}


def test_evidence_says_when_it_was_made(duty: Flight) -> None:
    assert "no date: yesterday" in duty.cockpit.ask("tick", duty.release, "audit", "--made", "yesterday").stderr
    assert "older than 7d" in refusal(duty, "tick", duty.release, "audit", "--made", "2020-01-01")
    duty.ask("tick", duty.release, "audit", "--made", f"{datetime.now(UTC):%Y-%m-%dT%H:%M}")
    wait_until(lambda: awaited(duty, "ready") == [], "the checklist is complete", 30)


def test_what_people_see_is_raised_and_cleared(duty: Flight) -> None:
    duty.ask("raise", duty.release, "corruption", "--note", "orders without lines")
    assert status(duty)["verdicts"]["corruption"] == "failing"
    duty.ask("raise", duty.release, "corruption", "--clear", "--note", "a false alarm")
    assert status(duty)["verdicts"]["corruption"] == "passing"


def test_look_is_recorded_with_what_was_seen(duty: Flight) -> None:
    duty.ask("look", duty.release, "watch", "--note", "all quiet")
    assert "looked at watch: all quiet" in logged(duty)
    assert "asks for no look" in refusal(duty, "look", duty.release, "smoke")


def test_manual_command_runs_once_its_question_is_answered(duty: Flight) -> None:
    said = refusal(duty, "manual", duty.release, "reset", "--note", "stuck")
    assert "asks first: Is it a false alarm?" in said
    duty.ask("manual", duty.release, "reset", "--confirm", "FALSE ALARM", "--note", "stuck")
    wait_until(lambda: "reset passed" in logged(duty), "reset has passed", 30)
    assert duty.ask("output", duty.release, "reset") == "reset\n"


def test_retry_after_an_external_cause_causes_no_hold(duty: Flight) -> None:
    wait_until(lambda: awaited(duty, "smoke") == ["answer"], "smoke has failed", 30)
    duty.ask("retry", duty.release, "smoke", "--external", "--note", "their DNS was down")
    wait_until(lambda: logged(duty).count("smoke failed on here") == 2, "smoke has failed again", 30)
    assert awaited(duty, "smoke") == ["answer"]
    assert "resume" not in duty.waiting()


def test_role_lets_a_failed_step_pass(duty: Flight) -> None:
    wait_until(lambda: awaited(duty, "scan") == ["answer"], "scan has failed", 30)
    assert "risk" in refusal(duty, "skip", duty.release, "scan", "--note", "known")
    duty.ask("waive", duty.release, "scan", "--role", "risk", "--note", "known, RISK-4")
    assert awaited(duty, "scan") == []


def test_notice_gets_the_lines_that_it_asks_for(duty: Flight) -> None:
    assert "--field impact" in refusal(duty, "done", duty.release, "tell")
    duty.ask("done", duty.release, "tell", "--field", "impact=no orders since 14:05")
    assert "Impact: no orders since 14:05" in logged(duty)


def test_step_begins_before_its_time_once_the_captain_says_so(duty: Flight) -> None:
    assert awaited(duty, "later") == ["early"]
    duty.ask("decide", duty.release, "later", "run", "--note", "all are here")
    wait_until(lambda: "later passed" in logged(duty), "later has passed", 30)
