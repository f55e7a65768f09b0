"""What is asked of a rehearsal and of no other release: faults, its speed, who plays the captain."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from cockpit.release.draft import Draft
from cockpit.release.events import CaptainPlayed, FaultBegan, FaultKind, SpeedChanged
from cockpit.release.intents import Decision, Hurry, LetPlay, Refusal, Throw
from cockpit.release.state import Rehearsal, State, Wrong

ON_HOSTS: frozenset[FaultKind] = frozenset(
    {"host-down", "host-slow", "host-reboot", "link-lost", "disk-full", "wrong-exit", "flood", "hang"}
)
AT_NEXT: frozenset[FaultKind] = frozenset({"wrong-exit", "flood", "hang"})
"""Faults that the next attempt takes upon itself, and no other."""

OFF: frozenset[FaultKind] = frozenset({"host-down", "host-reboot", "link-lost"})
"""Faults that keep a host from answering; this machine itself cannot have them."""

ON_METRICS: frozenset[FaultKind] = frozenset({"errors", "latency", "quota", "leak", "silence", "lie"})
ON_SIGNERS: frozenset[FaultKind] = frozenset({"signer-late", "signer-no", "signer-silent"})

LASTS = 300.0
"""Seconds that a thrown fault lasts, unless something else is said."""

FASTEST = 1e6
FASTEST_REAL = 60.0
"""How many seconds may pass in one at most; the same where hosts are real and take their time."""


def practised(state: State, login: str, intent: Throw | Hurry | LetPlay) -> Decision:
    """The events that such an intent causes, or why it is refused."""
    if state.rehearsal is None:
        return Refusal("this is no rehearsal", "`cockpit rehearse` practises a release")
    match intent:
        case Throw():
            return _thrown(state, state.rehearsal, login, intent)
        case Hurry():
            return _hurried(state.rehearsal, login, intent.speed)
        case LetPlay():
            return (CaptainPlayed(played=intent.played, by=login),)
        case _:
            assert_never(intent)


def _hurried(rehearsal: Rehearsal, login: str, speed: float) -> Decision:
    if not 0 <= speed <= FASTEST:
        return Refusal(f"not a speed: {speed:g}", f"0 is as fast as it goes, else up to {FASTEST:g}")
    if rehearsal.setting.real and not 0 < speed <= FASTEST_REAL:
        hint = "begin another with `cockpit rehearse --speed max`: it models hosts, which are as fast as you like"
        return Refusal(f"the hosts of this rehearsal are SSH servers: at most {FASTEST_REAL:g} times as fast", hint)
    return (SpeedChanged(speed=speed, by=login),)


def _thrown(state: State, rehearsal: Rehearsal, login: str, throw: Throw) -> Decision:
    if state.end is not None:
        return Refusal(f"the rehearsal has ended: {state.end}", "a fault would change nothing any more")
    if refusal := _nobody(state, throw):
        return refusal
    fault = FaultBegan(
        fault=f"{throw.kind}-{len(rehearsal.faults) + 1}",
        kind=throw.kind,
        by=login,
        hosts=throw.hosts,
        step=throw.step,
        metric=throw.metric,
        role=throw.role,
        value=throw.value,
        lasts=LASTS if throw.lasts is None else throw.lasts,
    )
    return (fault,)


def _nobody(state: State, throw: Throw) -> Refusal | None:
    """Why what a fault is to meet is not there."""
    plan = state.the_plan
    for wanted, known, what in (
        (throw.hosts, state.hosts, "host"),
        ((throw.step,), state.steps, "step"),
        ((throw.metric,), plan.metrics, "metric"),
        ((throw.role,), plan.roles, "role"),
    ):
        if missing := [name for name in wanted if name and name not in known]:
            return Refusal(f"there is no {what} {missing[0]}", f"there are {', '.join(known) or 'none'}")
    if throw.kind == "file-changed" and not any(step.unchanged for step in plan.steps):
        return Refusal("no file of this release is to stay as it is", "choose a fault of a host")
    if throw.kind in ON_METRICS and not plan.metrics:
        return Refusal("this release measures nothing", "choose a fault of a host")
    if throw.kind in ON_SIGNERS and not plan.roles:
        return Refusal("nobody signs anything in this release", "choose a fault of a host")
    return None


def practise(draft: Draft, event: FaultBegan | SpeedChanged | CaptainPlayed, at: float) -> None:
    """Fold what has to do with the rehearsal itself."""
    rehearsal = draft.state.rehearsal
    assert rehearsal is not None
    match event:
        case FaultBegan():
            over = at + event.lasts if event.lasts else None
            wrong = Wrong(event.kind, at, over, _where(event), event.by)
            draft.set(rehearsal=replace(rehearsal, faults={**rehearsal.faults, event.fault: wrong}))
        case SpeedChanged():
            draft.set(rehearsal=replace(rehearsal, speed=event.speed))
        case CaptainPlayed():
            draft.set(rehearsal=replace(rehearsal, played=event.played))
        case _:
            assert_never(event)


def _where(event: FaultBegan) -> str:
    return ", ".join(filter(None, (*event.hosts, event.step, event.metric, event.role)))
