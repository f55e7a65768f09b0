"""What hosts go through, folded from what is recorded."""

from __future__ import annotations

import pytest

from cockpit.rehearsal.acting import FLOOD
from cockpit.rehearsal.world import AWAY
from cockpit.release.events import FaultBegan
from tests.rehearsal.ground import Ground

UP = "steps: {up: {takes: 10s, sets: {version: '2'}, prints: up}, back-up: {takes: 4s, prints: saved}}\n"


def passed(ground: Ground, seconds: float) -> None:
    ground.pace.passed(seconds, whole=True)


def test_fact_is_one_once_its_command_has_ended() -> None:
    ground = Ground("hosts: {web: {version: '1'}}\n" + UP)
    ground.begin("up", "web-1")
    known = []
    for _ in range(3):
        known.append(ground.known("web-1")["version"])
        passed(ground, 5.0)
    assert known == ["1", "1", "2"]
    assert ground.known("web-2") == {"version": "1"}


def test_command_that_fails_changes_nothing() -> None:
    ground = Ground(UP)
    ground.strike("wrong-exit", step="up")
    ground.begin("up", "web-1")
    passed(ground, 3600.0)
    assert ground.known("web-1") == {}


@pytest.mark.parametrize(("after", "known"), [(5.0, {}), (20.0, {"version": "2"})])
def test_command_that_is_stopped_changes_what_it_had_done(after: float, known: dict[str, str]) -> None:
    ground = Ground(UP)
    attempt = ground.begin("up", "web-1")
    passed(ground, after)
    ground.stopped(attempt)
    passed(ground, 60.0)
    assert ground.known("web-1") == known


def test_attempts_that_overlap_keep_each_other_s_facts() -> None:
    ground = Ground("steps: {count: {takes: 10s, sets: {a: '1'}}, back-up: {takes: 4s, sets: {b: '2'}}}\n")
    ground.begin("count")
    passed(ground, 2.0)
    ground.begin("back-up")
    passed(ground, 6.0)
    assert ground.known("db-1") == {"b": "2"}
    passed(ground, 6.0)
    assert ground.known("db-1") == {"a": "1", "b": "2"}


def test_reboot_loses_what_runs_and_no_more() -> None:
    ground = Ground(UP)
    early = ground.begin("back-up", "db-1")
    passed(ground, 6.0)
    late = ground.begin("up", "web-1")
    other = ground.begin("up", "web-2")
    passed(ground, 5.0)
    ground.strike("host-reboot", "web-1", "db-1")
    passed(ground, 60.0)
    assert [ground.site.truth(each, ground.pace.now()) for each in (early, late, other)] == [True, False, True]
    assert (ground.known("web-1"), ground.known("web-2")) == ({}, {"version": "2"})
    assert (ground.site.boots("web-1"), ground.site.boots("web-2")) == (1, 0)


def test_host_that_is_rebooted_is_away_for_a_while() -> None:
    ground = Ground()
    ground.strike("host-reboot", "web-1")
    assert ground.site.away("web-1", ground.pace.now() + AWAY - 1)
    assert not ground.site.away("web-1", ground.pace.now() + AWAY)
    assert not ground.site.away("web-2", ground.pace.now())


def test_nothing_starts_on_a_host_that_is_away() -> None:
    ground = Ground(UP)
    ground.strike("host-down", "web-1", lasts=30.0)
    doing = ground.site.doing(ground.begin("up", "web-1"))
    passed(ground, 60.0)
    assert doing.refused == "web-1 does not answer: host-down"
    assert (ground.known("web-1"), ground.site.truth(doing.id, ground.pace.now())) == ({}, False)


def test_full_disk_lets_nothing_start() -> None:
    ground = Ground(UP)
    ground.strike("disk-full", "web-1", lasts=30.0)
    refused = [bool(ground.site.doing(ground.begin("up", host)).refused) for host in ("web-1", "web-2")]
    passed(ground, 30.0)
    again = ground.site.doing(ground.begin("up", "web-1", number=2))
    assert (refused, again.refused) == ([True, False], "")


def test_wrong_exit_is_that_of_one_attempt() -> None:
    ground = Ground()
    ground.strike("wrong-exit", step="up", value=7.0)
    codes = [ground.site.doing(ground.begin("up", host)).habit.code for host in ("web-1", "web-2")]
    assert codes == [7, 0]


def test_wrong_exit_waits_for_its_step_and_host() -> None:
    ground = Ground()
    ground.strike("wrong-exit", "web-2", step="up")
    begun = [ground.begin("count"), ground.begin("up", "web-1"), ground.begin("up", "web-2")]
    assert [ground.site.doing(each).habit.code for each in begun] == [0, 0, 1]


def test_check_is_spared() -> None:
    ground = Ground()
    ground.strike("hang", step="up")
    assert ground.site.doing(ground.begin("up", "web-1", part="check")).habit.seconds is not None
    assert ground.site.doing(ground.begin("up", "web-1")).habit.seconds is None


def test_flood_is_that_of_one_attempt() -> None:
    ground = Ground(UP)
    ground.strike("flood", step="up")
    sizes = [
        len(ground.site.doing(ground.begin("up", host)).printed(ground.pace.now() + 60)) for host in ("web-1", "web-2")
    ]
    assert sizes[0] > FLOOD * 0.9
    assert sizes[1] < 100


def test_fault_that_comes_with_a_step_meets_its_first_attempts() -> None:
    """The step, its attempts and the fault are of one moment, and the fault is recorded last."""
    ground = Ground(UP + "faults: [{id: it, fault: wrong-exit, with: up, exits: 3}]\n")
    assert ground.site.doing(ground.begin("up", "web-1")).habit.code == 3


def test_fault_is_spent_once_though_it_is_recorded_later() -> None:
    ground = Ground(UP + "faults: [{id: it, fault: wrong-exit, with: up, exits: 3}]\n")
    ground.begin("up", "web-1")
    ground.happen(_recorded())
    assert ground.site.doing(ground.begin("up", "web-2")).habit.code == 0


def _recorded() -> FaultBegan:
    return FaultBegan(fault="it", kind="wrong-exit", step="up", value=3.0)


def test_slow_host_takes_so_many_times_as_long() -> None:
    ground = Ground(UP)
    ground.strike("host-slow", "web-1", value=3.0, lasts=60.0)
    assert [ground.site.doing(ground.begin("up", host)).habit.seconds for host in ("web-1", "web-2")] == [30.0, 10.0]
