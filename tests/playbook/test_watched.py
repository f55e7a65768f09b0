"""What can be wrong with metrics, rules, guards, decisions and proofs, and where it is found."""

from __future__ import annotations

import pytest

from tests.playbook.books import problems
from tests.playbook.watched import STEPS, WATCHED, book, placed, silent


def test_the_books_that_they_are_made_from_are_right() -> None:
    assert problems(book()) == []


@pytest.mark.parametrize(("code", "text", "expected"), WATCHED)
def test_it_is_found_at_its_place(code: str, text: str, expected: list[str]) -> None:
    assert placed(text) == expected
    assert any(place.startswith(code) for place in expected)


def test_a_hold_for_want_of_data_may_end_by_itself() -> None:
    assert placed(silent("hold") + STEPS + "  - {guard: {r: decide}, for: 5m, steady: 1m}\n") == []
