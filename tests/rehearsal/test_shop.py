"""Rehearsals of a small shop, whole, with whatever its captain has to answer."""

from __future__ import annotations

import pytest

from cockpit.rehearsal.people import MOST
from cockpit.release.events import AttemptStarted, Decided, Ended, Record, SignedOff, Waived
from tests.rehearsal.ground import rehearse
from tests.rehearsal.written.scenes import plan_of, scene

WELL = "metrics: {errors: 1, orders: 20}\n"


def ended(records: list[Record]) -> str:
    return next(record.event.outcome for record in records if isinstance(record.event, Ended))


def tries(records: list[Record], name: str) -> int:
    events = [each.event for each in records if isinstance(each.event, AttemptStarted)]
    return max(event.number for event in events if event.step == name)


def shop(part: str) -> list[Record]:
    return rehearse(plan_of(), scene(part))


def test_shop_is_done_where_nothing_is_wrong() -> None:
    assert ended(shop(WELL)) == "done"


@pytest.mark.parametrize(
    ("answers", "end", "number"),
    [("retry", "done", 2), ("skip", "done", 1), ("roll back", "rolled_back", 1), ("abort", "aborted", 1)],
)
def test_failure_is_answered_as_the_scenario_says(answers: str, end: str, number: int) -> None:
    ends = "" if end == "done" else f"ends: {end}\n"
    records = shop(f"{WELL}{ends}steps: {{count: {{tries: 1, exits: 2}}}}\nanswers: {{count: {answers}}}\n")
    assert (ended(records), tries(records, "count")) == (end, number)


def test_what_goes_round_in_circles_is_given_up() -> None:
    records = shop(WELL + "ends: rolled_back\nsteps: {count: {exits: 2}}\nanswers: {count: retry}\n")
    assert ended(records) == "rolled_back"
    assert MOST <= tries(records, "count") <= MOST + 2


def test_command_that_never_ends_is_answered_once_its_time_is_over() -> None:
    records = shop(WELL + "ends: rolled_back\nsteps: {count: {hangs: true}}\n")
    assert (ended(records), tries(records, "count")) == ("rolled_back", 2)


def test_gate_is_waived_as_the_scenario_says() -> None:
    records = shop("metrics: {errors: 1, orders: 0}\nwaives: {few: it is night}\ndecisions: {few: accept}\n")
    waived = [each.event for each in records if isinstance(each.event, Waived)]
    assert [(each.what, each.by, each.role, each.note) for each in waived][:1] == [("few", "bo", "sre", "it is night")]


def test_captain_gives_up_on_a_gate_that_stays_shut() -> None:
    records = shop("ends: rolled_back\nmetrics: {errors: 1, orders: 0}\n")
    assert ended(records) == "rolled_back"
    assert not any(isinstance(each.event, SignedOff) and each.event.gate != "go" for each in records)


def test_decision_is_made_by_somebody() -> None:
    records = shop(
        WELL + "faults: [{fault: errors, metric: orders, to: 0, with: watch, later: 5s}]\nends: rolled_back\n"
    )
    assert ended(records) == "rolled_back"
    assert any(isinstance(each.event, Decided) for each in records)
