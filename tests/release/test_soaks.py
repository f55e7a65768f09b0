"""Soaks: time that counts while rules pass, begun anew when one fails, and redeployed by the captain."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.analysis.rule import NoData, Rule
from cockpit.playbook.plan import Item, Phase, Plan, Run, Soak, Step
from cockpit.release.events import EngineStarted
from cockpit.release.soaking import soak_end
from tests.release.script import Script, make_plan, step

HOUR = 3600.0


def soaked(
    *before: Step,
    no_data: NoData = "hold",
    after: tuple[Step, ...] = (),
    steps_before: tuple[str, ...] = (),
    **fields: object,
) -> Plan:
    """A plan with a soak of an hour, between other steps; it waits for `steps_before`, or the one before it."""
    rules = {name: Rule(name=name, metric="m", no_data=no_data) for name in ("r", "q")}
    soak = step("soak", "soak", rules=("r", "q"), after=steps_before, **{"seconds": HOUR, **fields})
    return make_plan(*before, soak, *after, rules=rules, back=(step("run", "undo"),))


def running(**fields: object) -> Script:
    """A soak whose rules pass."""
    script = Script(soaked(**fields))  # type: ignore[arg-type]  # fields of the soak
    return script.feed("r is passing\nq is passing")


def test_time_counts_once_all_rules_pass() -> None:
    Script(soaked()).feed("r is passing\n+10m").play("""
        < q is passing
        soak-began soak
        < +59m
        < +1m
        soaked soak 1600.0 5200.0 0.0
        step-passed soak
        ended done
    """)


def test_rule_that_fails_at_first_breaks_nothing() -> None:
    script = Script(soaked()).feed("r is failing\nq is passing\n+2h")
    assert script.state.steps["soak"].soaking.breaks == 0
    script.play("""
        < r is passing
        soak-began soak
    """)


def test_broken_soak_is_said_once_and_begins_anew() -> None:
    script = running().feed("+59m")
    script.play("""
        < r is failing
        soak-broken soak r r is failing
        < q is failing
        < q is passing
        < +2h
        < r is passing
        soak-began soak
        < +59m
        < +1m
        soaked soak 11740.0 15340.0 1 0.0
        step-passed soak
        ended done
    """)


@pytest.mark.parametrize("verdict", ["inconclusive", "no-data", "error"])
def test_gap_does_not_count_and_breaks_nothing(verdict: str) -> None:
    script = running().feed("+30m")
    script.play(f"""
        < r is {verdict}
        soak-paused soak r r is {verdict.replace("-", " ")}
        < +20m
        < r is passing
        soak-began soak
        < +29m
        < +1m
        soaked soak 1000.0 5800.0 1200.0
        step-passed soak
        ended done
    """)


def test_rule_that_fails_out_of_a_gap_breaks_it() -> None:
    script = running().feed("+30m\nr is no-data\n+1m")
    script.play("""
        < r is failing
        soak-broken soak r r is failing
    """)
    assert script.state.steps["soak"].soaking.counted == 0.0


def test_no_data_breaks_it_where_that_is_as_bad() -> None:
    script = running(no_data="fail").feed("+30m\nr is no-data")
    assert script.state.steps["soak"].soaking.breaks == 1


def test_no_data_counts_where_that_is_as_good() -> None:
    assert running(no_data="pass").feed("+30m\nr is no-data\n+30m").state.end == "done"


def test_soak_goes_on_through_a_hold() -> None:
    script = running(after=(step("do", "call", text="call"),)).feed("ana hold\n+1h")
    assert script.state.steps["soak"].status == "passed"
    assert script.state.steps["call"].status == "pending"


def test_soak_that_another_rule_breaks_as_its_time_is_over_is_broken() -> None:
    script = running().feed("+59m")
    script.now += 60
    script.play("""
        < r is failing
        soak-broken soak r r is failing
    """)


def redeployable() -> Script:
    """A soak behind a build, a deploy and a check, of which the first two are done again."""
    before = (step("run", "build"), step("run", "deploy"), step("run", "check"))
    after = (step("gate", "go", sign={"sre": 1}), step("run", "prod", hosts=("web-2",)))
    waits = ("check", "build", "deploy")
    plan = soaked(*before, after=after, steps_before=waits, redeploy=("build", "deploy"))
    script = Script(plan).feed("hosts answer\nall pass\nall pass\nall pass\nr is passing\nq is passing")
    assert script.state.steps["soak"].status == "running"
    return script


def test_retry_of_a_soak_does_its_steps_again_and_then_all_of_it() -> None:
    script = redeployable().feed("+30m\nr is failing")
    script.play("""
        < ana retry soak
        redeploy-ordered soak build,deploy
        step-started build
        attempt-started build web-1 run 2
        ! try build web-1 run 2
        < all pass
        host-passed build web-1
        step-passed build
        step-started deploy
        attempt-started deploy web-1 run 2
        ! try deploy web-1 run 2
    """)
    script.feed("r is passing\nall pass")
    soak = script.state.steps["soak"]
    assert (soak.status, soak.soaking.breaks, soak.started) == ("running", 0, script.now)
    assert script.state.steps["check"].status == "passed"


def test_soak_that_is_complete_is_redeployed_until_something_comes_after_it() -> None:
    script = redeployable().feed("+1h")
    assert script.waiting() == ["sign-off go sre"]
    script.feed("ana retry soak")
    assert script.state.steps["go"].status == "pending"
    script.feed("all pass\nall pass\n+1h\nchen sign go sre yes\nana go go\nhosts answer")
    assert script.refusal("ana retry soak") == "prod has begun, and comes after soak"


def test_only_the_captain_redeploys() -> None:
    assert redeployable().refusal("bo retry soak") == "only the captain may do this, and bo is not"


def test_soak_whose_turn_has_not_come_is_not_redeployed() -> None:
    script = redeployable().feed("ana retry soak")
    assert script.refusal("ana retry soak") == "soak has not begun"


def test_rule_that_fails_while_a_batch_is_undone_breaks_a_soak_beside_it() -> None:
    pause = step("wait", "pause", seconds=1)
    deploy = step("run", "deploy", hosts=("web-1", "web-2"), batches=(("web-1",), ("web-2",)), undo="undeploy")
    soak = step("soak", "soak", rules=("r",), seconds=HOUR, after=("pause",))
    undo = step("run", "undeploy", hosts=("web-1", "web-2"), phase="back")
    assert isinstance(undo, Run)
    plan = make_plan(pause, deploy, soak, rules={"r": Rule(name="r", metric="m")}, undos=(undo,))
    script = Script(plan).feed("+1s\nr is passing\nhosts answer\n+50m\nana back\nr is failing\nr is passing\n+59m")
    assert (script.state.back, script.state.steps["soak"].soaking.breaks) == ("deploy", 1)
    script.feed("+2m")
    assert script.state.steps["soak"].status == "running"


def test_checklist_that_is_done_again_ticks_itself_anew() -> None:
    ready = step("checklist", "ready", items=(Item(id="i", title="I", by="ready-i"),))
    shows = step("run", "ready-i", ticks="ready")
    soak = step("soak", "soak", rules=("r",), seconds=HOUR, redeploy=("ready",), after=("ready",))
    plan = make_plan(ready, step("wait", "pause", seconds=0.1), rules={"r": Rule(name="r", metric="m")})
    plan = replace(plan, phases=(Phase(name="main", steps=(ready, shows, soak)),), groups={"web": ("web-1",)})
    script = Script(plan).feed("hosts answer\nall pass\nr is passing\n+1m\nana retry soak")
    assert [script.state.steps[name].status for name in ("ready", "ready-i")] == ["running", "running"]
    script.feed("all pass")
    assert script.state.steps["soak"].status == "running"


def test_batch_that_is_taken_back_after_a_redeploy_was_ordered_is_the_one_of_the_last_step_that_was_begun() -> None:
    steps = [step("run", name, undo=f"{name}-back") for name in ("build", "deploy")]
    undos = [step("run", f"{name}-back", phase="back") for name in ("build", "deploy")]
    plan = soaked(*steps, redeploy=("deploy",))
    script = Script(replace(plan, undos=tuple(each for each in undos if isinstance(each, Run))))
    script.feed("hosts answer\nall pass\n+5s\nall pass\nana hold\nana retry soak\nana back")
    assert script.state.back == "deploy"


@pytest.mark.parametrize(("alive", "left"), [(3000.0, 1555.0), (4470.0, 100.0), (None, 100.0)])
def test_time_in_which_no_engine_measured_does_not_count(alive: float | None, left: float) -> None:
    script = running().feed("+3500s")
    script._record(EngineStarted(epoch=2, pid=1, machine="m", version="0", alive=alive), quiet=True)
    script.settle()
    one = script.state.steps["soak"]
    assert isinstance(one.step, Soak)
    assert soak_end(script.state, one, one.step) == script.now + left


def test_gap_between_two_engines_is_told_as_the_soak_is_over() -> None:
    script = running().feed("+30m")
    script.play("""
        < restarted 1245
        < +29m
        < +15s
        soaked soak 1000.0 5800.0 1200.0
        step-passed soak
        ended done
    """)


def test_time_without_an_engine_is_not_taken_off_what_was_counted_before() -> None:
    script = running().feed("+30m\nr is no-data\n+10m\nrestarted 600\nr is passing")
    assert script.state.steps["soak"].soaking.counted == 1800.0
