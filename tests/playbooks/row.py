"""Rows of the tables: what a runbook demands, where its playbook says so, and which test shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Line(NamedTuple):
    """A line of the list of demands.

    `places` are places of the playbook, each with text that it holds (empty: anything), or `cockpit: FILE`; `test` is a
    pytest node. `later` is why it is not there yet, for a line that may wait.
    """

    places: Mapping[str, str] = {}
    test: str = ""
    later: str = ""


class Box(NamedTuple):
    """A checkbox: its words, and the place that has them."""

    words: str
    place: str


class Said(NamedTuple):
    """A line of a command: as the runbook has it, the place that has it, and how it stands there where that differs."""

    runbook: str
    place: str
    playbook: str = ""


def ends(scene: str) -> str:
    """The test that rehearses a scenario, `playbook-scenario`, and sees that it ends as it declares."""
    return f"tests/playbooks/test_flown.py::test_scenario_ends_as_it_declares[{scene}]"


def judged(line: str) -> str:
    """The test that judges series by a rule of the playbook."""
    return f"tests/playbooks/test_thresholds.py::test_rule_of_a_playbook_judges_as_its_runbook_wants[{line}]"
