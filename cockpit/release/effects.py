"""What the world is asked to do: it follows from the state, so a restarted engine wants just what the last one did."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cockpit.release.files import watched
from cockpit.release.gates import unpractised
from cockpit.release.order import is_its_turn
from cockpit.release.ready import Next, is_blocked, needs_link, next_attempts, unlocked, unrecorded
from cockpit.release.salvage import sought
from cockpit.release.standing import running
from cockpit.release.state import State


class Reach(msgspec.Struct, frozen=True):
    """Connect to a host and say what it is."""

    host: str


class KeepLock(msgspec.Struct, frozen=True):
    """Take a host's lock and keep its heartbeat, until the release is closed."""

    host: str
    take_over: bool = False


class Try(msgspec.Struct, frozen=True):
    """Start an attempt, or follow it where it is known, to its end."""

    id: str


class Kill(msgspec.Struct, frozen=True):
    """Stop an attempt and confirm it."""

    id: str


class Clean(msgspec.Struct, frozen=True):
    """Remove run folder and lock from a host."""

    host: str


class Watch(msgspec.Struct, frozen=True):
    """Measure, judge the rules, and say when a verdict changes."""


class RecordBaseline(msgspec.Struct, frozen=True):
    """Record a metric's baseline as of now."""

    metric: str


class FindRehearsal(msgspec.Struct, frozen=True):
    """Say when a rehearsal of this plan is known that ended as expected, `within` so many seconds before now."""

    gate: str
    within: float


class WatchFile(msgspec.Struct, frozen=True):
    """Say as soon as a file is another than `seen` (SHA-256 in hex, or why it has none; None: nobody has looked yet).

    `was` is what it was when it was seen first.
    """

    path: str
    step: str
    was: str = ""
    seen: str | None = None


Effect = Reach | KeepLock | Try | Kill | Clean | Watch | RecordBaseline | FindRehearsal | WatchFile


def wanted(state: State) -> frozenset[Effect]:
    """Everything that is to be going on now."""
    if state.plan is None:
        return frozenset()
    return frozenset(_closing(state) if state.closed else _open(state))


def _open(state: State) -> Iterator[Effect]:
    for attempt in running(state):
        if not attempt.sought:
            yield Try(attempt.id)
        if attempt.stopping:
            yield Kill(attempt.id)
    for host in state.hosts.values():
        if host.lock in ("ours", "lost", "refused"):
            yield KeepLock(host.name)
        elif host.lock == "taking" and host.reach != "unreachable":
            yield KeepLock(host.name, take_over=bool(host.holder))
    for each in next_attempts(state):
        yield from _preparations(state, each)
    for each in sought(state):
        if state.hosts[each.host].reach in ("untried", "lost"):
            yield Reach(each.host)
    if state.end is None and state.the_plan.metrics:
        yield Watch()
    for path, since in watched(state):
        kept = state.files.get(path)
        yield WatchFile(path, since) if kept is None else WatchFile(path, since, kept.was, kept.now or kept.reason)
    for gate in unpractised(state):
        yield FindRehearsal(gate.id, gate.rehearsed)
    for step in state.track if not is_blocked(state) else ():
        if state.steps[step.id].status == "pending" and is_its_turn(state, step):
            yield from (RecordBaseline(metric) for metric in unrecorded(state, step))


def _preparations(state: State, each: Next) -> Iterator[Effect]:
    if needs_link(state, each) and state.hosts[each.host].reach != "unreachable":
        yield Reach(each.host)
    for lock in unlocked(state, each):
        if state.hosts[lock].reach in ("untried", "lost"):
            yield Reach(lock)
        elif state.hosts[lock].reach == "reached" and state.hosts[lock].lock == "none":
            yield KeepLock(lock)


def _closing(state: State) -> Iterator[Effect]:
    for host in state.hosts.values():
        if host.marker and not host.cleaned:
            yield Clean(host.name)
