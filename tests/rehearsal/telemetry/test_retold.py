"""A recorded series, read again."""

from __future__ import annotations

from cockpit.analysis.rule import Gap, Sample
from cockpit.rehearsal.scenario import STARTS, Series
from cockpit.rehearsal.telemetry.retold import Retold

RETOLD = Retold(Series(metric="m", after=(1.0, 2.0, 3.0, 60.0), shown=(5.0, "no data", 7.0, 9.0)), STARTS)


def test_reading_is_the_latest_with_its_own_moment() -> None:
    assert RETOLD.reading(STARTS + 1.4, 1.0) == Sample(STARTS + 1.0, 5.0)


def test_gap_is_one_again() -> None:
    found = RETOLD.reading(STARTS + 2.0, 1.0)
    assert isinstance(found, Gap)
    assert (found.at, found.kind) == (STARTS + 2.0, "no data")


def test_what_is_old_holds_and_is_taken_anew() -> None:
    assert RETOLD.reading(STARTS + 30, 1.0) == Sample(STARTS + 30, 7.0)
    assert RETOLD.reading(STARTS + 9999, 1.0) == Sample(STARTS + 9999, 9.0)


def test_next_reading_comes_at_its_moment() -> None:
    assert (RETOLD.left(STARTS + 3.0, 1.0), RETOLD.left(STARTS + 60.0, 1.0)) == (57.0, 1.0)


def test_history_has_the_values_and_no_gaps() -> None:
    assert RETOLD.history(STARTS, STARTS + 10, ()) == (Sample(STARTS + 1.0, 5.0), Sample(STARTS + 3.0, 7.0))
