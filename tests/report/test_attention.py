"""What the score says of looks and escalations."""

from __future__ import annotations

from cockpit.playbook.plan import Look, Pace, Role
from cockpit.report.score_text import looks_text
from tests.release.script import make_plan, step
from tests.report.played import RULES, Played


def watched() -> Played:
    """An hour under guard: somebody looks every ten minutes, and acknowledges within two."""
    guard = step(
        "guard", "watch", rules={"r": "warn"}, seconds=3600.0, look=Look(paces=(Pace(every=600.0),), owner=("sre",))
    )
    roles = {"sre": Role(title="SRE", people=("chen",)), "cto": Role(title="CTO", people=("dee",))}
    plan = make_plan(guard, rules=RULES, roles=roles, escalation=("captain", "cto"), answer_within={"warn": 1200.0})
    return Played(plan).then("r is passing")


def test_looks_that_were_late_or_missed_are_counted() -> None:
    score = watched().then("+10m\nchen look watch\n+12m\nchen look watch\n+20m\nchen look watch").score()
    assert (score.looks, score.late_looks, score.missed_looks, score.escalations) == (3, 2, 1, 0)
    assert score.missed == (
        "nobody looked at watch once, for the first time when it was due at 00:48:40",
        "watch was looked at too late 2 times, by up to 10:00",
    )


def test_escalations_are_counted() -> None:
    score = watched().then("chen look watch\nr is failing\n+3m\nana ack r").score()
    assert score.escalations == 1
    assert "nobody saw r in time: cto was told at 00:19:40" in score.missed
    assert looks_text(score) == "looks 1, 0 late, 0 missed; escalations 1"


def test_nothing_is_said_where_nothing_was_asked_for() -> None:
    assert looks_text(Played(make_plan(step("wait", "pause", seconds=10.0))).score()) == ""
