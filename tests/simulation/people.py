"""What people ask for: what is waited for, something contrary, or nonsense, as numbers choose."""

from __future__ import annotations

from random import Random
from typing import Any

from cockpit.playbook.plan import Gate, Soak
from cockpit.release import intents
from cockpit.release.asked import ACCEPT, options_of
from cockpit.release.gates import PROVEN, covers, gate_criteria
from cockpit.release.intents import AnyIntent
from cockpit.release.people import rollback_word
from cockpit.release.state import State
from cockpit.release.waiting import Waiting, waiting_for
from tests.simulation.extras import MANUAL, WORD
from tests.simulation.playbooks import HOSTS, ROLES
from tests.simulation.scenario import Act

BECAUSE = "because"
NOBODYS = ("credentials", "file")
"""What no answer ends."""

OF_RULES = 64
"""From here on, what somebody does is about rules."""


def act(state: State, one: Act) -> tuple[str, AnyIntent]:
    """Who asks for what: often just what is waited for, by whoever is asked or by somebody else."""
    if one.what >= OF_RULES and state.rules:
        return _of_rules(state, one)
    if one.how % 6 == 5 and state.the_plan.manual:
        return one.login, intents.RunManual(command=MANUAL, confirm=WORD if one.how > 20 else "", note=BECAUSE)
    if one.how % 6 == 4 and (soak := next((each for each in state.track if isinstance(each, Soak)), None)):
        return one.login, intents.Retry(step=soak.id, note=BECAUSE)
    entries = [each for each in waiting_for(state) if each.what not in NOBODYS]
    if entries and one.what % 2:
        who, intent = answer(state, entries[one.which % len(entries)], Random(one.how))  # noqa: S311
        return (who, intent) if one.what % 8 else (one.login, intent)
    return one.login, _anything(state, one.which, one.how)


def answer(state: State, entry: Waiting, chance: Random) -> tuple[str, AnyIntent]:
    """Whoever is asked, and an answer that lets it go on."""
    captain, step = state.captain, entry.step
    match entry.what:
        case "resume":
            return captain, intents.Resume()
        case "lock":
            return captain, intents.Decide(decision=step, option="take over", note=BECAUSE)
        case "early":
            return captain, intents.Decide(decision=step, option="run", note=BECAUSE)
        case "condition":
            return captain, intents.Decide(decision=step, option=chance.choice(entry.options), note=BECAUSE)
        case "item":
            return _owner(captain, entry), _tick(state, entry, chance)
        case "step":
            return _owner(captain, entry), intents.Done(step=step, fields=dict.fromkeys(entry.asks, "said"))
        case "redeploy":
            return captain, intents.Retry(step=step, note=BECAUSE)
        case "answer":
            kinds = (intents.Retry, intents.Retry, intents.Skip, intents.Drop)
            return captain, chance.choice(kinds)(step=step, host=entry.host, note=BECAUSE)
        case "settle":
            return captain, _settle(entry, chance)
        case "gate":
            return captain, intents.Go(gate=step, confirm=entry.confirm)
        case "sign-off":
            return _signature(state, entry)
        case "decision":
            return _owner(captain, entry), _decision(state, entry.item, entry.options, chance)
        case "veto" if chance.random() < 0.3:
            return captain, intents.Veto(rule=entry.item, note=BECAUSE)
        case "veto" | "acknowledgement":
            return captain, intents.Acknowledge(rule=entry.item)
        case _:
            return captain, intents.Resume()


def waiver(state: State, chance: Random) -> tuple[str, AnyIntent] | None:
    """Somebody who may let pass what keeps a gate shut, and does; None where nobody may."""
    found: list[tuple[str, AnyIntent]] = []
    for step in state.track:
        one = state.steps[step.id]
        if isinstance(step, Gate) and one.status == "running" and step.waiver:
            role = chance.choice(step.waiver)
            lacking = gate_criteria(state, one, step)
            found += [(ROLES[role].people[0], intents.Waive(what=what, role=role, note=BECAUSE)) for what in lacking]
    return chance.choice(found) if found else None


def startled(state: State, chance: Random) -> tuple[str, AnyIntent] | None:
    """What somebody who just looks up does about a countdown or a question; mostly nothing."""
    found = [entry for entry in waiting_for(state) if entry.what in ("veto", "decision")]
    if not found or chance.random() < 0.8:
        return None
    entry = chance.choice(found)
    if entry.what == "veto":
        return chance.choice((state.captain, state.captain, "chen")), intents.Veto(rule=entry.item, note=BECAUSE)
    option = chance.choice(entry.options)
    return _owner(state.captain, entry), intents.Decide(decision=entry.item, option=option, note=BECAUSE)


def _decision(state: State, rule: str, options: tuple[str, ...], chance: Random) -> AnyIntent:
    """Mostly what lets the release go on."""
    calm = [option for option in options if option not in ("wait", "hold")] or list(options)
    option = ACCEPT if ACCEPT in options and chance.random() < 0.8 else chance.choice(calm)
    return intents.Decide(decision=rule, option=option, note=BECAUSE)


def _of_rules(state: State, one: Act) -> tuple[str, AnyIntent]:
    """Something about a rule: sensible mostly, by whoever may or by somebody else."""
    names = sorted(state.rules)
    hot = [name for name in names if state.rules[name].announced is not None or state.rules[name].asked]
    rule = (hot or names)[one.which % len(hot or names)]
    options = options_of(state, rule) or ("roll back", "accept", "wait")
    role = ("qa", "sre", "captain", "nobody")[one.how % 4]
    note = BECAUSE if one.how % 7 else ""
    intent = (
        intents.Veto(rule=rule, note=note),
        intents.Veto(rule=rule, note=note),
        intents.Decide(decision=rule, option=options[one.how % len(options)], note=note),
        intents.Decide(decision=rule, option=options[one.how % len(options)], note=note),
        intents.Waive(what=PROVEN if one.how % 5 == 0 else rule, role=role, note=note),
        intents.Acknowledge(rule=rule),
        intents.Back(note=note),
        intents.Resume(),
        intents.Resume(),
        intents.Hold(),
        intents.RollBack(confirm=rollback_word(state) if one.how % 2 else state.release),
    )[one.which // 7 % 11]
    login = one.login
    if isinstance(intent, intents.Waive) and role in ROLES and one.what % 2:
        login = ROLES[role].people[0]
    return login, intent


def _tick(state: State, entry: Waiting, chance: Random) -> AnyIntent:
    item = next(each for each in getattr(state.steps[entry.step].step, "items") if each.id == entry.item)  # noqa: B009
    if item.not_applicable and chance.random() < 0.3:
        return intents.Tick(step=entry.step, item=entry.item, not_applicable=BECAUSE)
    return intents.Tick(step=entry.step, item=entry.item, evidence="seen")


def _settle(entry: Waiting, chance: Random) -> AnyIntent:
    option = chance.choice(entry.options)
    if option == "retry":
        return intents.Retry(step=entry.step, host=entry.host, note=BECAUSE)
    if option == "skip":
        return intents.Skip(step=entry.step, host=entry.host, note=BECAUSE)
    outcome: Any = option
    return intents.Settle(step=entry.step, host=entry.host, outcome=outcome, note=BECAUSE)


def _owner(captain: str, entry: Waiting) -> str:
    return next((ROLES[role].people[0] for role in entry.who if role in ROLES), captain)


def _signature(state: State, entry: Waiting) -> tuple[str, AnyIntent]:
    """Somebody whose yes is still missing, or whose no stands in the way."""
    shown = covers(state, entry.step)
    given = [each for each in state.steps[entry.step].signatures if not each.lapsed]
    votes = {(each.role, each.by): each.yes for each in given if each.covers == shown}
    signed = {by for (_, by), yes in votes.items() if yes}
    free = [(role, login) for role in entry.who for login in ROLES[role].people]
    free.sort(key=lambda pair: (votes.get(pair, True), pair[1] in signed, pair in votes))
    role, login = free[0]
    return login, intents.Sign(gate=entry.step, role=role, yes=True, covers=shown)


def _anything(state: State, which: int, how: int) -> AnyIntent:
    """Any intent on any step and host, sensible or not."""
    names = [*state.steps, *3 * [each.step.id for each in state.steps.values() if each.status == "running"]]
    step, host = names[how % len(names)], ("", "all", "here", *HOSTS)[which // 17 % 7]
    several: dict[str, Any] = {"step": step, "host": host, "note": BECAUSE}
    yes = bool(how % 3)
    return (
        intents.Hold(),
        intents.Resume(),
        intents.Abort(finish=bool(how % 2)),
        intents.RollBack(confirm=rollback_word(state) if yes else "nonsense"),
        intents.Retry(**several),
        intents.Skip(**several),
        intents.Drop(**several),
        intents.Stop(**several),
        intents.Settle(step=step, host=host, outcome="passed" if how % 2 else "failed", note="seen"),
        intents.Decide(decision=step, option="skip" if how % 2 else "run", note=BECAUSE),
        intents.Sign(gate=step, role="sre", yes=yes, covers=covers(state, step) if how % 5 else "old", note=BECAUSE),
        intents.Go(gate=step, confirm="now"),
        intents.NoGo(gate=step, note=BECAUSE),
        intents.Tick(step=step, item="i0", evidence="seen"),
        intents.Done(step=step),
        _captaincy(which, how),
        intents.Close() if how % 4 == 0 else intents.Stop(step=step, host="all", note=BECAUSE),
    )[which % 17]


def _captaincy(which: int, how: int) -> AnyIntent:
    kinds = (
        intents.Captaincy(action="offer", to="chen"),
        intents.Captaincy(action="accept"),
        intents.Captaincy(action="take", note=BECAUSE),
    )
    return kinds[(which + how) % 3]
