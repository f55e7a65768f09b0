"""A line of parts."""

from __future__ import annotations

from widgets.line import Part, join
from widgets.rows import Bit, cell

PARTS = (Part(cell("name")), Part(cell("clock"), drop=1), Part(cell("people"), drop=2))


def joined(room: int) -> str:
    return "".join(bit.text for bit in join(PARTS, Bit(" - "), room))


def test_parts_are_joined() -> None:
    assert joined(40) == "name - clock - people"


def test_the_part_that_matters_least_goes_first() -> None:
    assert joined(20) == "name - clock"
    assert joined(11) == "name"


def test_a_part_that_matters_stays_even_without_room() -> None:
    assert joined(2) == "name"


def test_empty_parts_are_not_joined() -> None:
    assert "".join(bit.text for bit in join((*PARTS[:1], Part(())), Bit(" - "), 40)) == "name"
