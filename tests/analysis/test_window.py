"""Windows kept as samples come and go, against the same numbers worked out anew."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.analysis.counter import Counter
from cockpit.analysis.window import window

PLAIN: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.fmean,
    "sum": fsum,
    "median": statistics.median,
    "max": max,
    "min": min,
}

steps = st.floats(0.1, 40.0)
values = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 0.1, 5.0, 1e15])
series = st.lists(st.tuples(steps, values), min_size=1, max_size=120)


@settings(derandomize=True, max_examples=300, deadline=None, database=None)
@given(series, st.sampled_from(sorted(PLAIN)), st.floats(1.0, 300.0))
def test_a_window_is_what_its_samples_are(found: list[tuple[float, float]], take: str, over: float) -> None:
    kept, at, all_of = window(take, over), 0.0, []  # type: ignore[arg-type]
    for step, value in found:
        at += step
        all_of.append((at, value))
        quick = kept.take(at, value)
        inside = [one for when, one in all_of if when > at - over]
        assert len(kept) == len(inside)
        assert kept.exact() == pytest.approx(PLAIN[take](inside), rel=1e-12)
        assert abs(quick - kept.exact()) <= kept.noise


@pytest.mark.parametrize("take", ["mean", "sum"])
def test_nothing_is_left_of_what_has_gone(take: str) -> None:
    kept = window(take, 60)  # type: ignore[arg-type]
    for at in range(100):
        kept.take(at, 0.1 if at < 30 else 0.0)
    kept.take(100, 0.0)
    assert kept.exact() == 0.0


def _rise(values: list[float], over: float = 60.0) -> float:
    counter = Counter(over)
    return [counter.take(15.0 * number, value) for number, value in enumerate(values)][-1]


def test_a_counter_rises_by_what_was_added() -> None:
    assert _rise([100, 103, 103, 110]) == 10


def test_a_counter_that_began_anew_goes_on_rising() -> None:
    assert _rise([100, 103, 4, 9]) == 3 + 4 + 5


def test_a_counter_forgets_what_it_rose_by_before_the_window() -> None:
    assert _rise([0, 1000, 1000, 1001, 1002, 1003, 1004]) == 4


def test_of_a_rise_across_the_edge_the_share_within_counts() -> None:
    counter = Counter(60)
    counter.take(0, 0)
    assert counter.take(100, 50) == 30


def test_a_counter_knows_when_it_has_seen_the_whole_window() -> None:
    counter = Counter(60)
    counter.take(0, 0)
    counter.take(45, 0)
    before = counter.whole
    counter.take(60, 0)
    assert (before, counter.whole) == (False, True)
