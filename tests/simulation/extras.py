"""What a plan gets beside its steps on hosts: soaks, notices, files that must stay as they are, manual commands."""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from cockpit.playbook.plan import Do, Manual, Notice, Phase, Plan, Run, Soak, Step
from tests.simulation.playbooks import HOSTS

MANUAL, WORD, FILE = "m0", "SURE", "release.yaml"
AS_IT_WAS, CHANGED = "a" * 64, "b" * 64


def enriched(plan: Plan) -> Plan:
    """The plan with some of these; which, its digest says, so that nothing else of a seed changes."""
    chance = Random(f"extras {plan.digest}")  # noqa: S311  a simulation
    forward = tuple(_watching(chance, step) for step in plan.steps)
    if chance.random() < 0.4:
        forward = _woven(chance, forward, _notice(chance))
    if plan.rules and chance.random() < 0.6:
        forward = _woven(chance, forward, _soak(chance, tuple(plan.rules), forward))
    plan = replace(plan, phases=(Phase(name="main", steps=forward),))
    return replace(plan, manual={MANUAL: _manual(chance, plan)}) if chance.random() < 0.5 else plan


def seen(plan: Plan, gone: float) -> str:
    """What the file is, so many seconds after the release began: it is changed once or twice, and put back."""
    chance = Random(f"file {plan.digest}")  # noqa: S311  a simulation
    spans = [(start := chance.uniform(0, 300), start + chance.uniform(1, 120)) for _ in range(chance.choice((0, 1, 2)))]
    return CHANGED if any(start <= gone < end for start, end in spans) else AS_IT_WAS


def _watching(chance: Random, step: Step) -> Step:
    return replace(step, unchanged=(FILE,)) if isinstance(step, Run | Do) and chance.random() < 0.25 else step


def _notice(chance: Random) -> Notice:
    asks = chance.choice(({}, {"impact": "What is it for customers?"}))
    repeat = chance.choice((0.0, 30.0, 200.0))
    return Notice(id="n0", phase="main", name="n", to=("x:y",), text="{{ now }}", asks=asks, repeat=repeat)


def _soak(chance: Random, rules: tuple[str, ...], forward: tuple[Step, ...]) -> Soak:
    again = tuple(step.id for step in forward if isinstance(step, Run) and chance.random() < 0.3)
    seconds = chance.choice((20.0, 150.0, 400.0))
    return Soak(id="k0", phase="main", rules=rules[:2], seconds=seconds, redeploy=again)


def _woven(chance: Random, steps: tuple[Step, ...], new: Step) -> tuple[Step, ...]:
    """One more step, a soak behind what it may have done again; some of those behind it wait for it."""
    again = new.redeploy if isinstance(new, Soak) else ()
    least = max((place for place, step in enumerate(steps, 1) if step.id in again), default=0)
    place = chance.randrange(least, len(steps) + 1)
    after = tuple(step.id for step in steps[:place] if step.id in again or chance.random() < 0.4)
    behind = (replace(each, after=(*each.after, new.id)) if chance.random() < 0.4 else each for each in steps[place:])
    return (*steps[:place], replace(new, after=after), *behind)


def _manual(chance: Random, plan: Plan) -> Manual:
    group = chance.choice(tuple(plan.groups))
    common: dict[str, Any] = {"group": group, "batches": (plan.groups[group],), "timeout": chance.choice((20.0, 60.0))}
    assert set(plan.groups[group]) <= set(HOSTS)
    run = Run(id=MANUAL, phase="manual", command=f"do-{MANUAL}", owner=("qa",), **common)
    return Manual(ask="Sure?", confirm=WORD, step=run)
