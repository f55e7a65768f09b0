"""Charts drawn by plotext."""

from __future__ import annotations

import subprocess
import sys
from time import process_time

import pytest

from widgets.curve import Limit
from widgets.plot import Line, Plot, draw, thinned
from widgets.rows import Cell, width_of

START = 1_800_000_000.0
COUNT = 720


def plot(**changes: object) -> Plot:
    """An hour of samples every five seconds, which rise from 0 to 7 %; three minutes of them are missing."""
    moments = tuple(START + 5.0 * number for number in range(COUNT))
    values = tuple(None if 300 <= number < 336 else number / 100 for number in range(COUNT))
    found: dict[str, object] = {
        "moments": moments,
        "values": values,
        "since": START,
        "until": START + 3600,
        "unit": "%",
        "lines": (Line(Limit(5.0, "above"), "errors fails above 5 %"),),
        "band": (1.0, 2.0),
        "marks": ((START + 600, "cutover"),),
    }
    return Plot(**{**found, **changes})  # type: ignore[arg-type]


def text(lines: list[Cell]) -> str:
    return "\n".join("".join(bit.text for bit in line) for line in lines)


def test_a_chart_has_axes_limits_and_moments_in_words() -> None:
    drawn = text(draw(plot(), 80, 15))
    assert all(word in drawn for word in ("errors fails above 5 %", "cutover", "5 %", "08:00", "08:15"))


def test_what_is_beyond_a_limit_is_bad() -> None:
    lines = draw(plot(), 80, 15)
    assert any(bit.tone == "bad" for bit in lines[1])
    assert not any(bit.tone == "bad" for line in lines[8:] for bit in line)
    assert any(bit.tone == "busy" for line in lines[8:] for bit in line)


def test_a_gap_in_the_data_is_a_gap() -> None:
    def inked(drawn: Plot) -> int:
        bits = (bit for line in draw(drawn, 80, 15) for bit in line if bit.tone == "busy")
        return sum(not char.isspace() for bit in bits for char in bit.text)

    whole = plot(values=tuple(number / 100 for number in range(COUNT)), band=None)
    assert inked(plot(band=None)) < inked(whole) - 2


@pytest.mark.parametrize("size", [(80, 15), (57, 9), (130, 40), (24, 6)])
def test_a_chart_fits_its_room(size: tuple[int, int]) -> None:
    lines = draw(plot(), *size)
    assert len(lines) == size[1]
    assert max(width_of(line) for line in lines) <= size[0]


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (80, 3)])
def test_where_there_is_no_room_the_latest_value_stands_alone(size: tuple[int, int]) -> None:
    assert text(draw(plot(), *size)) == "7.19 %"


def test_without_samples_it_says_so() -> None:
    assert text(draw(Plot(), 80, 15)) == "nothing was measured yet"


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 1e12, 1e-9])
def test_a_flat_series_is_drawn(value: float) -> None:
    assert len(draw(plot(values=(value,) * COUNT, lines=(), band=None), 80, 15)) == 15


def test_thinning_keeps_peaks_and_gaps() -> None:
    values = tuple(9.0 if number == 333 else None if number == 400 else 1.0 for number in range(COUNT))
    points = thinned(plot(values=values), 60)
    assert len(points) <= 3 * 60
    assert {value for _, value in points} == {1.0, 9.0, None}


def test_drawing_is_quick() -> None:
    draw(plot(), 80, 15)
    took = []
    for _ in range(5):
        start = process_time()
        draw(plot(), 80, 15)
        took.append(process_time() - start)
    assert min(took) < 0.020


def test_plotext_is_imported_only_to_draw() -> None:
    code = "import sys, screens.app; sys.exit('plotext' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
