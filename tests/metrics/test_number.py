"""Numbers out of JSON and text."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.metrics.moment import fresh, moment
from cockpit.metrics.number import number, number_in
from cockpit.metrics.reasons import Flaw

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("found", "value"),
    [(3, 3.0), (0.5, 0.5), ("12.5", 12.5), ("12.5%", 12.5), (" 7 ", 7.0), ([4], 4.0), ("-1e3", -1000.0), ("+.5", 0.5)],
)
def test_number_is_found(found: object, value: float) -> None:
    assert number(found, {}) == value


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (None, "no data"),
        ([], "no data"),
        (math.nan, "no data"),
        ("NaN", "no data"),
        (math.inf, "error"),
        ("-Inf", "error"),
        ("+Inf", "error"),
        (True, "error"),
        (False, "error"),
        ([1, 2], "error"),
        ([[1]], "error"),
        ({"a": 1}, "error"),
        ("", "error"),
        ("OPEN", "error"),
        ("0x10", "error"),
        ("1_000", "error"),
        ("1" * 500, "error"),
        (10**400, "error"),
        ("1e999", "error"),
    ],
)
def test_what_is_no_number_is_a_flaw(found: object, kind: str) -> None:
    got = number(found, {})
    assert isinstance(got, Flaw)
    assert got.kind == kind


@pytest.mark.parametrize("found", ["OPEN", True, ["OPEN"]])
def test_values_stand_for_texts_and_truths(found: object) -> None:
    assert number(found, {"OPEN": 1, "CLOSED": 0, "true": 1}) == 1


def test_unmapped_text_names_the_values_there_are() -> None:
    got = number("HALF", {"OPEN": 1, "CLOSED": 0})
    assert got == Flaw("error", "no number: 'HALF'; values has CLOSED, OPEN")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42\n", 42.0),
        ("12.5%", 12.5),
        ("memory: 12.5 % of 8", 12.5),
        ("load average: 0.15, 0.10", 0.15),
        ("errors=3", 3.0),
        ("web-1 has 7 requests", 7.0),
        ("took -4.", -4.0),
        ("(5)", 5.0),
        ("at 12:30 there were 9", 9.0),
        ("2026-11-01 8", 8.0),
        ("v1.2.3 6", 6.0),
    ],
)
def test_first_number_in_text_is_found(text: str, value: float) -> None:
    assert number_in(text, {}) == value


@pytest.mark.parametrize(
    "text", ["1,234", "1.5GiB", "12:30", "2026-11-01", "web-1", "1.2.3", "250ms", "nothing", "0x1f"]
)
def test_half_of_something_else_is_no_number(text: str) -> None:
    assert isinstance(number_in(text, {}), Flaw)


def test_whole_text_may_be_one_of_the_values() -> None:
    assert number_in("CLOSED\n", {"OPEN": 1, "CLOSED": 0}) == 0


@pytest.mark.parametrize(
    "found",
    [
        1_700_000_000,
        1_700_000_000_000,
        "1700000000",
        "2023-11-14T22:13:20Z",
        "2023-11-14T23:13:20+01:00",
        "2023-11-14T22:13:20",
    ],
)
def test_moment_is_read(found: object) -> None:
    assert moment(found) == 1_700_000_000


@pytest.mark.parametrize(
    "found", [None, "yesterday", -5, 0, 1e30, True, {}, [], "NaN", "0001-01-01", "9999-12-31T23:59:59-23:59"]
)
def test_what_is_no_moment_is_an_error(found: object) -> None:
    got = moment(found)
    assert isinstance(got, Flaw)
    assert got.kind == "error"


def test_sample_counts_until_it_is_stale() -> None:
    assert fresh(100, 145, stale=45) is None
    assert fresh(100, 146, stale=45) == Flaw("no data", "its last sample is 46 s old")


def test_sample_of_the_future_is_an_error() -> None:
    assert fresh(129, 100, stale=45) is None
    assert fresh(220, 100, stale=45) == Flaw("error", "its time is 2:00 in the future: see the clocks")


@given(JSON)
def test_anything_is_a_finite_number_or_a_flaw(found: Any) -> None:
    for got in (number(found, {"x": 1.0}), moment(found)):
        assert isinstance(got, Flaw) or math.isfinite(got)


@given(st.text())
def test_any_text_is_a_finite_number_or_a_flaw(text: str) -> None:
    got = number_in(text, {})
    assert isinstance(got, Flaw) or math.isfinite(got)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_that_is_printed_is_read_again(value: float) -> None:
    assert number_in(f"value {value!r} here", {}) == value
    assert number(repr(value), {}) == value
