"""The sketch of the language loads, but for the keys that are still to come."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.cli.plan_text import plan_lines
from cockpit.playbook.load import Loaded, understand
from cockpit.playbook.node import Listing, Node, Table
from cockpit.playbook.plan import Guard, Plan, Probe, Run, Steady
from cockpit.playbook.problem import errors
from cockpit.playbook.resolve import resolve
from cockpit.playbook.source import read

SKETCH = Path(__file__).parents[3] / "shared" / "design" / "playbook-sketch.yaml"
LATER = {
    *("reviewed", "review_every", "runbook", "escalation", "notices", "records", "finally"),
    *("planned", "expires", "stream", "look", "unchanged", "fresh"),
}
GIVEN = {"version": "1.2.3", "previous": "7", "change": "schema"}

pytestmark = pytest.mark.skipif(not SKETCH.exists(), reason="the sketch lies beside the repository")


def present(node: Node) -> Node:
    """The tree without what is still to come: waivers and evidence of commands, notices, and the keys of LATER."""
    match node:
        case Listing(items=items):
            notices = [item for item in items if isinstance(item, Table) and "notice" in item.keys]
            return Listing(node.at, [present(item) for item in items if item not in notices])
        case Table(values=values):
            later = LATER | ({"waiver"} if "run" in values else set()) | ({"run", "on"} if "item" in values else set())
            kept = {key: present(value) for key, value in values.items() if key not in later}
            return Table(node.at, kept, {key: node.keys[key] for key in kept})
        case _:
            return node


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    root, findings = read(SKETCH)
    assert root is not None
    return understand("sketch", present(root), findings)


@pytest.fixture(scope="module")
def sketch(loaded: Loaded) -> Plan:
    assert loaded.world is not None
    return resolve(loaded.world, GIVEN, "ana")


def test_it_has_no_errors(loaded: Loaded) -> None:
    assert [str(problem) for problem in errors(loaded.problems)] == []


def test_it_measures_judges_and_asks(sketch: Plan) -> None:
    assert len(sketch.metrics) == 7
    assert len(sketch.rules) == 9
    assert set(sketch.decisions) == {"slow", "kpi"}
    assert sketch.before is not None
    assert (sketch.before.over, sketch.before.until) == (86400.0, "backup")


def test_its_guards_roll_back_hold_and_ask(sketch: Plan) -> None:
    canary, post = (step for step in sketch.steps if isinstance(step, Guard))
    assert (canary.rules["errors"], canary.seconds, canary.steady) == ("roll back", 1800.0, 300.0)
    assert (post.rules["slow"], post.rules["leak"], post.countdown) == ("decide", "warn", 30.0)


def test_its_way_back_is_proven_before_the_go_and_before_the_migration(sketch: Plan) -> None:
    assert sketch.rollback is not None
    first, second = sketch.phases[0].steps
    migrate = next(step for step in sketch.steps if step.id == "migrate")
    assert (first.after, second.after) == ((), ("backup",))
    assert migrate.after == ("backup", second.id)
    assert sketch.rollback.proofs == (first.id, second.id)


def test_it_checks_a_host_by_a_metrics_probe(sketch: Plan) -> None:
    deploy = next(step for step in sketch.steps if step.id == "deploy")
    source = sketch.metrics["health"].source
    assert isinstance(deploy, Run)
    assert isinstance(source, Probe)
    assert deploy.check is not None
    assert deploy.check.request == source.request


def test_its_way_back_ends_with_rules_that_pass(sketch: Plan) -> None:
    assert sketch.rollback is not None
    last = sketch.rollback.verify[-1]
    assert isinstance(last, Steady)
    assert (last.rules, last.seconds) == (("errors",), 300.0)


def test_all_of_it_can_be_printed(sketch: Plan) -> None:
    text = "\n".join(plan_lines(sketch))
    assert [name for name in (*sketch.metrics, *sketch.rules, *sketch.decisions) if f" {name}" not in text] == []
