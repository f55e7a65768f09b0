"""A plan in which rules matter: guards with every action, gates that ask for rules, baselines, undos, proofs."""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from cockpit.analysis.rule import refers_to_baseline
from cockpit.playbook.plan import (
    Action,
    Before,
    Decision,
    Gate,
    Guard,
    IfFails,
    Phase,
    Plan,
    Rollback,
    Run,
    Steady,
    Step,
)
from tests.simulation.measured import Drawn

ACTIONS: tuple[Action, ...] = ("warn", "hold", "decide", "decide", "back", "back", *3 * ("roll back",))
FAILS: tuple[IfFails, ...] = ("ask", "ask", "hold", "stop")
OPTIONS = ("roll back", "back", "hold", "wait", "abort", "fix forward")


def guarded(chance: Random, plan: Plan, drawn: Drawn) -> Plan:
    """The plan with what is measured, and steps that ask for it woven in."""
    rules = tuple(drawn.rules)
    forward = tuple(_turned(chance, step, rules) for step in plan.steps)
    forward = _undoable(chance, forward)
    for number in range(chance.choice((1, 1, 1, 2))):
        forward = _woven(chance, forward, _guard(chance, f"g{number}", rules))
    if chance.random() < 0.35:
        forward = _woven(chance, forward, _steady(chance, "w0", rules))
    undos = tuple(_undo(chance, step) for step in forward if isinstance(step, Run) and step.undo)
    return replace(
        plan,
        phases=(Phase(name="main", steps=forward),),
        rollback=_way_back(chance, plan.rollback, forward, rules),
        metrics=drawn.metrics,
        rules=drawn.rules,
        decisions={rule: _decision(chance, rule) for rule in rules},
        before=_before(chance, forward, drawn),
        undos=undos,
    )


def _some(chance: Random, names: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(name for name in names if chance.random() < 0.5)
    return found or names[:1]


def _turned(chance: Random, step: Step, rules: tuple[str, ...]) -> Step:
    """A step that asks for rules, if it is a gate, and perhaps cannot be undone."""
    if isinstance(step, Gate) and chance.random() < 0.7:
        waiver = chance.choice(((), ("qa",), ("qa", "sre")))
        step = replace(step, passing=_some(chance, rules), waiver=waiver, proven=chance.random() < 0.3)
    return replace(step, no_return=True) if chance.random() < 0.1 else step


def _undoable(chance: Random, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(
        replace(step, undo=f"{step.id}-undo") if isinstance(step, Run) and chance.random() < 0.6 else step
        for step in steps
    )


def _undo(chance: Random, step: Run) -> Run:
    common: dict[str, Any] = {"id": step.undo, "phase": "undo", "group": step.group, "secrets": step.secrets}
    fails: IfFails = chance.choice(FAILS)
    return Run(command=f"do-{step.undo}", batches=(step.hosts,), timeout=60.0, if_fails=fails, **common)


def _woven(chance: Random, steps: tuple[Step, ...], new: Step) -> tuple[Step, ...]:
    """One more step at any place, behind some of those before it; some of those behind it wait for it."""
    place = chance.randrange(len(steps) + 1)
    before, behind = steps[:place], steps[place:]
    share = chance.choice((0.0, 0.0, 0.4))
    after = tuple(step.id for step in before if chance.random() < share)
    waiting = tuple(replace(step, after=(*step.after, new.id)) if chance.random() < 0.4 else step for step in behind)
    return (*before, replace(new, after=after), *waiting)


def _guard(chance: Random, name: str, rules: tuple[str, ...]) -> Guard:
    return Guard(
        id=name,
        phase="main",
        rules={rule: chance.choice(ACTIONS) for rule in _some(chance, rules)},
        seconds=chance.choice((20.0, 120.0, 120.0, 300.0)),
        steady=chance.choice((0.0, 20.0, 20.0, 60.0)),
        countdown=chance.choice((5.0, 30.0, 30.0)),
    )


def _steady(chance: Random, name: str, rules: tuple[str, ...], phase: str = "main") -> Steady:
    return Steady(id=name, phase=phase, rules=_some(chance, rules), seconds=chance.choice((0.0, 20.0)))


def _way_back(
    chance: Random, back: Rollback | None, forward: tuple[Step, ...], rules: tuple[str, ...]
) -> Rollback | None:
    if back is None:
        return None
    runs = tuple(step.id for step in forward if isinstance(step, Run))
    proofs = tuple(name for name in runs if chance.random() < 0.3)
    verify = back.verify
    if chance.random() < 0.2:
        verify = (*verify, replace(_steady(chance, "x0", rules, "verify"), after=(back.steps[-1].id,)))
    return replace(back, proofs=proofs, verify=verify)


def _decision(chance: Random, rule: str) -> Decision:
    options = tuple(option for option in OPTIONS if chance.random() < 0.6) or OPTIONS
    return Decision(
        name=rule,
        ask="What now?",
        options=options,
        deadline=chance.choice((15.0, 60.0, 200.0)),
        default=chance.choice(options),
        owner=chance.choice(((), ("sre",), ("sre", "qa"))),
    )


def _before(chance: Random, forward: tuple[Step, ...], drawn: Drawn) -> Before | None:
    if not any(map(refers_to_baseline, drawn.rules.values())):
        return None
    return Before(over=60.0, until=chance.choice(forward).id, samples=chance.choice((1, 4, 8)))
