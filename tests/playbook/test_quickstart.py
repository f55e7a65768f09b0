"""The shipped playbook keeps what it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.playbook.load import check, plan
from cockpit.playbook.plan import Gate, Guard, Http, Plan, Run, Steady, Step, Wait
from cockpit.playbook.shell.uses import assigned, uses

QUICKSTART = Path(__file__).parents[2] / "playbooks" / "quickstart.yaml"


@pytest.fixture(scope="module")
def quickstart() -> Plan:
    return plan(QUICKSTART, {"version": "1.1.0", "previous": "1.0.0"}, "ana")


def written(quickstart: Plan) -> list[Step]:
    """The steps forward, without the proofs of the way back."""
    assert quickstart.rollback is not None
    return [step for step in quickstart.steps if step.id not in quickstart.rollback.proofs]


def touching(quickstart: Plan) -> list[tuple[str, frozenset[str]]]:
    """Gates, and the hosts that each step touches, in order."""
    return [(step.id, hosts(step)) for step in written(quickstart) if hosts(step) or isinstance(step, Gate)]


def hosts(step: Step) -> frozenset[str]:
    return frozenset(step.hosts) if isinstance(step, Run | Http) else frozenset()


def test_it_lints_without_a_word() -> None:
    assert check(QUICKSTART) == []


def test_no_host_is_touched_before_its_gate(quickstart: Plan) -> None:
    touched = dict(touching(quickstart))
    order = list(touched)
    assert order[0] == "go"
    before_the_rest = order[: order.index("go-on")]
    assert frozenset().union(*(touched[name] for name in before_the_rest)) == {"web-1"}
    assert frozenset().union(*touched.values()) == {"web-1", "web-2", "web-3"}


def test_every_step_waits_for_the_one_before(quickstart: Plan) -> None:
    steps = written(quickstart)
    assert [step.after for step in steps[1:]] == [(step.id,) for step in steps[:-1]]


def test_every_host_is_backed_up_before_it_is_changed(quickstart: Plan) -> None:
    steps = {step.id: step for step in quickstart.steps if isinstance(step, Run)}
    for which in ("first", "others"):
        assert steps[f"backup-{which}"].hosts == steps[f"deploy-{which}"].hosts


def test_every_value_of_every_command_is_quoted(quickstart: Plan) -> None:
    commands = [step.command for step in (*quickstart.steps, *(quickstart.rollback or ())) if isinstance(step, Run)]
    bare = [use.name for text in commands for use in uses(text) if use.bare and use.name not in assigned(text)]
    assert (bare, len(commands)) == ([], 9)


def test_titles_fit_the_timeline(quickstart: Plan) -> None:
    titles = [step.title for step in (*quickstart.steps, *(quickstart.rollback or ()))]
    assert [title for title in titles if len(title) > 18] == []


def test_every_step_says_how_long_it_takes(quickstart: Plan) -> None:
    steps = (*quickstart.steps, *(quickstart.rollback or ()))
    assert [step.id for step in steps if step.takes is None and not isinstance(step, Guard | Wait)] == []


def test_every_host_that_is_changed_is_watched_before_the_release_goes_on(quickstart: Plan) -> None:
    order = [step.id for step in written(quickstart) if step.id.startswith(("deploy", "watch", "go"))]
    assert order == ["go", "deploy-first", "watch-first", "go-on", "deploy-others", "watch-all"]


def test_every_rule_is_watched_by_every_guard(quickstart: Plan) -> None:
    guards = [step for step in quickstart.steps if isinstance(step, Guard)]
    assert [guard.rules.keys() for guard in guards] == [quickstart.rules.keys()] * 2


def test_every_gate_asks_for_every_rule(quickstart: Plan) -> None:
    gates = [step for step in quickstart.steps if isinstance(step, Gate)]
    assert [set(gate.passing) for gate in gates] == [quickstart.rules.keys()] * 2
    assert [gate.proven for gate in gates] == [True, False]


def test_roles_are_the_current_login(quickstart: Plan) -> None:
    assert {role.people for role in quickstart.roles.values()} == {("ana",)}


def test_the_way_back_is_proven_by_version_metrics_and_data(quickstart: Plan) -> None:
    assert quickstart.rollback is not None
    version, well, *data = quickstart.rollback.verify
    assert isinstance(version, Http)
    assert isinstance(well, Steady)
    assert well.rules == ("errors", "down")
    assert version.request.expect.json["version"] == "{{ previous }}"
    assert [hosts(step) for step in data] == [{"web-1"}, {"web-2", "web-3"}]
