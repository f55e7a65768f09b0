"""Patterns of params: what they match, and how long that may take."""

from __future__ import annotations

import time

import pytest

from cockpit.playbook.patterns import matches, weight, wrong_pattern
from tests.playbook.books import problems


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"\d+\.\d+", "1.2", True),
        (r"\d+", "1\n", False),
        (r"\d+", "x1", False),
        ("x|yy", "yyy", False),
        ("^a$", "a", True),
        ("(?i)ab", "AB", True),
        ("(", "(", False),
    ],
)
def test_a_pattern_matches_the_whole_text(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize("pattern", ["(", "[", "a)(", "(?=x)x", r"(x)\1", "a{1000}{1000}", "*"])
def test_what_is_no_pattern_is_said(pattern: str) -> None:
    assert wrong_pattern(pattern)
    assert "Error" not in wrong_pattern(pattern)


def test_no_text_makes_a_pattern_slow() -> None:
    start = time.process_time()
    assert not matches("(a+)+$", "a" * 30_000 + "!")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("pattern", "expected"), [("abc", 0.06), (r"\w{10}", 10), (r"(\w\w){1,5}", 10), ("[a-f0-9]{40}", 0.8), ("(", 0)]
)
def test_a_pattern_weighs_what_it_repeats(pattern: str, expected: float) -> None:
    assert weight(pattern) == pytest.approx(expected)


def test_patterns_that_are_too_large_together_are_refused_in_time() -> None:
    params = "".join(f"  p{number}: {{pattern: '\\w{{50}}{number}'}}\n" for number in range(200))
    start = time.process_time()
    found = problems(f"playbook: x\nparams:\n{params}phases: [{{phase: p, steps: [{{wait: 1s}}]}}]\n")
    assert [(problem.line, problem.code) for problem in found] == [(4, "P104")]
    assert time.process_time() - start < 1
