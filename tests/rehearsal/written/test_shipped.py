"""The scenarios that are shipped with the quickstart."""

from __future__ import annotations

from pathlib import Path

import pytest

import playbooks
from cockpit.playbook import load as books
from cockpit.rehearsal.scenario import Scenario
from cockpit.rehearsal.written.load import check, load, params_of
from cockpit.rehearsal.written.place import find, scenarios_of

QUICKSTART = Path(playbooks.__path__[0]) / "quickstart.yaml"
NAMES = [path.stem for path in scenarios_of(QUICKSTART)]


def loaded(name: str) -> Scenario:
    path = find(QUICKSTART, name)
    return load(path, books.plan(QUICKSTART, params_of(path), "ana"))


def test_there_are_some_and_they_end_as_they_say() -> None:
    assert {name: loaded(name).ends for name in NAMES} == {
        "errors": "rolled_back",
        "happy": "done",
        "host-down": "done",
        "vetoed": "done",
    }


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_a_shipped_scenario(name: str) -> None:
    assert check(find(QUICKSTART, name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_is_short_and_says_what_it_is_about(name: str) -> None:
    text = find(QUICKSTART, name).read_text()
    assert text.startswith("# ")
    assert text.count("\n") <= 40


def test_errors_come_with_the_new_version_alone() -> None:
    scenario = loaded("errors")
    bad, good = scenario.curves["error_rate"]
    assert bad.given == {"version": scenario.params["version"]}
    assert (bad.steady > 5, good.steady < 5, good.given) == (True, True, {})
