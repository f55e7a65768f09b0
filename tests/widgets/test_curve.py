"""Series in braille."""

from __future__ import annotations

from widgets.curve import MARK, Curve, Limit, braille, reach
from widgets.rows import Cell, width_of


def text(lines: list[Cell]) -> list[str]:
    return ["".join(bit.text for bit in line) for line in lines]


def tones(line: Cell, symbol: str) -> set[str]:
    return {bit.tone for bit in line if symbol in bit.text}


def test_the_newest_sample_is_at_the_right() -> None:
    assert text(braille(Curve((0.0, 0.0, 0.0, 3.0)), 3, 1)) == [" ⣀⡸"]


def test_a_rise_is_joined() -> None:
    assert text(braille(Curve((0.0, 7.0)), 1, 2)) == ["⢸", "⡸"]


def test_a_gap_is_drawn_as_a_gap() -> None:
    drawn = text(braille(Curve((1.0, 1.0, None, None, 2.0, 2.0)), 3, 1))[0]
    assert drawn[1] == " "
    assert drawn[0] != " " != drawn[2]


def test_samples_beyond_a_hard_limit_are_bad() -> None:
    lines = braille(Curve((1.0, 1.0, 9.0, 9.0), (Limit(5.0, "above"),)), 2, 1)
    assert [bit.tone for bit in lines[0]] == ["busy", "bad"]


def test_a_limit_below_makes_small_samples_bad() -> None:
    lines = braille(Curve((9.0, 9.0, 1.0, 1.0), (Limit(5.0, "below"),)), 2, 1)
    assert [bit.tone for bit in lines[0]] == ["busy", "bad"]


def test_a_soft_limit_makes_nothing_bad() -> None:
    lines = braille(Curve((1.0, 9.0), (Limit(5.0, "above", hard=False),)), 1, 1)
    assert [bit.tone for bit in lines[0]] == ["busy"]


def test_a_limit_is_a_line_where_the_series_is_not() -> None:
    lines = braille(Curve((0.0, 0.0, 0.0, 0.0), (Limit(7.0, "above"),)), 2, 2)
    assert text(lines)[0] == "⠉⠉"
    assert lines[0][0].tone == "limit"


def test_a_band_is_dotted_without_colour_too() -> None:
    lines = braille(Curve((None,) * 8 + (0.0,), band=(0.0, 7.0)), 4, 2)
    assert "⠁" in text(lines)[0]


def test_the_marker_stands_so_many_samples_before_the_newest() -> None:
    drawn = text(braille(Curve((1.0,) * 8, mark=4), 4, 1))[0]
    assert drawn.index(MARK) == 1


def test_a_curve_is_as_wide_as_it_is_told() -> None:
    for count in (0, 1, 5, 400):
        assert {width_of(line) for line in braille(Curve((1.0,) * count), 20, 3)} == {20}


def test_a_flat_series_has_room_around_it() -> None:
    assert reach([5.0, 5.0], (), None) == (4.5, 5.5)
    assert reach([0.0], (), None) == (-1.0, 1.0)
