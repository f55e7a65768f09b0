"""When a fault counts as noticed, decided and restored."""

from __future__ import annotations

import pytest

from cockpit.release.events import FaultKind, VerdictChanged
from tests.release.script import make_plan, step
from tests.report.played import Played, deployed, times


def test_fault_of_a_metric_is_noticed_decided_and_restored_by_its_rule() -> None:
    played = deployed().strike("errors", metric="m", lasts=60.0).then("+30s\nr is failing\n+1m\nr is passing\n+10s")
    fault = played.fault()
    assert times(fault) == (30.0, 30.0, 90.0)
    assert (fault.sign, fault.answer) == ("r is failing", "held by itself: r is failing")


def test_rule_on_another_metric_does_not_notice_it() -> None:
    played = deployed().strike("errors", metric="n").then("+30s\nr is failing")
    assert times(played.fault()) == (None, None, None)


def test_verdict_long_after_its_end_is_not_of_it() -> None:
    played = deployed(r="warn").strike("errors", metric="m", lasts=60.0).then("+20m\nr is failing")
    assert played.fault().noticed is None


def test_first_verdict_without_data_is_no_sign() -> None:
    played = Played(deployed().state.the_plan).strike("errors", metric="m").then("r is no-data\n+1m\nr is inconclusive")
    assert played.fault().noticed == 60.0


def test_warning_is_decided_only_by_a_person() -> None:
    played = deployed(r="warn").strike("latency", metric="m").then("+10s\nr is failing\n+20s\nana rollback rel")
    assert times(played.fault()) == (10.0, 30.0, None)
    assert played.then("hosts answer\n+40s\nall pass").fault().restored == 70.0


def test_countdown_decides_when_it_is_announced() -> None:
    played = deployed(r="roll back").strike("errors", metric="m").then("+10s\nr is failing\n+5s\nana veto r")
    assert (played.fault().decided, played.fault().answer) == (
        10.0,
        "r will roll back at 00:22:20 unless it is vetoed",
    )


def test_rule_that_fails_again_is_restored_anew() -> None:
    played = deployed(r="warn").strike("errors", metric="m").then("r is failing\n+1m\nr is passing")
    assert played.fault().restored == 60.0
    assert played.then("r is failing").fault().restored is None


def test_host_that_is_down_is_noticed_when_it_does_not_answer() -> None:
    played = Played(make_plan(step("run", "a"))).strike("host-down", hosts=("web-1",))
    played.then("+5s\nunreachable web-1 gone\n+60s\nana retry a web-1\n+5s\nhosts answer\n+10s\nall pass")
    assert times(played.fault()) == (5.0, 65.0, 80.0)


def test_other_host_does_not_notice_it() -> None:
    plan = make_plan(step("run", "a", hosts=("web-1", "web-2"), batches=(("web-1", "web-2"),)))
    played = Played(plan).strike("host-down", hosts=("web-1",)).then("hosts answer\nended a web-2 run 1 1")
    assert played.fault().noticed is None


def test_lost_link_that_comes_back_needs_no_decision() -> None:
    played = Played(make_plan(step("run", "a"))).then("hosts answer").strike("link-lost", hosts=("web-1",))
    played.then("+1s\nlost web-1\n+9s\nreached web-1\n+5s\nall pass")
    assert times(played.fault()) == (1.0, None, 10.0)


def test_rule_judged_on_the_host_notices_that_it_is_slow() -> None:
    played = deployed(q="warn").strike("host-slow", hosts=("web-1",))
    played.then("+7s")
    played._record(_verdict("q", "web-1"), quiet=True)
    assert played.fault().noticed == 7.0


def test_wrong_exit_is_noticed_by_the_next_attempt_alone() -> None:
    played = Played(make_plan(step("run", "a"), step("run", "b"))).strike("wrong-exit", step="a")
    played.then("hosts answer\n+5s\nall fail\n+10s\nana retry a web-1\n+5s\nall pass\n+5s\nall fail")
    assert times(played.fault()) == (5.0, 15.0, 20.0)


def test_attempt_before_it_does_not_notice_it() -> None:
    played = Played(make_plan(step("run", "a"))).then("hosts answer").strike("wrong-exit").then("+5s\nall fail")
    assert played.fault().noticed is None


def test_command_that_never_ends_is_noticed_at_its_time() -> None:
    played = Played(make_plan(step("run", "a", timeout=60.0))).strike("hang").then("hosts answer\n+60s")
    assert (played.fault().noticed, played.fault().sign) == (
        60.0,
        "a on web-1 is being stopped by itself: over its time of 1:00",
    )


def test_command_that_never_ends_may_be_noticed_by_a_person() -> None:
    played = Played(make_plan(step("run", "a"))).strike("hang").then("hosts answer\n+40s\nana stop a web-1")
    assert times(played.fault()) == (40.0, 40.0, None)
    assert "only a person noticed the-hang (hang): a probe with a rule would" in played.score().advice


def test_flood_that_harms_nothing_is_not_missed() -> None:
    played = Played(make_plan(step("run", "a"))).strike("flood").then("hosts answer\n+5s\nall pass")
    assert (times(played.fault()), played.score().missed) == ((None, None, 5.0), ())


def test_poll_that_fails_is_no_sign_of_a_host_that_is_down() -> None:
    played = Played(make_plan(step("http", "ask", deadline=60.0))).strike("host-down").then("all fail")
    assert played.fault().noticed is None


def test_refused_signature_is_noticed_and_restored_by_a_yes() -> None:
    played = Played(make_plan(step("gate", "go", sign={"sre": 1}))).strike("signer-no", role="sre")
    played.then("+1m\nchen sign go sre no\n+1m\nana no-go go later\n+1m\nana resume\nchen sign go sre yes")
    assert times(played.fault()) == (60.0, 120.0, 180.0)


def test_late_signature_restores_what_nobody_noticed() -> None:
    played = Played(make_plan(step("gate", "go", sign={"sre": 1}))).strike("signer-late", role="sre")
    played.then("+5m\nchen sign go sre yes")
    assert (times(played.fault()), played.score().missed) == ((None, None, 300.0), ())


def test_killed_engine_is_restored_by_its_next_start() -> None:
    assert times(deployed().strike("engine-killed").then("+2s\nrestarted").fault()) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize("kind", ["host-down", "errors", "deaf", "signer-silent", "hang", "disk-full"])
def test_fault_that_nothing_shows_is_missed(kind: FaultKind) -> None:
    found = deployed().strike(kind).then("+10m").score("done")
    assert found.missed == (f"nobody noticed the-{kind}: {kind}",)
    assert any(f"the-{kind}" in text for text in found.advice)


def test_persons_hold_is_not_put_down_to_a_fault_where_another_one_is_open() -> None:
    played = deployed().strike("errors", metric="m").strike("host-down", hosts=("web-1",))
    found = played.then("+5s\nr is failing\n+5s\nana hold").score()
    assert [each.noticed for each in found.faults] == [5.0, None]


def _verdict(rule: str, host: str) -> VerdictChanged:
    return VerdictChanged(rule=rule, verdict="failing", host=host)
