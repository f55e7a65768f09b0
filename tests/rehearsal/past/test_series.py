"""The stored readings of a release, taken over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from cockpit.analysis.rule import Reading, Sample
from cockpit.journal.samples import Samples
from cockpit.rehearsal.past import series as past
from cockpit.rehearsal.scenario import STARTS, Series
from cockpit.release.events import Opened, Record, VerdictChanged
from tests.rehearsal.telemetry.worlds import plan_of

PLAN = plan_of(
    "errors: {prometheus: e, url: 'http://p:9090', every: 15s, no_data: hold}",
    "errors: {metric: errors, bad: above 5 for 1m}",
)
OPENED = Opened(release="r", nonce="n", mode="live", plan=PLAN, digest=PLAN.digest, captain="ana")


def taken(folder: Path, readings: Sequence[Reading], *changes: float) -> Series:
    samples = Samples(folder)
    for each in readings:
        samples.append("errors", "", each)
    samples.close()
    verdict = VerdictChanged(rule="errors", verdict="failing")
    later = [Record(number, STARTS + at, verdict) for number, at in enumerate(changes, 2)]
    (found,) = past.series(PLAN, [Record(1, STARTS, OPENED), *later], Samples(folder), past.LEAST)
    return found


@pytest.fixture
def many() -> list[Sample]:
    return [Sample(STARTS + 15.0 * number, 9.0 if number == 777 else 1.0) for number in range(past.LEAST * 3 + 1)]


def test_few_readings_are_taken_over_as_they_are(tmp_path: Path) -> None:
    found = taken(tmp_path, [Sample(STARTS + 15, 1.0), Sample(STARTS + 30, 2.5)])
    assert (found.after, found.shown) == ((15.0, 30.0), (1.0, 2.5))


def test_of_too_many_a_spike_without_consequence_is_left_out(tmp_path: Path, many: list[Sample]) -> None:
    found = taken(tmp_path, many)
    assert len(found.after) <= past.LEAST + 1
    assert set(found.shown) == {1.0}


def test_around_a_change_of_a_verdict_every_reading_is_taken_over(tmp_path: Path, many: list[Sample]) -> None:
    found = taken(tmp_path, many, 15.0 * 778)
    assert found.shown.count(9.0) == 1
    assert len([each for each in found.after if 15.0 * 770 <= each < 15.0 * 780]) == 10
