"""What must hold at a gate or before a step: rules, proofs of the way back, the baseline."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.analysis.rule import Compare, Level, Rule, Trigger
from cockpit.playbook.plan import Before, Plan, Rollback
from tests.release.script import Script, make_plan, step

RULES = {"r": Rule(name="r", metric="m")}
RELATIVE = Trigger(text="above 2x baseline", condition=Compare(how="above", level=Level("baseline", 2.0)))


def test_gate_stays_shut_while_a_rule_does_not_pass() -> None:
    script = Script(make_plan(step("gate", "go", passing=("r",)), rules=RULES)).feed("r is inconclusive")
    assert script.refusal("ana go go") == "go stays shut: r is inconclusive"
    assert script.feed("r is passing\nana go go").state.end == "done"


def test_gate_stays_shut_while_a_rule_was_never_measured() -> None:
    script = Script(make_plan(step("gate", "go", passing=("r",)), rules=RULES)).feed("start")
    assert script.refusal("ana go go") == "go stays shut: r was not measured yet"


def test_waiver_by_its_role_lets_a_criterion_pass_with_a_note() -> None:
    script = Script(make_plan(step("gate", "go", passing=("r",), waiver=("sre",)), rules=RULES)).feed("r is failing")
    assert script.refusal("ana waive r captain") == "captain may not waive at go"
    assert script.refusal("ana waive r sre") == "ana is not sre"
    assert script.refusal("chen waive r sre ''") == "this needs a note"
    assert script.refusal("chen waive x sre") == "x keeps no gate shut"
    assert script.feed("chen waive r sre\nana go go").state.end == "done"


def test_waiver_after_a_signature_asks_for_it_anew() -> None:
    gate = step("gate", "go", passing=("r",), waiver=("sre",), sign={"sre": 1})
    script = Script(make_plan(gate, rules=RULES)).feed("r is failing\nchen sign go sre yes\nchen waive r sre")
    assert script.waiting() == ["sign-off go sre"]


def test_waiver_counts_at_the_gate_where_its_role_may_give_it() -> None:
    gates = step("gate", "mine", passing=("r",), waiver=("sre",)), step("gate", "other", passing=("r",))
    plan = make_plan(*gates, rules=RULES)
    side_by_side = tuple(replace(gate, after=()) for gate in plan.steps)
    plan = replace(plan, phases=(replace(plan.phases[0], steps=side_by_side),))
    script = Script(plan).feed("r is failing\nchen waive r sre")
    assert script.refusal("chen waive r captain") == "captain may not waive at other"
    assert (list(script.state.steps["mine"].waived), list(script.state.steps["other"].waived)) == (["r"], [])


def proven() -> Plan:
    """A way back with one proof before the gate, and one that can come only after it."""
    plan = make_plan(
        step("run", "proof", after=()),
        step("gate", "go", proven=True, waiver=("sre",)),
        step("run", "late-proof"),
        step("run", "migrate"),
    )
    first, gate, late, migrate = plan.phases[0].steps
    steps = (first, replace(gate, after=()), replace(late, after=("go",)), migrate)
    back = Rollback(steps=(step("run", "undo"),), proofs=("proof", "late-proof"))
    return replace(plan, phases=(replace(plan.phases[0], steps=steps),), rollback=back)


def test_gate_waits_for_the_proof_that_can_be_given_before_it() -> None:
    script = Script(proven()).feed("hosts answer")
    assert script.refusal("ana go go") == "go stays shut: the way back is not proven: proof has not passed"
    assert script.feed("all pass\nana go go").state.steps["go"].status == "passed"


def test_skipped_proof_is_no_proof() -> None:
    script = Script(proven()).feed("hosts answer\nall fail\nana skip proof web-1")
    assert "proof was skipped" in script.refusal("ana go go")
    assert script.feed("chen waive rollback-proven sre\nana go go").state.steps["go"].status == "passed"


def test_later_proof_keeps_its_step_waiting() -> None:
    script = Script(proven()).feed("hosts answer\nall pass\nana go go\nall fail")
    assert script.state.steps["migrate"].status == "pending"


def test_baseline_is_recorded_before_the_cutover_begins() -> None:
    rules = {"r": Rule(name="r", metric="m", bad=RELATIVE)}
    script = Script(make_plan(step("run", "deploy"), rules=rules, before=Before(over=60, until="deploy")))
    script.play("""
        < start
        ! recordbaseline m
        < recorded m
        step-started deploy
        ! reach web-1
    """)
    assert script.state.baselines["m"][""].median == 2


def test_baseline_is_recorded_for_what_a_way_back_asks_before_the_cutover() -> None:
    rules = {"r": Rule(name="r", metric="m", bad=RELATIVE)}
    before = Before(over=60, until="deploy")
    calm = step("steady", "calm", rules=("r",), seconds=60.0)
    steps = (step("do", "call", text="call"), step("run", "deploy"))
    script = Script(
        make_plan(*steps, back=(step("do", "undo", text="undo"),), verify=(calm,), rules=rules, before=before)
    )
    script.feed("start\nana rollback rel\nana done undo")
    assert (script.state.steps["calm"].status, script.state.baselines) == ("pending", {})
    assert script.feed("recorded m").state.steps["calm"].status == "running"


def test_rule_that_must_pass_for_some_time_is_measured_anew() -> None:
    plan = make_plan(step("steady", "calm", rules=("r",), seconds=60.0), rules=RULES)
    script = Script(plan).feed("r is passing\n+59s")
    assert script.state.end is None
    script.feed("r is inconclusive\nr is passing\n+59s")
    assert script.state.end is None
    assert script.feed("+1s").state.end == "done"


def test_rule_that_nobody_measured_for_a_while_must_pass_for_as_long_anew() -> None:
    plan = make_plan(step("steady", "calm", rules=("r",), seconds=60.0), rules=RULES)
    script = Script(plan).feed("r is passing\n+59s\nrestarted 60\n+59s")
    assert script.state.end is None
    assert script.feed("+1s").state.end == "done"


def test_step_that_waits_for_rules_takes_at_least_one_sample() -> None:
    script = Script(make_plan(step("steady", "calm", rules=("r",)), rules=RULES)).feed("r is passing")
    assert script.state.end is None
    assert script.feed("+15s").state.end == "done"
