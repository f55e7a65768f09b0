"""What is asked of a rehearsal alone: faults, its speed, and who plays the captain."""

from __future__ import annotations

from typing import get_args

import pytest

from cockpit.playbook.plan import Metric, Plan, Probe, Request
from cockpit.release import events, intents
from cockpit.release.apply import apply
from cockpit.release.decide import decide
from cockpit.release.events import AnyEvent, Ended, FaultKind, Opened, Record, Setting
from cockpit.release.intents import AnyIntent, Hurry, LetPlay, Refusal, Throw
from cockpit.release.practice import FASTEST, FASTEST_REAL, LASTS, ON_METRICS, ON_SIGNERS
from cockpit.release.state import State
from tests.release.script import make_plan, step

PLAYED = Setting(speed=0.0, played=True)
PROBE = Probe(request=Request(url="tcp://web-1:80"))
PLAN = make_plan(
    step("run", "up", hosts=("web-1", "web-2"), unchanged=("a.yaml",)),
    metrics={"errors": Metric(name="errors", title="Errors", source=PROBE)},
)
BARE = make_plan(step("run", "up"), roles={})


def opened(plan: Plan = PLAN, setting: Setting | None = PLAYED) -> State:
    """A release that has just begun; live without a setting."""
    mode = "rehearsal" if setting else "live"
    event = Opened(release="r", nonce="n", mode=mode, plan=plan, digest=plan.digest, captain="ana", rehearsal=setting)  # type: ignore[arg-type]
    return apply(State(), Record(1, 1000.0, event))


def after(state: State, *happened: AnyEvent, at: float = 1010.0) -> State:
    for event in happened:
        state = apply(state, Record(state.seq + 1, at, event))
    return state


def refused(state: State, intent: AnyIntent, login: str = "ana") -> str:
    decision = decide(state, login, intent)
    assert isinstance(decision, Refusal)
    return decision.reason


def caused(state: State, intent: AnyIntent, login: str = "ana") -> AnyEvent:
    decision = decide(state, login, intent)
    assert not isinstance(decision, Refusal), decision
    (event,) = decision
    return event


@pytest.mark.parametrize("intent", [Throw(kind="hang", step="up"), Hurry(speed=2.0), LetPlay(played=True)])
def test_live_release_refuses_it(intent: AnyIntent) -> None:
    assert refused(opened(setting=None), intent) == "this is no rehearsal"


def test_fault_is_recorded_as_it_was_thrown() -> None:
    throw = Throw(kind="host-down", hosts=("web-2",), lasts=30.0)
    event = caused(opened(), throw, "sam")
    assert event == events.FaultBegan(fault="host-down-1", kind="host-down", by="sam", hosts=("web-2",), lasts=30.0)


def test_fault_lasts_a_while_unless_it_is_said_otherwise() -> None:
    lasting = [caused(opened(), Throw(kind="host-down", lasts=lasts)) for lasts in (None, 0.0)]
    assert [event.lasts for event in lasting if isinstance(event, events.FaultBegan)] == [LASTS, 0.0]


def test_faults_have_names_of_their_own() -> None:
    first = caused(opened(), Throw(kind="hang", step="up"))
    second = caused(after(opened(), first), Throw(kind="hang", step="up"))
    assert isinstance(first, events.FaultBegan)
    assert isinstance(second, events.FaultBegan)
    assert (first.fault, second.fault) == ("hang-1", "hang-2")


def test_faults_are_kept_with_when_they_are_over() -> None:
    state = after(opened(), caused(opened(), Throw(kind="host-slow", hosts=("web-1",), lasts=60.0)))
    assert state.rehearsal is not None
    (wrong,) = state.rehearsal.faults.values()
    assert (wrong.kind, wrong.began, wrong.over, wrong.at) == ("host-slow", 1010.0, 1070.0, "web-1")


@pytest.mark.parametrize(
    ("throw", "why"),
    [
        (Throw(kind="host-down", hosts=("web-1", "web-9")), "there is no host web-9"),
        (Throw(kind="wrong-exit", step="down"), "there is no step down"),
        (Throw(kind="errors", metric="orders"), "there is no metric orders"),
        (Throw(kind="signer-no", role="boss"), "there is no role boss"),
    ],
)
def test_fault_that_meets_nothing_is_refused(throw: Throw, why: str) -> None:
    assert refused(opened(), throw) == why


@pytest.mark.parametrize("kind", sorted(ON_METRICS))
def test_nothing_is_wrong_with_metrics_where_there_are_none(kind: FaultKind) -> None:
    assert refused(opened(BARE), Throw(kind=kind)) == "this release measures nothing"


@pytest.mark.parametrize("kind", sorted(ON_SIGNERS))
def test_nobody_is_late_where_nobody_signs(kind: FaultKind) -> None:
    assert refused(opened(BARE), Throw(kind=kind)) == "nobody signs anything in this release"


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_every_fault_can_be_thrown(kind: FaultKind) -> None:
    assert isinstance(caused(opened(), Throw(kind=kind)), events.FaultBegan)


def test_nothing_goes_wrong_once_it_has_ended() -> None:
    state = after(opened(), Ended(outcome="aborted", reason="enough"))
    assert refused(state, Throw(kind="hang", step="up")) == "the rehearsal has ended: aborted"


@pytest.mark.parametrize("speed", [0.0, 0.5, 1.0, 1000.0, FASTEST])
def test_speed_changes(speed: float) -> None:
    event = caused(opened(), Hurry(speed=speed), "sam")
    assert event == events.SpeedChanged(speed=speed, by="sam")
    rehearsal = after(opened(), event).rehearsal
    assert rehearsal is not None
    assert rehearsal.speed == speed


@pytest.mark.parametrize("speed", [-1.0, FASTEST * 2, float("inf"), float("nan")])
def test_what_is_no_speed_is_refused(speed: float) -> None:
    assert "not a speed" in refused(opened(), Hurry(speed=speed))


@pytest.mark.parametrize("speed", [0.0, FASTEST_REAL + 1])
def test_real_hosts_go_no_faster_than_they_can(speed: float) -> None:
    state = opened(setting=Setting(speed=60.0, real=True))
    assert "SSH servers" in refused(state, Hurry(speed=speed))
    assert caused(state, Hurry(speed=FASTEST_REAL)) == events.SpeedChanged(speed=FASTEST_REAL, by="ana")


def test_captain_is_played_or_not() -> None:
    state = opened(setting=Setting(played=False))
    played = [after(state, caused(state, LetPlay(played=each))).rehearsal for each in (True, False)]
    assert [each.played for each in played if each] == [True, False]


def test_rehearsal_that_is_held_changes_its_speed() -> None:
    state = after(opened(), caused(opened(), intents.Hold(note="wait")))
    assert caused(state, Hurry(speed=3.0)) == events.SpeedChanged(speed=3.0, by="ana")
