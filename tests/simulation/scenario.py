"""What a simulated flight is made of: data that a seed draws, and that can be made smaller."""

from __future__ import annotations

import random
from typing import Any, Literal

import msgspec

from cockpit.playbook.plan import Plan
from tests.simulation.series import Course, Mishap

FaultKind = Literal[
    "kill",
    "power",
    "crash-append",
    "crash-call",
    "lose-call",
    "cut",
    "dead",
    "refuse",
    "slow",
    "stall",
    "reboot",
    "wipe",
    "rekey",
    "swap",
    "host-full",
    "stubborn",
    "store-full",
    "rival",
    "foreign",
    "agent",
    "wall",
    "suspend",
]


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that goes wrong: at a moment (seconds), or at the `n`-th append or call, before or after its effect.

    Without a host it strikes the one that starts the `n`-th command, `at` seconds after that. `length` is how many
    seconds it lasts, or how long the engine stays dead; for a clock, how far it jumps.
    """

    kind: FaultKind
    at: float = 0.0
    host: str = ""
    length: float = 0.0
    n: int = 0
    before: bool = True


class Act(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that a person does at a moment: `login` asks for what three numbers choose."""

    at: float
    login: str
    what: int
    which: int
    how: int


class Flight(msgspec.Struct, frozen=True, omit_defaults=True):
    """One release: its name, plan, when it begins, what people do, and when its captain begins to be diligent.

    `courses` are what its metrics really do, `mishaps` what their sources do; those in `histories` keep one.
    """

    name: str
    plan: Plan
    begins: float
    acts: tuple[Act, ...]
    calm: float
    courses: tuple[Course, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    histories: tuple[str, ...] = ()


class Scenario(msgspec.Struct, frozen=True):
    """Everything that a seed decides; what commands do on hosts follows from the seed and the attempt's id."""

    seed: int
    flights: tuple[Flight, ...]
    faults: tuple[Fault, ...]


def chance(seed: int, *key: Any) -> random.Random:
    """Chances of their own for one thing, so that leaving others out of a scenario does not change them."""
    return random.Random("/".join(map(str, (seed, *key))))  # noqa: S311  a simulation
