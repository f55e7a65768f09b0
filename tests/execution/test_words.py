"""What a host's last word means."""

from __future__ import annotations

from cockpit.execution.ear import Word
from cockpit.execution.words import settled

ENDED = Word("ended", "0 1.5 2.5")


def test_capture_that_a_full_disk_has_cut_is_no_value() -> None:
    ended = settled(ENDED, b"size=12", whole=False, started=True)
    assert (ended.outcome, ended.captures) == ("failed", {})
    assert ended.reason.startswith(
        "$COCKPIT_CAPTURE ends in the middle of a line, and the end of its output is missing"
    )


def test_whole_lines_are_values_though_output_is_missing() -> None:
    ended = settled(ENDED, b"size=12\n", whole=False, started=True)
    assert (ended.outcome, ended.captures) == ("passed", {"size": "12"})
    assert "full" in ended.reason


def test_last_line_without_an_end_is_a_value_where_nothing_is_missing() -> None:
    assert settled(ENDED, b"size=12", whole=True, started=True).captures == {"size": "12"}
