"""What happens in the shipped scenarios: the demands of the runbooks that only a whole release shows."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from cockpit.cli.rehearsing import prepared
from cockpit.playbook.plan import Checklist, Gate, Notice
from cockpit.rehearsal.written.place import playbook_of
from cockpit.release.events import (
    ITSELF,
    AttemptEnded,
    AttemptStarted,
    BackOrdered,
    Decided,
    DecisionOpened,
    Ended,
    FileSeen,
    GateOpened,
    Held,
    ItemTicked,
    Looked,
    LookMissed,
    NoticeTold,
    Overdue,
    RecordMade,
    Resumed,
    RoleAssigned,
    RollbackAnnounced,
    RollbackStarted,
    SignedOff,
    SoakBroken,
    Soaked,
    StepSkipped,
    Waived,
)
from tests.playbooks.places import BOOKS, SHIPPED
from tests.playbooks.rehearsed import Story, story

HOUR, DAY = 3600.0, 86400.0
EVERY = sorted(BOOKS.values())


SCENES = sorted(SHIPPED.glob("scenarios/*/*.yaml"), key=lambda path: path.stem != "happy")


@pytest.mark.parametrize("scene", SCENES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_scenario_ends_as_it_declares(scene: Path) -> None:
    found = story(scene.parent.name, scene.stem)
    assert found.state.end == prepared(playbook_of(scene), {}, scene.stem, "ana")[1].ends


@pytest.mark.parametrize("playbook", EVERY)
def test_at_least_three_things_go_wrong(playbook: str) -> None:
    assert len([path for path in SCENES if path.parent.name == playbook and path.stem != "happy"]) >= 3


def items(found: Story) -> dict[tuple[str, str], str]:
    """Every item of a checklist that was reached, with the step that ticks it; empty where people do."""
    reached = [step for step in (*found.plan.steps, *(found.plan.rollback or ())) if isinstance(step, Checklist)]
    there = {each.step for each in found.of(ItemTicked)}
    return {(step.id, item.id): item.by for step in reached if step.id in there for item in step.items}


@pytest.mark.parametrize("playbook", EVERY)
def test_boxes_that_can_tick_themselves_do(playbook: str) -> None:
    found = story(playbook, "happy")
    by = {(each.step, each.item): each.by for each in found.of(ItemTicked)}
    themselves = [name for name, step in items(found).items() if step]
    assert [name for name in themselves if by.get(name) != ITSELF] == []
    assert themselves


@pytest.mark.parametrize("playbook", EVERY)
def test_boxes_of_people_have_evidence(playbook: str) -> None:
    found = story(playbook, "happy")
    ticked = {(each.step, each.item): each for each in found.of(ItemTicked)}
    people = [name for name, step in items(found).items() if not step]
    assert [name for name in people if not ticked[name].evidence or ticked[name].by == ITSELF] == []
    assert people


@pytest.mark.parametrize("playbook", EVERY)
def test_every_checklist_is_complete_in_the_end(playbook: str) -> None:
    found = story(playbook, "happy")
    lists = [step.id for step in found.plan.steps if isinstance(step, Checklist)]
    statuses = {name: found.state.steps[name].status for name in lists}
    assert {name for name, status in statuses.items() if status not in ("passed", "skipped")} == set()


ORDERS = {
    "netlify-trading": (
        *("install", "branch-main", "build", "deploy-staging", "tag", "flags-before", "promote"),
        *("site-answers", "from-cdn", "functions-answer"),
    ),
    "production-checklist": ("preparation-backup", "deploy", "shift-10", "shift-50", "shift-100", "shifted-kept"),
    "deploy-rollback": (
        *("tests", "changes", "required-ci", "pull-staging", "build-staging", "up-staging", "see-staging"),
        *("health-staging", "smoke-staging", "tag", "checkout-tag", "backup", "build", "up", "see", "healthy"),
        *("running", "no-errors"),
    ),
    "staged-rollout": (
        *("backup-tag", "deploy-canary", "api-health", "site-answers", "deploy-graduated", "deploy-full"),
    ),
    "tradepulse": ("config", "smoke", "fast", "archive", "enable", "sanity", "promote", "telemetry", "archive-logs"),
}


@pytest.mark.parametrize("playbook", ORDERS)
def test_commands_run_in_the_order_of_the_runbook(playbook: str) -> None:
    assert story(playbook, "happy").ran(*ORDERS[playbook]) == [*ORDERS[playbook]]


BACK = {
    "netlify-trading-outage": ("unpack", "redeploy", "flags-back", "annotate", "old-site", "old-functions"),
    "deploy-rollback-migrated": (
        *("stop", "back", "up-database", "restore", "rebuild", "start-previous", "old-version", "old-logs"),
    ),
    "staged-rollout-canary-issue": ("undo-canary", "old-health"),
    "tradepulse-breach": ("freeze", "undo", "undo-canary", "smoke-prior"),
}


def split(name: str) -> tuple[str, str]:
    """Playbook and scenario in `playbook-scenario`."""
    playbook = next(book for book in EVERY if name.startswith(f"{book}-"))
    return playbook, name.removeprefix(f"{playbook}-")


@pytest.mark.parametrize("name", BACK)
def test_rollback_runs_in_the_order_of_the_runbook(name: str) -> None:
    found = story(*split(name))
    assert found.plan.rollback is not None
    assert found.ran(*(step.id for step in found.plan.rollback)) == [*BACK[name]]
    assert found.of(Ended)[-1].outcome == "rolled_back"


GUARDS = {
    "netlify-trading-watch": 0.5,
    "deploy-rollback-short-term": 25 / 60,
    "deploy-rollback-medium-term": 3.5,
    "staged-rollout-full-watch": 24,
    "tradepulse-post-release": 1,
}


@pytest.mark.parametrize("name", GUARDS)
def test_guard_lasts_as_long_as_the_runbook_wants(name: str) -> None:
    playbook, guard = split(name)
    found = story(playbook, "happy")
    assert found.passed(guard) - found.started(guard) == pytest.approx(GUARDS[name] * HOUR, abs=1)


SIGNERS = {
    "netlify-trading": {"go-no-go": ["design", "product", "qa", "sre"], "sign-off": ["captain"]},
    "production-checklist": {
        "technical": ["dba", "devops", "lead", "security"],
        "business": ["product", "risk", "support", "trading"],
        "approval": ["captain"],
    },
    "deploy-rollback": {"go": ["captain", "oncall", "stakeholder"]},
    "staged-rollout": {"proceed": ["backend", "devops", "frontend", "manager", "qa"]},
    "tradepulse": {"announcement": ["operations"], "go-no-go": ["captain", "owner", "qa", "risk", "sre"]},
}


def signers(found: Story, gate: str) -> list[str]:
    return sorted({each.role for each in found.of(SignedOff) if each.gate == gate and each.yes})


@pytest.mark.parametrize("playbook", SIGNERS)
def test_gate_is_signed_by_the_roles_that_the_runbook_names(playbook: str) -> None:
    found = story(playbook, "happy")
    assert {gate: signers(found, gate) for gate in SIGNERS[playbook]} == SIGNERS[playbook]


TOLD = {
    "netlify-trading": ["war-room", "support-before", "window", "completed", "support-after", "digest", "changelog"],
    "staged-rollout": ["announcement", "phase", "phase", "phase", "success"],
}


@pytest.mark.parametrize("playbook", TOLD)
def test_everybody_is_told(playbook: str) -> None:
    assert [each.notice for each in story(playbook, "happy").of(NoticeTold)] == TOLD[playbook]


KEPT = {
    "netlify-trading": ("happy", ["manifest", "release-ticket", "retrospective"]),
    "deploy-rollback": ("errors", ["postmortem"]),
    "tradepulse": ("happy", ["decision-log"]),
}


@pytest.mark.parametrize("playbook", KEPT)
def test_records_are_kept(playbook: str) -> None:
    scene, steps = KEPT[playbook]
    found = story(playbook, scene).of(RecordMade)
    assert [each.step for each in found] == steps
    assert all(each.sha256 and each.text.startswith("# ") for each in found)


def only(found: Story, rule: str) -> Decided:
    """The one decision about a rule."""
    (made,) = (each for each in found.of(Decided) if each.rule == rule)
    return made


# 000


def test_only_touched_surfaces_have_a_change_log() -> None:
    ticked = {each.item for each in story("netlify-trading", "happy").of(ItemTicked) if each.item.startswith("log-")}
    assert ticked == {"log-valuation"}


def test_commander_is_designated_during_the_call() -> None:
    found = story("netlify-trading", "happy")
    (assigned,) = found.of(RoleAssigned)
    assert assigned.role == "commander"
    assert found.started("deploy-staging") < found.when(assigned) < found.passed("go-no-go")


def test_incompatible_schema_is_flagged_to_sre() -> None:
    assert "incompatible" in [each.notice for each in story("netlify-trading", "quota").of(NoticeTold)]
    assert "incompatible" not in [each.notice for each in story("netlify-trading", "happy").of(NoticeTold)]


def test_tag_comes_behind_the_approvals() -> None:
    found = story("netlify-trading", "happy")
    signed = [found.when(each) for each in found.of(SignedOff) if each.gate == "go-no-go"]
    assert len(signed) == 4
    assert max(signed) < found.started("tag")


def test_manifest_has_commit_size_and_checksum() -> None:
    made = next(each for each in story("netlify-trading", "happy").of(RecordMade) if each.step == "manifest")
    assert all(word in made.text for word in ("Commit: 9e107d9", "Artifact size: 4.1M", "Checksum: 9f86d081"))


def test_hotfix_goes_out_on_a_saturday_by_a_waiver() -> None:
    found = story("netlify-trading", "hotfix")
    (waived,) = found.of(Waived)
    assert (waived.what, waived.role) == ("fits-window", "sre")
    assert found.started("promote") - found.passed("go-no-go") < 15 * 60
    ticked = {each.item for each in found.of(ItemTicked) if each.step in ("smoke", "audit")}
    assert {"valuation", "cause"} <= ticked
    assert found.ran("branch-hotfix", "promote") == ["branch-hotfix", "promote"]


def test_updates_come_every_half_hour_until_it_is_resolved() -> None:
    found = story("netlify-trading", "outage")
    told = next(step for step in found.plan.rollback or () if isinstance(step, Notice) and step.name == "incident")
    assert told.repeat == 1800.0
    assert "incident" in [each.notice for each in found.of(NoticeTold)]


def test_stakeholders_are_told_impact_and_next_checkpoint() -> None:
    told = next(each for each in story("netlify-trading", "outage").of(NoticeTold) if each.notice == "stakeholders")
    assert told.to == ("slack:#trading-release",)
    assert "Customers: played in a rehearsal Next checkpoint: played in a rehearsal" in told.text


def test_sev_2_is_decided_within_ten_minutes() -> None:
    found = story("netlify-trading", "sev-2")
    asked = next(each for each in found.of(DecisionOpened) if each.rule == "slow")
    made = only(found, "slow")
    assert (asked.due, made.option, made.by) == (found.when(asked) + 600, "roll back", ITSELF)
    assert found.when(made) == asked.due


def test_synthetics_that_do_not_pass_in_time_hold() -> None:
    found = story("netlify-trading", "synthetics")
    late = next(each for each in found.of(Overdue) if each.step == "synthetics")
    assert found.when(late) == pytest.approx(found.passed("deploy-staging") + 900, abs=1)
    assert any(found.when(held) == found.when(late) for held in found.of(Held))
    assert found.started("go-no-go") > found.when(late)


def test_rollback_deploys_the_artifact_of_its_tag() -> None:
    found = story("netlify-trading", "outage")
    assert found.ran("has-artifact", "unpack", "redeploy") == ["has-artifact", "unpack", "redeploy"]


# 001


def test_reported_corruption_rolls_back() -> None:
    found = story("production-checklist", "corruption")
    announced = next(each for each in found.of(RollbackAnnounced) if each.rule == "corruption")
    started = found.of(RollbackStarted)[0]
    assert found.when(started) - found.when(announced) == pytest.approx(30, abs=1)
    assert "Positions of two accounts differ" in started.note


def test_reported_degradation_asks_what_to_do() -> None:
    made = only(story("production-checklist", "degradation"), "degradation")
    assert made.option == "apply fix"


# 002


def test_soak_broken_at_hour_20_begins_anew() -> None:
    found = story("deploy-rollback", "soak-broken")
    (broken,) = found.of(SoakBroken)
    soaked = found.of(Soaked)[-1]
    pulled = [each for each in found.of(AttemptStarted) if each.step == "pull-staging"]
    assert found.when(broken) - found.when(pulled[0]) > 20 * HOUR
    assert len(pulled) == 2
    assert found.when(soaked) - found.when(pulled[1]) >= 24 * HOUR
    assert found.started("tag") > found.when(soaked)


def test_backup_is_handed_on_to_the_restore() -> None:
    found = story("deploy-rollback", "migrated")
    ended = [each.id for each in found.of(AttemptStarted) if each.step == "backup"]
    captured = next(each.captures for each in found.of(AttemptEnded) if each.id in ended)
    assert captured == {"backup_file": "backup_20260312_200512.sql"}
    assert found.ran("backup", "migrate", "restore") == ["backup", "migrate", "restore"]


def test_nothing_is_restored_where_nothing_was_migrated() -> None:
    assert story("deploy-rollback", "errors").ran("migrate", "restore", "up-database") == []


def test_errors_after_the_deploy_roll_back() -> None:
    found = story("deploy-rollback", "errors")
    announced = next(each for each in found.of(RollbackAnnounced) if each.rule == "errors")
    assert found.when(found.of(RollbackStarted)[0]) - found.when(announced) == pytest.approx(60, abs=1)


def test_errors_without_a_verdict_ask_and_roll_back_in_doubt() -> None:
    made = only(story("deploy-rollback", "unclear"), "more_errors")
    assert (made.option, made.by) == ("roll back", ITSELF)
    assert "errors" not in [each.rule for each in story("deploy-rollback", "unclear").of(RollbackAnnounced)]


def test_restore_meets_a_database_that_is_stopped() -> None:
    found = story("deploy-rollback", "database-stopped")
    assert found.state.steps["restore"].status != "passed"
    assert found.of(Ended)[-1].outcome == "failed"
    assert story("deploy-rollback", "migrated").state.steps["restore"].status == "passed"


def test_version_check_catches_the_wrong_image() -> None:
    found = story("deploy-rollback", "old-image")
    assert found.state.steps["up"].status == "passed"
    assert found.state.steps["healthy"].status != "passed"
    assert found.of(Ended)[-1].outcome == "rolled_back"


def test_way_back_behind_the_migration_is_asked_for_once_more() -> None:
    found = story("deploy-rollback", "migrated")
    asked = [each.about for each in found.of(DecisionOpened) if each.rule == "errors"]
    assert (asked, found.of(RollbackAnnounced)) == (["no return"], [])
    assert only(found, "errors").by != ITSELF


# 003


def test_phases_come_on_their_days() -> None:
    found = story("staged-rollout", "happy")
    first = found.records[0].at // DAY * DAY
    begun = [(found.started(step) - first) / HOUR for step in ("tell-canary", "tell-graduated", "tell-full")]
    assert begun == [pytest.approx(24 * day + 9, abs=1) for day in (1, 3, 5)]
    assert found.passed("staging-sign-off") < found.started("tell-canary")


def test_critical_at_25_goes_back_to_5() -> None:
    found = story("staged-rollout", "back-to-5")
    (back,) = found.of(BackOrdered)
    assert (back.step, set(back.hosts)) == ("deploy-graduated", {f"app-0{n}" for n in range(2, 6)})
    again = [
        each.number
        for each in found.of(AttemptStarted)
        if (each.step, each.host, each.part) == ("deploy-graduated", "app-02", "run")
    ]
    assert {*again} == {1, 2}
    assert found.of(RollbackStarted) == []
    assert found.ran("deploy-graduated", "deploy-full") == ["deploy-graduated", "deploy-full"]


def test_target_missed_without_an_alert_keeps_the_gate_shut() -> None:
    found = story("staged-rollout", "silent-zone")
    opened = [each.gate for each in found.of(GateOpened)]
    assert "canary-gate" in opened
    assert "graduated-gate" not in opened
    assert found.state.rules["warn_errors"].verdict == "passing"


def test_each_sign_off_opens_the_next() -> None:
    found = story("staged-rollout", "happy")
    opened = [each.gate for each in found.of(GateOpened)]
    gates = [step.id for step in found.plan.steps if isinstance(step, Gate)]
    assert opened == gates
    assert gates[-3:] == ["proceed", "successful", "next-sprint"]


def test_looks_are_due_as_often_as_the_runbook_says() -> None:
    found = story("staged-rollout", "happy")
    looked = {
        step: [found.when(each) for each in found.of(Looked) if each.step == step]
        for step in ("canary-logs", "graduated-watch", "full-watch", "daily")
    }
    widest = {step: max(b - a for a, b in pairwise(moments)) for step, moments in looked.items()}
    assert (widest["canary-logs"] <= 960, widest["graduated-watch"] <= 360, widest["daily"] <= DAY + 60) == (True,) * 3
    begun = found.started("full-watch")
    first = [moment for moment in looked["full-watch"] if moment < begun + HOUR]
    later = [moment for moment in looked["full-watch"] if begun + HOUR <= moment < begun + 8 * HOUR]
    assert (len(first) >= 58, len(later) >= 80) == (True, True)
    assert found.of(LookMissed) == []


# 004


def test_two_time_zones_sign() -> None:
    found = story("tradepulse", "happy")
    gate = next(step for step in found.plan.steps if step.id == "go-no-go")
    assert isinstance(gate, Gate)
    zones = {found.plan.people[each.by] for each in found.of(SignedOff) if each.gate == "go-no-go"}
    assert (gate.zones, len(zones) >= 2) == (2, True)


def test_restore_point_is_asked_for_where_data_change() -> None:
    for scene, wanted in (("happy", False), ("downgrade", True)):
        ticked = [each.item for each in story("tradepulse", scene).of(ItemTicked)]
        assert ("data" in ticked) is wanted


def test_page_holds_until_nobody_is_paged() -> None:
    found = story("tradepulse", "paged")
    held = next(each for each in found.of(Held) if "paged" in each.rules)
    resumed = next(each for each in found.of(Resumed) if found.when(each) > found.when(held))
    assert found.when(resumed) - found.when(held) >= 600
    assert found.started("promote") > found.when(resumed)


def test_smoke_that_fails_twice_rolls_back() -> None:
    found = story("tradepulse", "smoke-twice")
    tries = [each for each in found.of(AttemptStarted) if each.step == "smoke"]
    started = found.of(RollbackStarted)[0]
    assert (len(tries), started.by) == (2, ITSELF)
    assert found.ran("promote", "enable", "undo") == []


def test_migration_that_cannot_be_undone_asks_the_captain() -> None:
    found = story("tradepulse", "downgrade")
    tries = [each for each in found.of(AttemptStarted) if each.step == "downgrade"]
    skipped = next(each for each in found.of(StepSkipped) if each.step == "downgrade")
    assert (len(tries), skipped.by) == (2, "root")


def test_reported_breach_rolls_back() -> None:
    assert "breach" in [each.rule for each in story("tradepulse", "breach").of(RollbackAnnounced)]


def test_divergence_passes_only_by_risk() -> None:
    (waived,) = story("tradepulse", "divergence").of(Waived)
    assert (waived.step, waived.role) == ("config", "risk")


def test_manifest_that_changes_holds_everything() -> None:
    found = story("tradepulse", "manifest")
    seen = [(each.path, each.sha256) for each in found.of(FileSeen)]
    assert len(seen) == 3
    assert (seen[0] == seen[2], seen[0] == seen[1]) == (True, False)
    changed, mended = (found.when(each) for each in found.of(FileSeen)[1:])
    between = [each for each in found.of(AttemptStarted) if changed < found.when(each) < mended]
    assert (between, mended - changed >= 44 * 60) == ([], True)
