"""The timeline in words."""

from __future__ import annotations

from screens.panes.timeline import COLUMNS, timeline
from screens.view import View
from tests.screens import release
from tests.screens.seen import lines, view


def row(one: View, title: str, width: int = 60) -> str:
    found = next(line for line in lines(timeline(one), COLUMNS, width) if title in line)
    return " ".join(found.split())


def test_a_passed_step_says_how_long_and_how_late() -> None:
    assert row(view(release.deploying()), "Back up") == "✔ Back up 13:02 passed in 42 s +00:31"


def test_a_running_step_says_how_long_of_how_long() -> None:
    assert row(view(release.deploying(), 8), "Deploy rest") == "▶ Deploy rest 13:05 running 0:08/~3:00 +01:08"


def test_a_planned_step_says_when_it_is_expected() -> None:
    assert row(view(release.deploying(), 8), "Smoke test") == "· Smoke test ~13:08 takes ~0:30"


def test_a_gate_says_whom_it_waits_for() -> None:
    assert "◆ Go for the first host 13:03 waits for sre" in row(view(release.at_first_gate()), "Go for the firs")


def test_a_failed_step_says_where() -> None:
    assert "✖ Deploy rest 13:05 failed on web-2" in row(view(release.failed()), "Deploy rest")


def test_an_unknown_is_no_failure() -> None:
    assert "? Deploy rest 13:05 unknown on web-2" in row(view(release.unknown()), "Deploy rest")


def test_a_wait_counts_down() -> None:
    assert "▶ Soak 13:07 9:20 left" in row(view(release.waiting(), 40), "Soak")


def test_the_way_back_follows_what_was_left() -> None:
    found = lines(timeline(view(release.rolling_back())), COLUMNS, 60)
    order = [
        next(at for at, line in enumerate(found) if text in line)
        for text in ("not reached", "rollback, ordered by ana", "Check out", "verify")
    ]
    assert order == sorted(order)


def test_a_narrow_timeline_keeps_step_and_state() -> None:
    assert row(view(release.deploying(), 8), "Deploy rest", 36) == "▶ Deploy rest running 0:08/~3:00"
