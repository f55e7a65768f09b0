"""What a release waits for, and from whom."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Literal, assert_never

import msgspec

from cockpit.playbook.plan import (
    BLOCK,
    Advice,
    Assign,
    Checklist,
    Do,
    Document,
    Gate,
    Guard,
    Http,
    Notice,
    Run,
    Soak,
    Steady,
    Wait,
)
from cockpit.release.advice import advice_on
from cockpit.release.asked import options_of, owners_of, question_of
from cockpit.release.block import blocking
from cockpit.release.credentials import lacking
from cockpit.release.escalating import unlooked, unseen
from cockpit.release.files import changed, why_changed
from cockpit.release.gates import gate_obstacles, missing_signatures, noes, signed_zones, signers
from cockpit.release.health import describe, impending
from cockpit.release.looking import asked_from, look_of
from cockpit.release.moments import at, counted_from, lock_end
from cockpit.release.order import is_its_turn
from cockpit.release.state import FAILING, HostRun, State, StepState
from cockpit.release.ticking import is_open_to_people

What = Literal[
    "gate",
    "sign-off",
    "item",
    "step",
    "assign",
    "answer",
    "settle",
    "condition",
    "early",
    "lock",
    "credentials",
    "resume",
    "file",
    "veto",
    "decision",
    "acknowledgement",
    "look",
    "redeploy",
]
"""What a release may wait for: the captain's go · a role's signature · a checklist item · a person's step · who a role
is · an answer to a failure · the settling of an unknown attempt · whether a step runs · the time of a step, which
the captain may let begin before it · a lock that another holds · credentials · the end of a hold · a file that is to
be put back as it was · the end of a rollback's countdown, unless it is vetoed · a decision about a rule · that
somebody has seen a rule that does not pass · that somebody looks, as a step asks for every so often · that the captain
lets a broken soak begin anew, with what was mended."""


IN_PASSING: frozenset[What] = frozenset({"acknowledgement", "look", "early"})
"""What nothing waits for."""


LOCK_OPTIONS = ("take over",)


CONDITION_OPTIONS = ("run", "skip")


EARLY_OPTIONS = ("run",)


ANSWERS = ("retry", "drop", "skip", "hold", "rollback")


WAIVE = "waive"


SETTLE_OPTIONS = ("passed", "failed", "retry", "skip")


Key = tuple[str, str, str, str, str]
"""What is waited for: kind, step, host, item, role."""


class Waiting(msgspec.Struct, frozen=True):
    """One thing that is waited for, and from whom: roles, or logins. `confirm` is a word to be typed.

    `item` is a checklist's item or a rule; at moment `due` it ends by itself, or should be there. Before moment `since`
    (None: now) nobody need be disturbed for it. `advice` is the runbook's on a failure.
    `asks` are the names of lines to be supplied.
    """

    what: What
    step: str
    who: tuple[str, ...]
    text: str
    host: str = ""
    item: str = ""
    role: str = ""
    confirm: str = ""
    options: tuple[str, ...] = ()
    due: float | None = None
    since: float | None = None
    advice: Advice | None = None
    asks: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What stays the same of it while it is waited for."""
        return (self.what, self.step, self.host, self.item, self.role)


def waiting_for(state: State) -> Iterator[Waiting]:
    """Everything that a person could do now to let the release go on."""
    captain = (state.captain,)
    if state.end is not None and not state.closed:
        for item in blocking(state):
            yield Waiting("item", BLOCK, captain, f"tick before another release starts: {item.title}", item=item.id)
    if state.closed or state.end is not None:
        return
    if names := lacking(state):
        yield Waiting("credentials", "", captain, f"needs credentials: {', '.join(names)}")
    if state.aborted:
        return
    if state.held_by:
        yield Waiting("resume", "", captain, f"resume what {state.held_by} holds: {state.held_note or 'no note'}")
    for path, kept in changed(state):
        yield Waiting("file", kept.step, captain, f"put it back as it was: {why_changed(path, kept)}", item=path)
    for host in state.hosts.values():
        if host.lock in ("refused", "lost"):
            text = f"{host.name} is locked by {host.holder}"
            yield Waiting("lock", f"lock-{host.name}", captain, text, host.name, options=LOCK_OPTIONS)
    yield from _waiting_for_rules(state)
    for step in state.track:
        yield from _waiting_for_step(state, state.steps[step.id])
    if state.rolling_back or state.back:
        for step in (*state.forward, *(each for each in state.manual if not state.is_running(each.id))):
            one = state.steps[step.id]
            yield from (_unsettled(state, one, run) for run in one.hosts.values() if run.unsettled and not run.trying)
    whole = (state.steps[step.id] for step in state.track if not step.ticks)
    yield from (_early(state, one) for one in whole if is_early(state, one))
    yield from _waiting_for_looks(state)


def _waiting_for_step(state: State, one: StepState) -> Iterator[Waiting]:
    captain = (state.captain,)
    step = one.step
    if one.status == "asking":
        why = f"its condition is unknown: {step.when}" if step.when else "it may have been done, and that was lost"
        text = f"does {step.id} run? {why}"
        yield Waiting("condition", step.id, captain, text, options=CONDITION_OPTIONS)
    if one.status != "running":
        return
    match step:
        case Run() | Http():
            yield from _waiting_for_hosts(state, one)
        case Checklist():
            for item in step.items:
                if item.id not in one.items and is_open_to_people(state, item):
                    text = f"tick in {step.title or step.id}: {item.title}"
                    yield Waiting("item", step.id, step.owner or captain, text, item=item.id)
        case Do():
            yield Waiting("step", step.id, step.owner or captain, step.text)
        case Assign():
            text = f"who is {state.the_plan.roles[step.role].title}?"
            yield Waiting(
                "assign", step.id, captain, text, role=step.role, options=state.the_plan.roles[step.role].people
            )
        case Notice() | Document():
            if step.asks and not one.fields:
                text = f"write for {step.title or step.id}: {', '.join(step.asks.values())}"
                yield Waiting("step", step.id, step.owner or captain, text, asks=tuple(step.asks))
        case Gate():
            yield from _waiting_for_gate(state, one, step)
        case Soak():
            if step.redeploy and one.soaking.breaks and one.soaking.since is None:
                text = f"{step.title or step.id} is broken by {one.soaking.rule}: mend it, and redeploy"
                yield Waiting("redeploy", step.id, captain, text)
        case Wait() | Guard() | Steady():
            return
        case _:
            assert_never(step)


def is_early(state: State, one: StepState) -> bool:
    """Whether nothing but its time keeps a step from beginning, as far as the last event tells the time."""
    if one.status != "pending" or not is_its_turn(state, one.step) or lock_end(state, one) <= state.at:
        return False
    return not (state.held_by or lacking(state) or any(impending(state)) or any(changed(state)))


def _early(state: State, one: StepState) -> Waiting:
    end = lock_end(state, one)
    if isfinite(end):
        text = f"{one.step.id} begins by itself at {at(end, state.the_plan.zone)}"
    else:
        text = f"{one.step.id} waits until {', '.join(counted_from(one.step))} is complete"
    due = end if isfinite(end) else None
    return Waiting("early", one.step.id, (state.captain,), text, options=EARLY_OPTIONS, due=due)


def _waiting_for_rules(state: State) -> Iterator[Waiting]:
    captain = (state.captain,)
    for rule, one in impending(state):
        if one.announced is not None:
            text = f"veto, or it rolls back: {describe(state, rule)}"
            yield Waiting("veto", one.guard, captain, text, item=rule, due=one.announced)
        else:
            who = owners_of(state, rule) or captain
            options = options_of(state, rule)
            yield Waiting("decision", one.guard, who, question_of(state, rule), item=rule, options=options, due=one.due)
    for owed in unseen(state):
        text = f"nobody has seen yet that {describe(state, owed.rule)}"
        yield Waiting("acknowledgement", owed.step, owed.who, text, item=owed.rule, due=owed.due)


def _waiting_for_looks(state: State) -> Iterator[Waiting]:
    for owed in unlooked(state):
        one = state.steps[owed.step]
        look = look_of(one.step)
        assert look is not None
        boards = " and ".join(board.title for board in look.boards)
        text = f"look at {one.step.title or one.step.id}{f' on {boards}' if boards else ''}"
        yield Waiting("look", owed.step, owed.who, text, due=owed.due, since=asked_from(one, look))


def _waiting_for_hosts(state: State, one: StepState) -> Iterator[Waiting]:
    options: tuple[str, ...] = ANSWERS if state.backward and not state.rolling_back else ANSWERS[:-1]
    assert isinstance(one.step, Run | Http)
    waiver = one.step.waiver
    if waiver:
        options = tuple(WAIVE if each == "skip" else each for each in options if each != "drop")
    for run in one.hosts.values():
        if run.status == "unknown" and not may_be_checked(one, run):
            yield _unsettled(state, one, run)
        elif run.status in FAILING - {"unknown"}:
            text = f"{one.step.id} {run.status} on {run.host}: {run.reason}"
            yield Waiting(
                "answer",
                one.step.id,
                (state.captain, *waiver),
                text,
                run.host,
                options=options,
                advice=advice_on(state, one, run),
            )


def _unsettled(state: State, one: StepState, run: HostRun) -> Waiting:
    text = f"{one.step.id} is unknown on {run.host}: {run.reason}"
    options: tuple[str, ...] = SETTLE_OPTIONS if one.step in state.track else SETTLE_OPTIONS[:2]
    waiver = one.step.waiver if isinstance(one.step, Run | Http) and one.step in state.track else ()
    if waiver:
        options = tuple(WAIVE if each == "skip" else each for each in options)
    advice = advice_on(state, one, run)
    return Waiting("settle", one.step.id, (state.captain, *waiver), text, run.host, options=options, advice=advice)


def may_be_checked(one: StepState, run: HostRun) -> bool:
    """Whether the step's check may still settle what is unknown on a host."""
    return isinstance(one.step, Run) and one.step.check is not None and not run.checked


def _waiting_for_gate(state: State, one: StepState, gate: Gate) -> Iterator[Waiting]:
    missing, title = missing_signatures(state, one), gate.title or gate.id
    for role, count in missing.items():
        people = f", {count} people" if count > 1 else ""
        yield Waiting("sign-off", gate.id, (role,), f"sign as {role}{people}: {title}", role=role)
    for role, login in noes(state, one):
        yield Waiting("sign-off", gate.id, (role,), f"{login} ({role}) signed no to {title}", role=role)
    if not missing and (count := gate.distinct - len(signers(state, one))) > 0:
        text = f"sign, {count} more different {'person' if count == 1 else 'people'}: {title}"
        yield Waiting("sign-off", gate.id, tuple(gate.sign), text)
    elif not missing and (count := gate.zones - len(signed_zones(state, one))) > 0:
        text = f"sign from {count} more time zone{'s' if count > 1 else ''}: {title}"
        yield Waiting("sign-off", gate.id, tuple(gate.sign), text)
    if not gate_obstacles(state, one):
        yield Waiting("gate", gate.id, (state.captain,), f"go or no-go: {title}", confirm=gate.confirm)
