"""The file behind $COCKPIT_CAPTURE."""

from __future__ import annotations

import pytest

from cockpit.execution.capture import read_captures


def test_lines_become_variables() -> None:
    assert read_captures(b"backup_file=a b.sql\n\nrows=12\r\n") == {"backup_file": "a b.sql", "rows": "12"}


def test_last_line_of_a_name_counts() -> None:
    assert read_captures(b"a=1\na=2=3\n") == {"a": "2=3"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello\n", "line 1 of $COCKPIT_CAPTURE is not name=value"),
        (b"a=1\nB=2\n", "line 2 of $COCKPIT_CAPTURE sets 'B', which is no name"),
        (b"host=x\n", "sets 'host', which the cockpit sets itself"),
        (b"a=\xff\n", "not UTF-8"),
        (b"a=x\0y\n", "NUL"),
        (b"a=" + b"x" * 65_536, "more than 65,536 bytes"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, reason: str) -> None:
    assert reason in str(read_captures(data))
