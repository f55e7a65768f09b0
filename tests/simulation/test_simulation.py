"""A thousand releases through faults, interrupts and crashes: every promise is kept in each."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.simulation import draw
from tests.simulation.campaign import broken, fly_some
from tests.simulation.scenario import Scenario
from tests.simulation.simulate import fly

CHUNK = 40
FOUND = sorted((Path(__file__).parent / "found").glob("*.json"))


@pytest.mark.parametrize("first", range(0, 1000, CHUNK))
def test_every_promise_is_kept(first: int) -> None:
    assert not fly_some(range(first, first + CHUNK)), "replay: python -m tests.simulation.campaign --replay SEED"


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_once_broken_is_kept(path: Path) -> None:
    assert not broken(msgspec.json.decode(path.read_bytes(), type=Scenario))


def test_a_seed_makes_the_same_journal_each_time() -> None:
    scenario = draw.scenario(7)
    assert fly(scenario).releases == fly(scenario).releases


def test_a_scenario_survives_being_written_down() -> None:
    scenario = draw.scenario(7)
    assert msgspec.json.decode(msgspec.json.encode(scenario), type=Scenario) == scenario
