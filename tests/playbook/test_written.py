"""A place in a value is a place in the file, however the value is written."""

from __future__ import annotations

import pytest

from cockpit.playbook.compose import compose
from cockpit.playbook.node import Scalar, Table
from tests.playbook.books import found
from tests.playbook.watched import book

WAYS = [
    pytest.param("a: one X", id="plain"),
    pytest.param("a: one\n  two X", id="plain over lines"),
    pytest.param("a: one\n\n  two\n\n\n  three X", id="plain with empty lines"),
    pytest.param("a: 'one ''two'' X'", id="single quotes"),
    pytest.param("a: 'one\n  it''s X'", id="single quotes over lines"),
    pytest.param('a: "one \\u0041 \\"two\\" \\x41 X"', id="escapes"),
    pytest.param('a: "one \\\n   two\\\n   three X"', id="lines continued"),
    pytest.param("a: >-\n  one\n  two X", id="folded"),
    pytest.param("a: >\n\n    one\n    two\n\n    X", id="folded with empty lines"),
    pytest.param("a: |\n  one\n    two X", id="block"),
    pytest.param("a: |2\n    one\n  X", id="block with its indentation"),
    pytest.param("a:\n  'one\n\n\n  é X'", id="more than ASCII"),
]


def value(text: str) -> Scalar:
    root, findings = compose(text)
    assert findings == []
    assert isinstance(root, Table)
    scalar = root.values["a"]
    assert isinstance(scalar, Scalar)
    return scalar


@pytest.mark.parametrize("text", WAYS)
def test_a_character_is_where_it_stands(text: str) -> None:
    scalar = value(text)
    before = scalar.value[: scalar.value.index("X")]
    place = scalar.place(before.count("\n"), len(before) - before.rfind("\n") - 1)
    assert text.split("\n")[place.line - 1][place.column - 1] == "X"


@pytest.mark.parametrize("text", WAYS)
def test_every_character_has_a_place(text: str) -> None:
    scalar = value(text)
    lines = text.split("\n")
    for row, line in enumerate(scalar.value.split("\n")):
        for column in range(len(line) + 1):
            assert 1 <= scalar.place(row, column).line <= len(lines)


@pytest.mark.parametrize(
    ("bad", "place"),
    [("above 5\n      fro 5m", (1, 7)), ("'above 5\n      fro 5m'", (1, 7)), ('"above \\\n      5 fro 5m"', (1, 9))],
)
def test_a_rules_mistake_is_found_on_its_line(bad: str, place: tuple[int, int]) -> None:
    text = book(rules=f"rules:\n  r:\n    metric: m\n    bad: {bad}\n")
    first = text[: text.index("bad:")].count("\n") + 1
    assert found(text) == [f"{first + place[0]}:{place[1]}: P705"]
