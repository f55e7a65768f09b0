"""A gate: who has signed, what a signature covers, and what keeps it from being opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from cockpit.playbook.plan import (
    Checklist,
    Gate,
    Step,
)
from cockpit.release.credentials import lacking
from cockpit.release.files import changed, why_changed
from cockpit.release.health import describe, impending, is_well
from cockpit.release.order import awaited
from cockpit.release.state import Signature, State, StepState, Waiver
from cockpit.units import format_within

PROVEN = "rollback-proven"


REHEARSED = "rehearsed"


FITS = "fits-window"


def valid_signatures(state: State, one: StepState) -> dict[tuple[str, str], bool]:
    """Each role and login whose latest signature covers what is shown now, with its yes or no."""
    return {vote: each.yes for vote, each in counting(state, one).items()}


def counting(state: State, one: StepState) -> dict[tuple[str, str], Signature]:
    """The latest signature of each role and login that covers what is shown now and is not too old."""
    if not one.signatures:
        return {}
    shown = covers(state, one.step.id)
    given = (each for each in one.signatures if each.covers == shown and not each.lapsed)
    return {(each.role, each.by): each for each in given if state.assigned.get(each.role, each.by) == each.by}


def signature_ends(state: State) -> Iterator[tuple[Gate, Signature, float]]:
    """The yeses that count at open gates where they expire, each with the moment from which on it is too old."""
    for one, gate in _open_gates(state):
        for each in counting(state, one).values() if gate.expires else ():
            if each.yes:
                yield gate, each, each.at + gate.expires


def waiver_ends(state: State) -> Iterator[tuple[Gate, str, Waiver, float]]:
    """The waivers at open gates where they expire, each with the moment from which on it is too old."""
    for one, gate in _open_gates(state):
        for what, waiver in one.waived.items() if gate.waiver_expires else ():
            yield gate, what, waiver, waiver.at + gate.waiver_expires


def missing_signatures(state: State, one: StepState) -> dict[str, int]:
    """How many yeses each role still owes a gate."""
    assert isinstance(one.step, Gate)
    votes = valid_signatures(state, one)
    given = {role: sum(yes for (each, _), yes in votes.items() if each == role) for role in one.step.sign}
    return {role: count - given[role] for role, count in one.step.sign.items() if given[role] < count}


def gate_obstacles(state: State, one: StepState) -> list[str]:
    """Why a gate cannot be opened now; empty when it can."""
    assert isinstance(one.step, Gate)
    missing = missing_signatures(state, one).items()
    reasons = [f"{role} must still sign{f' ({count} people)' if count > 1 else ''}" for role, count in missing]
    reasons += [f"{login} ({role}) signed no" for role, login in noes(state, one)]
    if (people := len(signers(state, one))) < one.step.distinct:
        reasons.append(f"{people} of {one.step.distinct} different people have signed")
    if (zones := len(signed_zones(state, one))) < one.step.zones:
        reasons.append(f"people of {zones} of {one.step.zones} time zones have signed")
    reasons += [f"{name} is open again" for name in sorted(awaited(state, one.step.id)) if _is_open_again(state, name)]
    if state.held_by:
        reasons.append(f"held by {state.held_by}")
    if names := lacking(state):
        reasons.append(f"needs credentials: {', '.join(names)}")
    reasons += [why_changed(path, kept) for path, kept in changed(state)]
    reasons += gate_criteria(state, one, one.step).values()
    reasons += [f"{rule} is to be settled first" for rule, _ in impending(state)]
    return reasons


def gate_criteria(state: State, one: StepState, gate: Gate) -> dict[str, str]:
    """What must hold at a gate, does not, and was not waived, and why: a rule's name, or the word that asks for it."""
    found = {rule: describe(state, rule) for rule in gate.passing if not is_well(state, rule)}
    if gate.proven and (unproven := _unproven(state, gate)):
        found[PROVEN] = f"the way back is not proven: {', '.join(unproven)}"
    if gate.rehearsed and one.practised is None:
        found[REHEARSED] = (
            f"no rehearsal of this plan is known that ended as expected within {format_within(gate.rehearsed)}"
        )
    if gate.fits and not (one.fitting and one.fitting.fits):
        found[FITS] = f"it does not fit: {one.fitting.why}" if one.fitting else "whether it fits is not known yet"
    return {what: why for what, why in found.items() if what not in one.waived}


def unpractised(state: State) -> Iterator[Gate]:
    """The open gates that ask for a rehearsal of this plan while none is known, and nobody waived it."""
    for one, gate in _practising(state):
        if one.practised is None and REHEARSED not in one.waived:
            yield gate


def practice_ends(state: State) -> Iterator[tuple[Gate, float]]:
    """The open gates that know of a rehearsal of this plan, each with the moment from which on it is too long ago."""
    for one, gate in _practising(state):
        if one.practised is not None:
            yield gate, one.practised.at + gate.rehearsed


def _practising(state: State) -> Iterator[tuple[StepState, Gate]]:
    return ((one, gate) for one, gate in _open_gates(state) if gate.rehearsed)


def _open_gates(state: State) -> Iterator[tuple[StepState, Gate]]:
    return ((one, one.step) for one in state.ongoing if isinstance(one.step, Gate))


def _unproven(state: State, gate: Gate) -> list[str]:
    """The proofs of the way back that have not passed, but for those that can come only after this gate."""
    rollback = state.the_plan.rollback
    proofs = rollback.proofs if rollback else ()
    return [f"{name} {_word(state.steps[name])}" for name in proofs if _is_missing(state, name, gate)]


def _is_missing(state: State, proof: str, gate: Gate) -> bool:
    return state.steps[proof].status != "passed" and gate.id not in awaited(state, proof)


def _word(one: StepState) -> str:
    return "was skipped" if one.status == "skipped" else "has not passed"


def noes(state: State, one: StepState) -> list[tuple[str, str]]:
    return [vote for vote, yes in valid_signatures(state, one).items() if not yes]


def signers(state: State, one: StepState) -> set[str]:
    return {login for (_, login), yes in valid_signatures(state, one).items() if yes}


def signed_zones(state: State, one: StepState) -> set[float]:
    """The offsets to UTC, in seconds, from which people have signed a gate with a yes, as they were then."""
    given = counting(state, one).values()
    return {offset for each in given if each.yes and (offset := _offset(state, each.by, each.at)) is not None}


def _offset(state: State, login: str, at: float) -> float | None:
    zone = state.the_plan.people.get(login)
    offset = datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset() if zone else None
    return offset.total_seconds() if offset is not None else None


def _is_open_again(state: State, name: str) -> bool:
    one = state.steps[name]
    return isinstance(one.step, Checklist) and one.status == "running"


def covers(state: State, gate: str) -> str:
    """Digest of what a signature at this gate covers: the plan, and the results and evidence of every earlier step."""
    shown: list[object] = [state.digest]
    for step in _before(state, gate):
        one = state.steps[step.id]
        hosts = {name: (run.status, run.run) for name, run in one.hosts.items()}
        shown.append((step.id, one.status, hosts, one.items, one.note))
    if waived := state.steps[gate].waived:
        shown.append(waived)
    return hashlib.sha256(msgspec.json.encode(shown, order="deterministic")).hexdigest()


def _before(state: State, gate: str) -> list[Step]:
    """The steps written before a gate, and those written behind it that it waits for."""
    written = [step.id for step in state.track]
    names = {*written[: written.index(gate)], *awaited(state, gate)} if gate in written else set(written)
    return [step for step in state.track if step.id in names]
