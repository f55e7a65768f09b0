"""Questions put to a state: how it stands, what it waits for and from whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from math import isfinite
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

import msgspec

from cockpit.playbook.plan import (
    BLOCK,
    HERE,
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
    Step,
    Wait,
)
from cockpit.release.advice import advice_on
from cockpit.release.block import blocking
from cockpit.release.escalating import unlooked, unseen
from cockpit.release.files import changed, why_changed
from cockpit.release.health import describe, impending, is_well
from cockpit.release.looking import asked_from, look_of
from cockpit.release.moments import at, counted_from, lock_end
from cockpit.release.people import rollback_word
from cockpit.release.state import COMPLETE, FAILING, Attempt, HostRun, Signature, State, StepState, Waiver
from cockpit.release.ticking import is_open_to_people
from cockpit.units import format_within

Standing = Literal[
    "running", "waiting", "holding", "rolling_back", "done", "rolled_back", "aborted", "failed", "closed"
]

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
ACCEPT = "accept"
PROVEN = "rollback-proven"
REHEARSED = "rehearsed"
FITS = "fits-window"
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


def standing(state: State) -> Standing:
    """The one word for where a release stands."""
    if state.closed:
        return "closed"
    if state.end is not None:
        return state.end
    if state.rolling_back:
        return "rolling_back"
    if state.held_by or lacking(state) or any(changed(state)):
        return "holding"
    needed = (each for each in waiting_for(state) if each.what not in IN_PASSING)
    return "waiting" if not running(state) and any(needed) else "running"


def running(state: State) -> tuple[Attempt, ...]:
    """The attempts that have not ended."""
    return tuple(state.live.values())


def lacking(state: State) -> tuple[str, ...]:
    """The credentials that are missed and still needed: to log in, or by a step that may yet run."""
    if not state.missing:
        return ()
    ahead = [step for step in (*state.track, *state.backward) if not is_complete(state.steps[step.id])]
    spare = set(state.the_plan.secrets) - {name for step in ahead for name in _secrets_of(step)}
    return tuple(name for name in state.missing if name not in spare)


def _secrets_of(step: Step) -> tuple[str, ...]:
    if isinstance(step, Run):
        return (*step.secrets, *(step.check.secrets if step.check else ()))
    return step.secrets if isinstance(step, Http) else ()


def current(state: State) -> StepState | None:
    """The step to look at: the first that waits for a person, else the first that runs, else the next one."""
    steps = [state.steps[step.id] for step in state.track]
    waiting = {entry.step for entry in waiting_for(state) if entry.what != "look"}
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
    captain = (state.captain,)
    if state.end is not None and not state.closed:
        for item in blocking(state):
            yield Waiting("item", BLOCK, captain, f"{item.title}: before another release starts", item=item.id)
    if state.closed or state.end is not None:
        return
    if names := lacking(state):
        yield Waiting("credentials", "", captain, f"needs credentials: {', '.join(names)}")
    if state.aborted:
        return
    if state.held_by:
        yield Waiting("resume", "", captain, f"held by {state.held_by}: {state.held_note or 'no note'}")
    for path, kept in changed(state):
        yield Waiting("file", kept.step, captain, f"{why_changed(path, kept)}: put it back as it was", item=path)
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
                    yield Waiting("item", step.id, step.owner or captain, item.title, item=item.id)
        case Do():
            yield Waiting("step", step.id, step.owner or captain, step.text)
        case Assign():
            text = f"who is {state.the_plan.roles[step.role].title}?"
            yield Waiting(
                "assign", step.id, captain, text, role=step.role, options=state.the_plan.roles[step.role].people
            )
        case Notice() | Document():
            if step.asks and not one.fields:
                text = f"{step.title}: {', '.join(step.asks.values())}"
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
            text = f"rolling back by itself: {describe(state, rule)}"
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
        boards = ", ".join(board.title for board in look.boards)
        text = f"look at {f'{boards}, for ' if boards else ''}{one.step.title or one.step.id}"
        yield Waiting("look", owed.step, owed.who, text, due=owed.due, since=asked_from(one, look))


def question_of(state: State, rule: str) -> str:
    """The question of an open decision about a rule."""
    one = state.rules[rule]
    match one.asked:
        case "decision":
            return f"{state.the_plan.decisions[rule].ask} ({describe(state, rule)})"
        case "no return":
            return f"roll back past what cannot be undone ({rollback_word(state)})? {describe(state, rule)}"
        case "end":
            return f"{one.guard} is over, but {describe(state, rule)}"
        case None:
            return ""


def options_of(state: State, rule: str) -> tuple[str, ...]:
    """What can be chosen in the open decision about a rule."""
    back = () if state.the_plan.rollback is None or state.rolling_back else ("roll back",)
    match state.rules[rule].asked:
        case "decision":
            return state.the_plan.decisions[rule].options
        case "no return":
            return (*back, "go on")
        case "end":
            return (ACCEPT, *back)
        case None:
            return ()


def owners_of(state: State, rule: str) -> tuple[str, ...]:
    """The roles that decide about a rule beside the captain."""
    decision = state.the_plan.decisions.get(rule) if state.rules[rule].asked == "decision" else None
    return decision.owner if decision else ()


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
    missing = missing_signatures(state, one)
    for role, count in missing.items():
        yield Waiting("sign-off", gate.id, (role,), f"{role} must still sign ({count}): {gate.title}", role=role)
    for role, login in _noes(state, one):
        yield Waiting("sign-off", gate.id, (role,), f"{login} ({role}) signed no to {gate.title}", role=role)
    if not missing and (count := gate.distinct - len(_people(state, one))) > 0:
        yield Waiting("sign-off", gate.id, tuple(gate.sign), f"{count} more different people for {gate.title}")
    elif not missing and (count := gate.zones - len(signed_zones(state, one))) > 0:
        text = f"somebody must sign from {count} more time zone{'s' if count > 1 else ''}: {gate.title}"
        yield Waiting("sign-off", gate.id, tuple(gate.sign), text)
    if not gate_obstacles(state, one):
        yield Waiting("gate", gate.id, (state.captain,), f"go or no-go: {gate.title}", confirm=gate.confirm)


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
    reasons = [f"{role} must still sign ({count})" for role, count in missing_signatures(state, one).items()]
    reasons += [f"{login} ({role}) signed no" for role, login in _noes(state, one)]
    if (people := len(_people(state, one))) < one.step.distinct:
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


def _noes(state: State, one: StepState) -> list[tuple[str, str]]:
    return [vote for vote, yes in valid_signatures(state, one).items() if not yes]


def _people(state: State, one: StepState) -> set[str]:
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


def awaited(state: State, name: str) -> set[str]:
    """The ids of all steps that must be complete before this one's turn, however indirectly."""
    found: set[str] = set()
    left = [*state.steps[name].step.after]
    while left:
        if (each := left.pop()) not in found:
            found.add(each)
            left.extend(state.steps[each].step.after)
    return found


def lock_hosts(state: State, hosts: Iterable[str]) -> tuple[str, ...]:
    """The hosts whose lock keeps others out of these: the first of each group they are in, or the host itself."""
    found: dict[str, None] = {}
    for host in hosts:
        if host != HERE:
            firsts = [_first(state, group) for group in state.hosts[host].groups]
            found.update(dict.fromkeys(firsts or [host]))
    return tuple(found)


def _first(state: State, group: str) -> str:
    """The first host of a group; once it was dropped, and nobody is known to hold its lock, the next that was not."""
    members = state.the_plan.groups[group]
    known = (state.hosts[name] for name in members if name in state.hosts)
    return next((host.name for host in known if not host.dropped or host.lock == "ours" or host.holder), members[0])


def is_complete(one: StepState) -> bool:
    """Whether what comes after this step may start."""
    return one.status in ("passed", "skipped")


def is_its_turn(state: State, step: Step) -> bool:
    """Whether everything that a step waits for is complete; what ticks an item waits for its checklist to be open."""
    is_open = not step.ticks or state.steps[step.ticks].status == "running"
    return is_open and all(is_complete(state.steps[name]) for name in step.after)


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
