"""What holds of any release, whatever the plan, the world and the people do."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit.playbook.plan import Plan
from cockpit.release.advance import due
from cockpit.release.apply import fold
from cockpit.release.effects import KeepLock, wanted
from cockpit.release.events import Record
from cockpit.release.schedule import lateness, schedule
from cockpit.release.standing import current, running, standing
from cockpit.release.waiting import waiting_for
from tests.release.flight import Flight
from tests.release.plans import plans

CHANCES = st.binary(min_size=60, max_size=400)
"""Three bytes a chance."""


def _bounded(examples: int) -> settings:
    quiet = list(HealthCheck)
    return settings(derandomize=True, max_examples=examples, deadline=None, suppress_health_check=quiet, database=None)


@_bounded(600)
@given(plans(), CHANCES)
def test_every_record_keeps_the_rules_and_the_release_can_always_end(plan: Plan, chances: bytes) -> None:
    flight = Flight(plan)
    for what, which, how in _threes(chances):
        flight.chance(what, which, how)
        if what < 200:
            flight.settle()
            _somebody_or_something_is_awaited(flight)
    flight.go_home()
    assert flight.state.end or flight.state.closed


@_bounded(100)
@given(plans(), CHANCES, st.floats(0, 1))
def test_folding_a_prefix_and_then_the_rest_is_folding_all(plan: Plan, chances: bytes, share: float) -> None:
    flight = Flight(plan)
    for what, which, how in _threes(chances):
        flight.chance(what, which, how)
    cut = int(share * len(flight.records))
    text = [msgspec.json.encode(record) for record in flight.records]
    records = [msgspec.json.decode(line, type=Record) for line in text]
    assert fold(records[:cut]) == flight.states[cut]
    assert fold(records[cut:], fold(records[:cut])) == flight.state == fold(records)


def _threes(chances: bytes) -> Iterator[tuple[int, ...]]:
    return zip(chances[::3], chances[1::3], chances[2::3], strict=False)


def _somebody_or_something_is_awaited(flight: Flight) -> None:
    state = flight.state
    assert standing(state)
    current(state)
    schedule(state, flight.now)
    lateness(state, flight.now)
    effects = {
        each for each in wanted(state) if not (isinstance(each, KeepLock) and state.hosts[each.host].lock == "ours")
    }
    if not (state.closed or state.end):
        awaited = (running(state), effects, due(state, flight.now), tuple(waiting_for(state)))
        assert any(awaited), "nothing is awaited, and it has not ended"
