"""The score as lines."""

from __future__ import annotations

from cockpit.report.score_text import score_lines
from tests.report.played import Played, deployed


def lines(played: Played) -> list[str]:
    return list(score_lines(played.score("done")))


def test_every_line_says_rehearsal() -> None:
    played = deployed().strike("errors", metric="m").then("+30s\nr is failing\n+3m")
    assert all(line.startswith("REHEARSAL") for line in lines(played))


def test_steps_are_aligned_under_their_heads() -> None:
    found = [line for line in lines(deployed().then("+12m")) if "watch" in line or "planned  " in line]
    assert found == [
        "REHEARSAL  step    planned  actual  waited   drift",
        "REHEARSAL  watch     10:00   12:00       -  +02:00",
    ]


def test_what_never_came_is_said() -> None:
    played = deployed(r="warn").strike("errors", metric="m").then("+30s\nr is failing")
    assert "REHEARSAL  the-errors: errors of m  00:21:40    +0:30    never     never  r is failing" in lines(played)


def test_its_end_says_whether_it_counts() -> None:
    assert lines(deployed().then("+10m"))[1] == (
        "REHEARSAL  ended done as expected: this plan counts as rehearsed; no full rollback was among it"
    )
