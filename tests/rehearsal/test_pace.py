"""How time passes in a rehearsal, by a clock that a test moves."""

from __future__ import annotations

from math import inf

import pytest

from cockpit.rehearsal.pace import LATE, Pace
from cockpit.rehearsal.scenario import STARTS


class Steady:
    """Real seconds, as the test has them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steady() -> Steady:
    return Steady()


def test_at_full_speed_nothing_takes_any_time(steady: Steady) -> None:
    pace = Pace(STARTS, 0.0, steady)
    assert pace.wait(28 * 86400.0) == 0.0
    pace.passed(28 * 86400.0, whole=True)
    assert (pace.now(), pace.gone()) == (STARTS + 28 * 86400.0, 28 * 86400.0)


def test_at_full_speed_what_comes_from_outside_moves_no_time(steady: Steady) -> None:
    pace = Pace(STARTS, 0.0, steady)
    steady.now += 5
    pace.passed(60.0, whole=False)
    assert pace.gone() == 0.0


@pytest.mark.parametrize(("speed", "real"), [(1.0, 60.0), (10.0, 6.0), (60.0, 1.0)])
def test_it_waits_as_long_as_its_speed_says(steady: Steady, speed: float, real: float) -> None:
    assert Pace(STARTS, speed, steady).wait(60.0) == pytest.approx(real)


def test_what_is_due_comes_at_its_moment_however_late_it_was_woken(steady: Steady) -> None:
    pace = Pace(STARTS, 60.0, steady)
    steady.now += 1.003
    pace.passed(60.0, whole=True)
    assert pace.gone() == 60.0


def test_being_woken_late_is_made_up_for(steady: Steady) -> None:
    pace = Pace(STARTS, 60.0, steady)
    for _ in range(100):
        steady.now += pace.wait(6.0) + 0.002
        pace.passed(6.0, whole=True)
    assert steady.now == pytest.approx(1000.0 + 10.0, abs=0.01)


def test_falling_far_behind_is_not(steady: Steady) -> None:
    pace = Pace(STARTS, 1.0, steady)
    steady.now += 100
    assert pace.wait(1.0) == 0.0
    pace.passed(1.0, whole=True)
    assert pace.wait(1.0) == pytest.approx(1.0)


def test_a_little_behind_is_made_up_for(steady: Steady) -> None:
    pace = Pace(STARTS, 1.0, steady)
    steady.now += LATE / 2
    assert pace.wait(1.0) == pytest.approx(1.0 - LATE / 2)


def test_what_comes_from_outside_comes_at_the_moment_that_it_is(steady: Steady) -> None:
    pace = Pace(STARTS, 60.0, steady)
    steady.now += 0.5
    pace.passed(60.0, whole=False)
    assert pace.gone() == pytest.approx(30.0)


def test_no_moment_at_which_something_is_due_is_passed_by(steady: Steady) -> None:
    pace = Pace(STARTS, 60.0, steady)
    steady.now += 50
    pace.passed(60.0, whole=False)
    assert pace.gone() == 60.0


def test_speed_that_changes_leaves_what_has_passed(steady: Steady) -> None:
    pace = Pace(STARTS, 10.0, steady)
    steady.now += 2
    pace.set(60.0)
    assert [pace.gone(), pace.wait(60.0)] == pytest.approx([20.0, 1.0])


def test_rehearsal_that_slows_down_from_full_speed_begins_there(steady: Steady) -> None:
    pace = Pace(STARTS, 0.0, steady)
    pace.passed(86400.0, whole=True)
    steady.now += 7
    pace.set(1.0)
    assert [pace.gone(), pace.wait(1.0)] == pytest.approx([86400.0, 1.0])


def test_time_never_goes_back(steady: Steady) -> None:
    pace = Pace(STARTS, 60.0, steady)
    pace.passed(60.0, whole=True)
    pace.passed(inf, whole=False)
    assert pace.gone() == 60.0


def test_the_clock_on_the_wall_goes_on_between_two_moments(steady: Steady) -> None:
    pace = Pace(STARTS, 10.0, steady)
    steady.now += 1.5
    assert (pace.now(), pace.shown()) == (STARTS, STARTS + 15.0)
