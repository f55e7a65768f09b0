"""What guards cause by themselves: holds and their end, announced rollbacks, decisions, a batch taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cockpit.playbook.plan import Action, Guard
from cockpit.release.back import last_batch
from cockpit.release.events import (
    ITSELF,
    AnyEvent,
    BackOrdered,
    CalledOff,
    DecisionOpened,
    Held,
    Resumed,
    RollbackAnnounced,
    RollbackStarted,
)
from cockpit.release.health import (
    describe,
    guards,
    impending,
    is_impending,
    is_well,
    leads_to,
    period_end,
    steady_since,
    unwell,
)
from cockpit.release.people import past_no_return
from cockpit.release.questions import decided
from cockpit.release.state import State


def guarding(state: State, now: float) -> Iterator[AnyEvent]:
    """What follows from the verdicts now: one thing at a time, the way back before all else."""
    yield from next(filter(None, (tuple(each) for each in _steps(state, now))), ())


def _steps(state: State, now: float) -> Iterator[Iterator[AnyEvent]]:
    yield _settled(state)
    yield _overdue(state, now)
    for _, guard in guards(state):
        for rule, action in sorted(guard.rules.items(), key=lambda each: _ORDER[each[1]]):
            yield _caused(state, guard, rule, leads_to(state, rule, action, now), now)
    yield _steadied(state, now)
    yield _asks_to_end(state, now)


_ORDER: dict[Action, int] = {"roll back": 0, "back": 1, "decide": 2, "hold": 3, "warn": 4}


def _settled(state: State) -> Iterator[AnyEvent]:
    """What was announced or asked, and does not matter any more."""
    watched = {guard.id for _, guard in guards(state)}
    for rule, one in impending(state):
        if is_well(state, rule):
            yield CalledOff(rule=rule, reason=describe(state, rule))
        elif one.guard not in watched:
            yield CalledOff(rule=rule, reason=f"{one.guard} no longer watches")


def _overdue(state: State, now: float) -> Iterator[AnyEvent]:
    """Countdowns and deadlines that have passed without an answer."""
    for rule, one in impending(state):
        if one.announced is not None and now >= one.announced:
            yield RollbackStarted(by=ITSELF, note=describe(state, rule))
            return
        if one.asked and one.due is not None and now >= one.due:
            decision = state.the_plan.decisions[rule]
            yield from decided(state, rule, decision.default, ITSELF, "nobody decided in time")
            return


def _caused(state: State, guard: Guard, rule: str, action: Action | None, now: float) -> Iterator[AnyEvent]:
    if is_impending(state.rules[rule]):
        return
    note = describe(state, rule)
    match action:
        case "roll back":
            yield from _back_all_the_way(state, guard, rule, note, now)
        case "back":
            yield from _back_a_batch(state, guard, rule, note)
        case "decide":
            deadline = state.the_plan.decisions[rule].deadline
            yield DecisionOpened(guard=guard.id, rule=rule, about="decision", due=now + deadline)
        case "hold":
            yield from _hold(state, guard, rule, note)
        case "warn" | None:
            return
        case _:
            assert_never(action)


def _back_all_the_way(state: State, guard: Guard, rule: str, note: str, now: float) -> Iterator[AnyEvent]:
    if state.rolling_back or state.the_plan.rollback is None:
        yield from _hold(state, guard, rule, note)
    elif past_no_return(state):
        yield DecisionOpened(guard=guard.id, rule=rule, about="no return")
    else:
        yield RollbackAnnounced(guard=guard.id, rule=rule, due=now + guard.countdown)


def _back_a_batch(state: State, guard: Guard, rule: str, note: str) -> Iterator[AnyEvent]:
    if state.back:
        return
    found = None if state.rolling_back or _has_gone_back(state, guard, rule) else last_batch(state)
    if found is None:
        yield from _hold(state, guard, rule, note)
    else:
        yield BackOrdered(step=found[0], hosts=found[1], by=ITSELF, note=note, rule=rule)


def _has_gone_back(state: State, guard: Guard, rule: str) -> bool:
    """Whether a rule has taken a batch back in this guard, and has not passed since: it may need its time."""
    started, backed = state.steps[guard.id].started, state.rules[rule].backed
    return started is not None and backed is not None and started <= backed


def _hold(state: State, guard: Guard, rule: str, note: str) -> Iterator[AnyEvent]:
    """A hold by these rules grows by one more; a person's hold is left as it is."""
    if state.back or (state.held_by and not state.held_rules) or rule in state.held_rules:
        return
    yield Held(by=ITSELF, note=note, rules=(*state.held_rules, rule), guard=guard.id)


def _steadied(state: State, now: float) -> Iterator[AnyEvent]:
    """The end of a hold that rules caused, after they have been well for as long as their guard asks for."""
    end = hold_end(state)
    if end is not None and now >= end:
        yield Resumed(by=ITSELF, note=f"{', '.join(state.held_rules)} well again")


def _asks_to_end(state: State, now: float) -> Iterator[AnyEvent]:
    """Rules that keep a guard from ending when its period is over: a person may accept them, one guard at a time."""
    asked = dict[str, AnyEvent]()
    for one, guard in guards(state):
        if now >= period_end(one, guard):
            for rule in unwell(state, one, guard):
                if not is_impending(state.rules[rule]):
                    asked.setdefault(rule, DecisionOpened(guard=guard.id, rule=rule, about="end"))
    yield from asked.values()


def hold_end(state: State) -> float | None:
    """When a hold that rules caused ends by itself; None when it is not in sight."""
    guard = state.steps[state.held_guard].step if state.held_guard else None
    if not state.held_by or not isinstance(guard, Guard) or not guard.steady:
        return None
    since = steady_since(state, state.held_rules, 0.0)
    return None if since is None else since + guard.steady


def guards_due(state: State) -> Iterator[float]:
    """The moments at which something follows by itself from what guards have seen."""
    for _, one in impending(state):
        yield from (moment for moment in (one.announced, one.due) if moment is not None)
    yield from (one.again for one in state.rules.values() if one.again is not None)
    yield from (period_end(one, guard) for one, guard in guards(state))
    end = hold_end(state)
    if end is not None:
        yield end
