"""Questions put to a state: how it stands, what it waits for and from whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal, assert_never

import msgspec

from cockpit.playbook.plan import HERE, Checklist, Do, Gate, Http, Run, Step, Wait
from cockpit.release.state import COMPLETE, FAILING, Attempt, State, StepState

Standing = Literal[
    "running", "waiting", "holding", "rolling_back", "done", "rolled_back", "aborted", "failed", "closed"
]

What = Literal["gate", "sign-off", "item", "step", "answer", "settle", "condition", "lock", "credentials", "resume"]
"""What a release may wait for: the captain's go · a role's signature · a checklist item · a person's step · an answer
to a failure · the settling of an unknown attempt · whether a step runs · a lock that another holds · credentials ·
the end of a hold."""

LOCK_OPTIONS = ("take over",)
CONDITION_OPTIONS = ("run", "skip")
ANSWERS = ("retry", "drop", "skip", "hold", "rollback")


class Waiting(msgspec.Struct, frozen=True):
    """One thing that is waited for, and from whom: roles, or the captain's login. `confirm` is a word to be typed."""

    what: What
    step: str
    who: tuple[str, ...]
    text: str
    host: str = ""
    item: str = ""
    role: str = ""
    confirm: str = ""
    options: tuple[str, ...] = ()


def standing(state: State) -> Standing:
    """The one word for where a release stands."""
    if state.closed:
        return "closed"
    if state.end is not None:
        return state.end
    if state.rolling_back:
        return "rolling_back"
    if state.held_by or state.missing:
        return "holding"
    return "waiting" if not running(state) and any(waiting_for(state)) else "running"


def running(state: State) -> tuple[Attempt, ...]:
    """The attempts that have not ended."""
    return tuple(attempt for attempt in state.attempts.values() if attempt.outcome is None)


def current(state: State) -> StepState | None:
    """The step to look at: the first that waits for a person, else the first that runs, else the next one."""
    steps = [state.steps[step.id] for step in state.track]
    waiting = {entry.step for entry in waiting_for(state)}
    for wanted in (
        lambda one: one.step.id in waiting and one.status in ("running", "asking"),
        lambda one: one.status == "running",
        lambda one: one.status == "pending",
    ):
        found = next((one for one in steps if wanted(one)), None)
        if found:
            return found
    return steps[-1] if steps else None


def waiting_for(state: State) -> Iterator[Waiting]:
    """Everything that a person could do now to let the release go on."""
    if state.closed or state.end is not None:
        return
    captain = (state.captain,)
    if state.missing:
        yield Waiting("credentials", "", captain, f"needs credentials: {', '.join(state.missing)}")
    if state.held_by:
        yield Waiting("resume", "", captain, f"held by {state.held_by}: {state.held_note or 'no note'}")
    for host in state.hosts.values():
        if host.lock == "refused":
            text = f"{host.name} is locked by {host.holder}"
            yield Waiting("lock", f"lock-{host.name}", captain, text, host.name, options=LOCK_OPTIONS)
    for step in state.track:
        yield from _waiting_for_step(state, state.steps[step.id])
    if state.rolling_back:
        for step in state.forward:
            yield from _unsettled(state, state.steps[step.id])


def _waiting_for_step(state: State, one: StepState) -> Iterator[Waiting]:
    captain = (state.captain,)
    step = one.step
    if one.status == "asking":
        text = f"does {step.id} run? its condition is unknown: {step.when}"
        yield Waiting("condition", step.id, captain, text, options=CONDITION_OPTIONS)
    if one.status != "running":
        return
    match step:
        case Run() | Http():
            yield from _unsettled(state, one)
            for run in one.hosts.values():
                if run.status in FAILING - {"unknown"}:
                    text = f"{step.id} {run.status} on {run.host}: {run.reason}"
                    yield Waiting("answer", step.id, captain, text, run.host, options=ANSWERS)
        case Checklist():
            for item in step.items:
                if item.id not in one.items:
                    yield Waiting("item", step.id, step.owner or captain, item.title, item=item.id)
        case Do():
            yield Waiting("step", step.id, step.owner or captain, step.text)
        case Gate():
            missing = missing_signatures(state, one)
            for role, count in missing.items():
                yield Waiting("sign-off", step.id, (role,), f"{count} more of {role} for {step.title}", role=role)
            if not gate_obstacles(state, one):
                yield Waiting("gate", step.id, captain, f"go or no-go: {step.title}", confirm=step.confirm)
        case Wait():
            return
        case _:
            assert_never(step)


def _unsettled(state: State, one: StepState) -> Iterator[Waiting]:
    for run in one.hosts.values():
        if run.status == "unknown":
            text = f"{one.step.id} is unknown on {run.host}: {run.reason}"
            options = ("passed", "failed", "retry", "skip")
            yield Waiting("settle", one.step.id, (state.captain,), text, run.host, options=options)


def valid_signatures(state: State, one: StepState) -> dict[tuple[str, str], bool]:
    """Each role and login whose latest signature covers what is shown now, with its yes or no."""
    shown = covers(state, one.step.id)
    return {(each.role, each.by): each.yes for each in one.signatures if each.covers == shown}


def missing_signatures(state: State, one: StepState) -> dict[str, int]:
    """How many yeses each role still owes a gate."""
    assert isinstance(one.step, Gate)
    votes = valid_signatures(state, one)
    given = {role: sum(yes for (each, _), yes in votes.items() if each == role) for role in one.step.sign}
    return {role: count - given[role] for role, count in one.step.sign.items() if given[role] < count}


def gate_obstacles(state: State, one: StepState) -> list[str]:
    """Why a gate cannot be opened now; empty when it can."""
    assert isinstance(one.step, Gate)
    votes = valid_signatures(state, one)
    people = {login for (_, login), yes in votes.items() if yes}
    reasons = [f"{count} more of {role} must sign" for role, count in missing_signatures(state, one).items()]
    reasons += [f"{login} ({role}) signed no" for (role, login), yes in votes.items() if not yes]
    if len(people) < one.step.distinct:
        reasons.append(f"{len(people)} of {one.step.distinct} different people have signed")
    if state.held_by:
        reasons.append(f"held by {state.held_by}")
    if state.missing:
        reasons.append(f"needs credentials: {', '.join(state.missing)}")
    return reasons


def covers(state: State, gate: str) -> str:
    """Digest of what a signature at this gate covers: the plan, and the results and evidence of every earlier step."""
    shown: list[object] = [state.digest]
    for step in state.track:
        if step.id == gate:
            break
        one = state.steps[step.id]
        hosts = {name: (run.status, run.run) for name, run in one.hosts.items()}
        shown.append((step.id, one.status, hosts, one.items, one.note))
    return hashlib.sha256(msgspec.json.encode(shown, order="deterministic")).hexdigest()


def lock_hosts(state: State, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts whose lock keeps others out of these: the first of each group they are in, or the host itself."""
    plan = state.the_plan
    found: dict[str, None] = {}
    for host in hosts:
        if host == HERE:
            continue
        firsts = [members[0] for members in plan.groups.values() if host in members]
        found.update(dict.fromkeys(firsts or [host]))
    return tuple(found)


def is_complete(one: StepState) -> bool:
    """Whether what comes after this step may start."""
    return one.status in ("passed", "skipped")


def all_hosts_complete(one: StepState) -> bool:
    """Whether every host of the step passed or was let go."""
    return all(run.status in COMPLETE for run in one.hosts.values())


def next_gate(state: State, after: Step) -> tuple[Step, ...]:
    """The steps that become free to run once this one is complete, up to the next gates."""
    freed = {after.id}
    found: list[Step] = []
    for step in state.track:
        if step.id == after.id or is_complete(state.steps[step.id]) or isinstance(step, Gate):
            continue
        if any(name in freed for name in step.after) and _others_complete(state, step, freed):
            freed.add(step.id)
            found.append(step)
    return tuple(found)


def _others_complete(state: State, step: Step, freed: set[str]) -> bool:
    return all(name in freed or is_complete(state.steps[name]) for name in step.after)
