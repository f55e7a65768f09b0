"""What was missed, and what to change."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.playbook.plan import Decision
from tests.release.script import make_plan, step
from tests.report.played import Played, deployed, guarded


def test_rule_that_nobody_acknowledged_in_time_is_missed() -> None:
    found = deployed(r="warn").then("r is failing\n+3m\nana ack r").score()
    assert found.missed == ("nobody acknowledged r by 00:23:40, within 2:00",)


def test_rule_acknowledged_in_time_is_not_missed() -> None:
    assert deployed(r="warn").then("r is failing\n+1m\nana ack r\n+5m").score().missed == ()


def test_rule_that_no_guard_watches_is_not_missed() -> None:
    assert Played(guarded()).then("hosts answer\nr is failing\n+20m\nr is passing").score().missed == ()


def test_decision_by_default_is_missed() -> None:
    ask = Decision(name="r", ask="And now?", options=("hold", "roll back"), deadline=60.0, default="hold")
    played = Played(replace(guarded(r="decide"), decisions={"r": ask}))
    found = played.then("hosts answer\nall pass\nr is passing\nr is failing\n+1m").score()
    assert found.missed == ("nobody decided about r in time: hold was the default",)


def test_gate_that_is_refused_is_missed() -> None:
    found = Played(make_plan(step("gate", "go"))).then("ana no-go go 'not yet'").score()
    assert found.missed == ("ana said no-go for go at 00:16:40: it had to be asked for again",)


def test_step_that_takes_much_longer_is_told() -> None:
    found = Played(make_plan(step("run", "a", takes=60.0))).then("hosts answer\n+5m\nall pass").score()
    assert found.advice == ("a took 5:00, 1:00 were planned: let `takes` say so, or make it faster",)


def test_step_that_takes_a_little_longer_is_not_told() -> None:
    found = Played(make_plan(step("run", "a", takes=60.0))).then("hosts answer\n+110s\nall pass").score()
    assert found.advice == ()


def test_gate_that_waits_for_people_is_told() -> None:
    found = Played(make_plan(step("gate", "go", takes=60.0))).then("+5m\nana go go").score()
    assert found.advice == ("go waited 5:00 for people and took 5:00, 1:00 were planned: ask them earlier",)


def test_step_that_does_not_say_how_long_is_told() -> None:
    found = Played(make_plan(step("run", "a"))).then("hosts answer\n+10m\nall pass").score()
    assert found.advice == ("a took 10:00 and the plan expects nothing of it: say how long with `takes`",)


def test_step_that_a_fault_was_felt_in_says_nothing_of_the_plan() -> None:
    played = Played(make_plan(step("run", "a", takes=10.0))).strike("wrong-exit")
    found = played.then("hosts answer\nall fail\n+4m\nana retry a web-1\n+4m\nall pass").score()
    assert found.advice == ()


def test_rule_that_causes_something_without_a_fault_is_told() -> None:
    found = deployed().then("r is failing").score()
    assert found.advice[0].startswith("r caused something at 00:21:40 without a fault")


def test_rule_that_is_meant_to_roll_back_is_not_told() -> None:
    played = deployed(r="roll back").then("r is failing\n+30s\nhosts answer\nall pass")
    assert played.score("rolled_back").advice == ()


def test_fault_that_is_noticed_late_is_told() -> None:
    found = deployed(r="hold").strike("errors", metric="m").then("+6m\nr is failing").score()
    assert found.advice[0] == "the-errors was noticed only after 6:00 (r is failing): a tighter rule would be sooner"


def test_fault_that_nobody_decides_about_is_told() -> None:
    found = deployed(r="warn").strike("errors", metric="m").then("r is failing").score()
    assert found.advice[0].startswith("nobody decided about the-errors")


def test_fault_of_a_metric_without_a_rule_asks_for_one() -> None:
    found = deployed().strike("errors", metric="other").score()
    assert found.advice[0] == "nothing noticed the-errors (errors of other): write a rule for what it met"
