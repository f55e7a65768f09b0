"""When the steps of the shipped playbooks are planned, how long they last, and how far they reach."""

from __future__ import annotations

import pytest

from cockpit.playbook import load as books
from cockpit.playbook.plan import Soak
from cockpit.rehearsal.written.load import params_of
from cockpit.rehearsal.written.place import find
from cockpit.release.ahead import length
from tests.playbooks.places import SHIPPED, at
from tests.playbooks.rehearsed import story
from tests.playbooks.test_thresholds import plan_of

ROWS = {
    "war-room": ("14:30", ["captain"]),
    "deploy-staging": ("14:40", ["qa"]),
    "go-no-go": ("14:55", ["product", "sre"]),
    "promote": ("15:00", ["captain"]),
    "canaries": ("15:10", ["qa"]),
    "sign-off": ("15:30", ["captain"]),
}


def minute(step: str) -> int:
    """The minute of the day for which a step of the cutover is planned."""
    hours, minutes = str(at("000", f"steps.{step}.planned")).split(":")
    return 60 * int(hours) + int(minutes)


def lasts(step: str) -> float:
    """How many minutes a step of the cutover is expected to take."""
    return length(next(each for each in plan_of("000").steps if each.id == step)) / 60


def test_cutover_has_its_six_rows_with_their_owners() -> None:
    steps = {step.id: step for step in plan_of("000").steps}
    assert {name: (str(at("000", f"steps.{name}.planned")), list(steps[name].owner)) for name in ROWS} == ROWS


def test_call_that_ends_behind_the_promotion_makes_it_late() -> None:
    assert minute("go-no-go") + lasts("go-no-go") == minute("promote") + 10


def test_synthetics_leave_no_slack_before_the_call() -> None:
    assert minute("deploy-staging") + 15 == minute("go-no-go")


def test_watching_ends_behind_the_sign_off_after_any_delay() -> None:
    found = story("netlify-trading", "happy")
    assert minute("promote") + lasts("watch") == minute("sign-off")
    assert found.started("sign-off") >= found.started("promote") + 30 * 60


@pytest.mark.parametrize(
    ("change", "hours"),
    [
        ("standard", 24),
        *((change, 48) for change in ("major", "schema", "strategy", "breaker", "reconciliation")),
        *((change, 4) for change in ("hotfix", "docs", "ui", "config")),
    ],
)
def test_soak_lasts_as_the_change_wants(change: str, hours: int) -> None:
    book = SHIPPED / "deploy-rollback.yaml"
    made = books.plan(book, {**params_of(find(book, "happy")), "change": change}, "root")
    (soak,) = (step for step in made.steps if isinstance(step, Soak))
    assert soak.seconds == hours * 3600


def test_shares_are_of_the_servers() -> None:
    groups = plan_of("003").groups
    assert [len(groups[name]) / len(groups["app"]) for name in ("canary", "graduated", "rest")] == [0.05, 0.2, 0.75]
