"""Looks that people owe every so often: due, late, missed; and who is told when nobody answers."""

from __future__ import annotations

from typing import Any

import pytest

from cockpit.analysis.rule import Rule
from cockpit.playbook.plan import Board, Look, Pace, Plan, Role, Run, Severity
from cockpit.release.looking import asked_from, due_at
from tests.release.script import Script, make_plan, step

MINUTE, HOUR = 60.0, 3600.0
PACES = (Pace(every=MINUTE, until=HOUR), Pace(every=5 * MINUTE, until=8 * HOUR), Pace(every=24 * HOUR))
ROLES = {name: Role(title=name, people=(login,)) for name, login in (("sre", "chen"), ("director", "dee"))}


def looked(*paces: Pace, seconds: float = 48 * HOUR, owner: tuple[str, ...] = ("sre",), **fields: Any) -> Plan:
    """A pause at which the SRE looks."""
    look = Look(paces=paces or (Pace(every=15 * MINUTE),), boards=(Board(title="Grafana"),), owner=owner)
    return make_plan(step("wait", "watch", seconds=seconds, look=look), roles=ROLES, **fields)


def due(script: Script) -> float | None:
    """Seconds from the start of the step to the next look."""
    one = script.state.steps["watch"]
    look = getattr(one.step, "look", None)
    assert look is not None
    moment = due_at(one, look)
    return None if moment is None or one.started is None else moment - one.started


def test_look_is_due_an_interval_after_the_one_before() -> None:
    script = Script(looked()).feed("start")
    assert due(script) == 15 * MINUTE
    script.play("""
        < +10m
        < chen look watch
        looked watch 0.0
    """)
    assert due(script) == 25 * MINUTE


@pytest.mark.parametrize(("after", "every"), [(59, 1), (60, 5), (479, 5), (480, 24 * 60)])
def test_interval_is_that_of_the_time_since_the_start(after: int, every: int) -> None:
    script = Script(looked(*PACES)).feed("start")
    script.now += after * MINUTE
    script.feed("chen look watch")
    assert due(script) == (after + every) * MINUTE


def test_after_the_last_interval_no_look_is_owed() -> None:
    script = Script(looked(Pace(every=MINUTE, until=HOUR))).feed("start")
    script.now += HOUR
    script.feed("chen look watch")
    assert due(script) is None
    assert script.refusal("chen look watch") == "watch asks for no look"


def test_late_look_says_by_how_much() -> None:
    Script(looked()).feed("start").play("""
        < +17m
        < chen look watch
        looked watch 120.0
    """)


def test_look_is_missed_when_the_next_one_is_due() -> None:
    script = Script(looked()).feed("start")
    script.play("""
        < +29m
        < +1m
        look-missed watch 1900.0 1900.0
        < +15m
        look-missed watch 2800.0 2800.0
        < chen look watch
        looked watch 1800.0
    """)
    looking = script.state.steps["watch"].looking
    assert (looking.count, looking.late, looking.missed, due(script)) == (1, 1, 2, 60 * MINUTE)


def test_all_that_were_missed_at_once_are_said() -> None:
    script = Script(looked(Pace(every=MINUTE, until=HOUR))).feed("start")
    script.play("""
        < +10m
        look-missed watch 1060.0 1540.0 9
    """)
    assert script.state.steps["watch"].looking.missed == 9


def test_look_is_waited_for_from_its_owner_and_asked_for_shortly_before() -> None:
    script = Script(looked()).feed("start")
    (entry,) = script.entries()
    assert (entry.what, entry.who, entry.due, entry.since) == ("look", ("sre",), 1900.0, 1600.0)
    assert entry.text == "look at watch on Grafana"
    one = script.state.steps["watch"]
    assert asked_from(one, Look(paces=(Pace(every=MINUTE),))) == 1040.0


def test_release_that_only_owes_a_look_is_running() -> None:
    from cockpit.release.standing import current, standing  # noqa: PLC0415

    script = Script(looked()).feed("start\n+16m")
    assert standing(script.state) == "running"
    assert current(script.state) == script.state.steps["watch"]


def test_only_its_owner_and_the_captain_look() -> None:
    script = Script(looked()).feed("start")
    assert script.refusal("dee look watch") == "dee may not look at watch"
    script.feed("ana look watch")
    assert script.state.steps["watch"].looking.by == "ana"


def test_look_at_a_step_that_asks_for_none_is_refused() -> None:
    script = Script(make_plan(step("wait", "watch", seconds=60.0))).feed("start")
    assert script.refusal("ana look watch") == "watch asks for no look"


def test_looks_are_owed_in_a_hold_and_no_more_once_it_rolls_back() -> None:
    script = Script(looked(back=(step("do", "undo", text="undo"),))).feed("ana hold")
    assert "look watch" in script.waiting()
    script.feed("ana rollback rel\n+1h")
    assert "look watch" not in script.waiting()
    assert script.state.steps["watch"].looking.missed == 0


def test_late_look_is_escalated_along_the_list() -> None:
    plan = looked(answer_within={"warn": 5 * MINUTE}, escalation=("sre", "captain", "director"))
    script = Script(plan).feed("start")
    script.play("""
        < +19m
        < +1m
        escalated ana 1 watch
        < +5m
        escalated director 2 watch
        < +5m
        look-missed watch 1900.0 1900.0
    """)
    assert script.entries()[0].who == ("sre", "ana", "director")
    script.feed("dee look watch")
    assert script.entries()[0].who == ("sre",)


def test_without_a_time_to_answer_a_late_look_is_escalated_when_it_is_missed() -> None:
    Script(looked(escalation=("director",))).feed("start\n+29m").play("""
        < +1m
        look-missed watch 1900.0 1900.0
        escalated director 1 watch
    """)


def guarded(**fields: Any) -> Script:
    """A guard of a rule that must be acknowledged within five minutes."""
    rules = {"r": Rule(name="r", metric="m", answer_within=5 * MINUTE)}
    watch = step("guard", "watch", rules={"r": "warn"}, seconds=10 * HOUR)
    fields = {"rules": rules, "roles": ROLES, "escalation": ("captain", "sre", "director"), **fields}
    plan = make_plan(watch, **fields)
    return Script(plan).feed("r is failing")


def test_rule_that_nobody_acknowledges_is_escalated_from_the_captain_on() -> None:
    script = guarded()
    assert script.entries()[0].who == ("ana",)
    script.play("""
        < +5m
        escalated sre 1 r
        < +4m
        < +1m
        escalated director 2 r
        < +1h
    """)
    assert script.entries()[0].who == ("ana", "sre", "director")


def test_rule_that_was_acknowledged_is_not_escalated() -> None:
    guarded().feed("bo ack r").play("< +1h")


def test_verdict_that_changes_without_passing_puts_nothing_off() -> None:
    script = guarded().feed("+4m\nr is inconclusive\n+30s\nr is failing")
    script.play("""
        < +30s
        escalated sre 1 r
    """)


def test_rule_that_passes_begins_anew_with_the_captain() -> None:
    script = guarded().feed("+5m\nr is passing\nr is failing")
    assert script.entries()[0].who == ("ana",)
    script.play("""
        < +5m
        escalated sre 1 r
    """)


def test_rule_of_a_soak_is_to_be_acknowledged_too() -> None:
    rules = {"r": Rule(name="r", metric="m", answer_within=5 * MINUTE)}
    plan = make_plan(step("soak", "soak", rules=("r",), seconds=HOUR), rules=rules)
    script = Script(plan).feed("r is passing\n+1m\nr is failing")
    assert script.waiting() == ["acknowledgement soak r"]


def test_new_captain_changes_nothing_of_who_is_told_next() -> None:
    severities = (Severity(name="bad", means="Bad", action="warn", owner=("sre",)),)
    rules = {"r": Rule(name="r", metric="m", answer_within=5 * MINUTE, severity="bad")}
    script = guarded(rules=rules, severities=severities).feed("chen captain take")
    script.play("""
        < +5m
        escalated director 1 r
        < ana captain take
        captain-changed ana
        < +1h
    """)
    assert script.entries()[0].who == ("ana", "sre", "director")


def test_role_that_nobody_has_yet_is_passed_over() -> None:
    roles = {**ROLES, "oncall": Role(title="On call", people=(), assigned=True)}
    script = guarded(roles=roles, escalation=("captain", "oncall", "director"))
    script.play("""
        < +5m
        escalated director 2 r
        < +1h
    """)
    script = guarded(roles=roles, escalation=("captain", "oncall", "director")).feed("ana assign oncall bo")
    script.play("""
        < +5m
        escalated oncall 1 r
    """)


def test_looks_are_owed_and_made_while_a_batch_is_undone() -> None:
    deploy, undo = step("run", "deploy", undo="undeploy"), step("run", "undeploy", phase="back")
    assert isinstance(undo, Run)
    watch = step("do", "watch", text="x", look=Look(paces=(Pace(every=15 * MINUTE),)), after=("pause",))
    script = Script(make_plan(step("wait", "pause", seconds=1), deploy, watch, undos=(undo,)))
    script.feed("+1s\nhosts answer\nana back\n+15m")
    assert (script.state.back, [each for each in script.waiting() if "look" in each]) == ("deploy", ["look watch"])
    script.feed("ana look watch\n+15m\nall pass")
    assert script.state.steps["watch"].looking.missed == 0
