"""The clock on the wall: real time, or a rehearsal's."""

from __future__ import annotations

from screens.wall import Wall


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def walled() -> tuple[Hand, Wall]:
    hand = Hand()
    return hand, Wall(hand)


def test_without_a_rehearsal_it_is_real_time() -> None:
    hand, wall = walled()
    hand.now = 1007.0
    assert wall.now() == 1007.0


def test_it_goes_on_at_the_speed_that_was_said() -> None:
    hand, wall = walled()
    wall.told(50.0, 10.0)
    hand.now += 1.5
    assert wall.now() == 65.0


def test_another_speed_counts_from_when_it_was_said() -> None:
    hand, wall = walled()
    wall.told(50.0, 10.0)
    hand.now += 1.0
    wall.told(60.0, 2.0)
    hand.now += 3.0
    assert wall.now() == 66.0


def test_at_full_speed_it_stands_until_something_happens() -> None:
    hand, wall = walled()
    wall.told(50.0, 0.0)
    hand.now += 9.0
    assert wall.now() == 50.0
    wall.recorded(4000.0)
    assert wall.now() == 4000.0


def test_what_happened_before_takes_it_nowhere() -> None:
    _, wall = walled()
    wall.told(50.0, 10.0)
    wall.recorded(40.0)
    assert wall.now() == 50.0


def test_it_stands_before_anybody_said_how_fast_it_goes() -> None:
    hand, wall = walled()
    wall.recorded(70.0)
    hand.now += 5.0
    assert wall.now() == 70.0


def test_real_time_that_goes_back_does_not_take_it_back() -> None:
    hand, wall = walled()
    wall.told(50.0, 10.0)
    hand.now -= 100.0
    assert wall.now() == 50.0


def test_it_stands_where_it_was_when_nobody_tells_it_any_more() -> None:
    hand, wall = walled()
    wall.told(50.0, 10.0)
    hand.now += 1.0
    wall.stands()
    hand.now += 60.0
    assert wall.now() == 60.0
