"""Conditions: three values, and a small language."""

from __future__ import annotations

from itertools import product

import pytest

from cockpit.playbook.conditions import evaluate, parse
from cockpit.playbook.expressions import ExpressionError

VALUES = {"change": "schema", "count": "3", "flag": "true", "empty": ""}
FACTS = {("migrate", "started"): True, ("migrate", "passed"): False, ("back-up", "passed"): True}


def fact(step: str, word: str) -> bool | None:
    return FACTS.get((step, word))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('change == "schema"', True),
        ("change != 'schema'", False),
        ('change in ["schema", "hotfix"]', True),
        ('change not in ("schema", "hotfix")', False),
        ('"che" in change', True),
        ("count == 3", True),
        ("count > 2 and count <= 3", True),
        ("1 < count < 3", False),
        ("change == 3", False),
        ("change > 3", None),
        ("flag == true", True),
        ("empty == ''", True),
        ("migrate.started", True),
        ("migrate.started and not migrate.passed", True),
        ("back-up.passed", True),
        ("migrate.unknown", None),
        ("other.passed", None),
        ('missing == "x"', None),
        ('missing == "x" and change == "docs"', False),
        ('missing == "x" or change == "schema"', True),
        ('change in ["docs", missing]', None),
        ('change in ["schema", missing]', True),
        ("not (other.passed)", None),
        ("true", True),
        ("false or migrate.started", True),
        ('change == "back-up.passed"', False),
    ],
)
def test_a_condition_holds_or_not_or_is_not_known(text: str, expected: bool | None) -> None:
    assert evaluate(text, VALUES, fact) is expected


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("change", 0),
        ("change ==", 9),
        ("(true", 5),
        ("true true", 5),
        ('change > "docs"', 9),
        ("migrate.done", 0),
        ("change == x.y", 11),
        ("f(change)", 1),
        ("change | upper == 'X'", 9),
        ("change is defined", 7),
        ("change == 1 + 1", 10),
        ("true and a.b.passed", 12),
        ("change @ 3", 7),
    ],
)
def test_what_is_no_condition_points_to_where_it_is_wrong(text: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert error.value.offset == offset


@pytest.mark.parametrize("text", ["(" * 900, "not " * 240 + "true" * 9, "-" * 900, "x" * 2000])
def test_no_condition_can_exhaust_the_stack(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_a_condition_names_its_variables_and_steps() -> None:
    condition = parse('change == "x" and back-up.passed or count > 1')
    assert condition.variables == (("change", 0), ("count", 36))
    assert condition.steps == (("back-up", 18),)


def test_and_or_not_follow_kleene() -> None:
    words = {True: "true", False: "false", None: "x.passed"}
    for left, right in product(words, repeat=2):
        both = False if False in (left, right) else None if None in (left, right) else True
        either = True if True in (left, right) else None if None in (left, right) else False
        assert evaluate(f"{words[left]} and {words[right]}", {}, fact) is both
        assert evaluate(f"{words[left]} or {words[right]}", {}, fact) is either
    assert [evaluate(f"not {word}", {}, fact) for word in words.values()] == [False, True, None]
