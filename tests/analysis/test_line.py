"""The Theil-Sen line: the slope of what is there, whatever outliers there are."""

from __future__ import annotations

import random

import pytest

from cockpit.analysis.line import FEWEST, POINTS, Line


def _fed(values: list[float], every: float = 15.0, over: float = 3600.0) -> Line:
    line = Line(over)
    for number, value in enumerate(values):
        line.take(1.7e9 + number * every, value)
    return line


def test_a_straight_line_is_found_exactly() -> None:
    line = Line(16.0)
    for at in range(10):
        line.take(float(at), 3.0 + 0.5 * at)
    assert line.fit is not None
    assert (line.fit.slope, line.fit.value_at(100.0)) == (0.5, 53.0)


def test_the_slope_of_an_hour_of_samples_is_found() -> None:
    fit = _fed([70 + number * 0.01 for number in range(240)]).fit
    assert fit is not None
    assert fit.slope == pytest.approx(0.01 / 15, rel=1e-6)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.2])
def test_outliers_do_not_move_it(share: float) -> None:
    rng = random.Random(7)  # noqa: S311  the same numbers each time
    values = [70 + number * 0.01 + rng.gauss(0, 0.05) for number in range(240)]
    spoilt = [1e6 if rng.random() < share else value for value in values]
    fit = _fed(spoilt).fit
    assert fit is not None
    assert fit.slope == pytest.approx(0.01 / 15, rel=0.15)


def test_it_agrees_with_scipy() -> None:
    from scipy.stats import theilslopes  # type: ignore[import-untyped]  # noqa: PLC0415  slow to import

    rng = random.Random(7)  # noqa: S311  the same numbers each time
    samples = [(at * 60.0, rng.gauss(0, 1) + at * 0.1) for at in range(200)]
    line = Line(60.0 * (POINTS - 1))
    for number, (at, value) in enumerate(samples, 1):
        fit = line.take(at, value)
        moments, values = zip(*samples[max(0, number - POINTS + 1) : number], strict=True)
        if fit is not None and number > POINTS:
            assert fit.slope == pytest.approx(theilslopes(values, moments)[0])


def test_there_is_no_line_through_too_little() -> None:
    assert _fed([1.0] * (FEWEST - 1), every=900).fit is None
    assert _fed([1.0] * 100, every=15).fit is None
    assert _fed([1.0] * 125, every=15).fit is not None


def test_sparse_samples_count_at_once() -> None:
    values = [float(number) for number in range(12)]
    fit = _fed(values, every=300).fit
    assert fit is not None
    assert fit.value_at(1.7e9 + 11 * 300) == pytest.approx(11.0)
