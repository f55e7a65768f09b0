"""The timeline in words."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.playbook.calendar import Calendar, Day, Freeze, Window
from cockpit.playbook.plan import After, At, Phase
from cockpit.release import events as happened
from screens.panes.timeline import COLUMNS, NARROW, timeline
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


def test_a_narrow_timeline_beside_telemetry_says_when_and_how_late() -> None:
    found = [" ".join(line.split()) for line in lines(timeline(view(release.deploying(), 8)), NARROW, 38)]
    assert "✔ Back up 13:02 +00:31" in found
    assert "▶ Deploy rest running 0:08/~3…" in found
    assert "· Smoke test ~13:08" in found


def timed(**fields: object) -> release.Script:
    """A release whose last step has these times, up to the deployment of the rest."""
    tell = replace(release.TELL, **fields)
    phases = (*release.PLAN.phases[:3], Phase(name="watch", steps=(release.SMOKE, release.SOAK, tell)))
    return release.Script(plan=replace(release.PLAN, phases=phases))


def test_step_of_another_day_says_which() -> None:
    script = timed(not_before=At(day=7, minute=540)).begin("ready")
    assert "Tell the shop ~d7" in row(view(script), "Tell the shop")


def test_step_that_is_late_says_how_late_whatever_it_waits_for() -> None:
    script = timed(due=At(minute=13 * 60)).begin("ready")
    script.after(60, happened.Overdue(step="tell", due=release.START))
    assert row(view(script, 9), "Tell the shop").endswith("+01:10")


def test_critical_steps_are_marked_where_others_are_not() -> None:
    script = timed(not_before=After(seconds=7200.0)).begin("ready")
    assert row(view(script), "Tell the shop").endswith("crit")
    assert not row(view(script), "Smoke test").endswith("crit")
    assert "crit" not in "".join(lines(timeline(view(release.checklist())), COLUMNS, 60))


def calendar(**fields: object) -> release.Script:
    """A release with a calendar, which has just begun."""
    found = Calendar(zone="UTC", **fields)  # type: ignore[arg-type]  # its fields
    return release.Script(plan=replace(release.PLAN, calendar=found)).begin("ready")


def test_slack_until_the_window_ends_is_the_last_row() -> None:
    script = calendar(windows=(Window(name="primary", zone="UTC", start=12 * 60, end=15 * 60),))
    last = lines(timeline(view(script)), COLUMNS, 100)[-1]
    assert last == "slack 1:41:44 until window primary ends Thu 2026-11-19 15:00 UTC"


def test_slack_that_is_used_up_says_by_how_much() -> None:
    freeze = Freeze(name="noon", zone="UTC", start=Day(weekday=3, minute=13 * 60 + 5), end=Day(weekday=3, minute=1440))
    last = lines(timeline(view(calendar(freezes=(freeze,)))), COLUMNS, 100)[-1]
    assert last == "too late: +13:16 until freeze noon begins Thu 2026-11-19 13:05 UTC"
