"""From a seed to a scenario."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from tests.simulation import measured, playbooks
from tests.simulation.extras import enriched
from tests.simulation.guarded import guarded
from tests.simulation.playbooks import HOSTS, LOGINS
from tests.simulation.scenario import Act, Fault, FaultKind, Flight, Scenario, chance

CALM = 400.0
"""About so many seconds things go wrong."""

MEASURED = 0.6
"""The share of releases with metrics."""

ENGINE: tuple[FaultKind, ...] = ("kill", "power", "crash-append", "crash-append", "crash-call", "crash-call")
LINKS: tuple[FaultKind, ...] = ("lose-call", "lose-call", "cut", "dead", "refuse", "slow", "stall", "reboot")
RARE: tuple[FaultKind, ...] = (
    *("wipe", "rekey", "swap", "host-full", "stubborn", "store-full", "rival"),
    *("foreign", "agent", "wall", "suspend"),
)


def scenario(seed: int) -> Scenario:
    """One release, sometimes two on the same hosts, with faults and people."""
    dice = chance(seed, "scenario")
    count = 2 if dice.random() < 0.12 else 1
    flights = tuple(_flight(chance(seed, "flight", number), number) for number in range(count))
    faults = tuple(_fault(dice) for _ in range(dice.choice((0, 1, 2, 2, 3, 4, 6))))
    return Scenario(seed, flights, faults)


def _flight(dice: Random, number: int) -> Flight:
    calm = dice.uniform(60, CALM)
    acts = tuple(_act(dice, calm) for _ in range(dice.choice((0, 3, 6, 10, 16))))
    begins = dice.uniform(0, 60) if number else 0.0
    flight = Flight(f"rel-{number}", playbooks.plan(dice), begins, acts, calm)
    flight = _watched(dice, flight) if dice.random() < MEASURED else flight
    return replace(flight, plan=enriched(flight.plan))


def _watched(dice: Random, flight: Flight) -> Flight:
    """The same release with metrics, and people who have something to say of rules."""
    plan = flight.plan
    drawn = measured.draw(dice, dict(plan.groups))
    acts = tuple(_of_rules(dice, one) for one in flight.acts)
    plan = guarded(dice, plan, drawn)
    return Flight(flight.name, plan, flight.begins, acts, flight.calm, drawn.courses, drawn.mishaps, drawn.histories)


def _of_rules(dice: Random, one: Act) -> Act:
    return replace(one, what=64 + one.what) if dice.random() < 0.4 else one


def _act(dice: Random, calm: float) -> Act:
    login = dice.choice(("ana", "ana", "ana", *LOGINS))
    return Act(_moment(dice, calm), login, dice.randrange(64), dice.randrange(17 * 7), dice.randrange(60))


def _fault(dice: Random) -> Fault:
    kind = dice.choice(dice.choice((ENGINE, LINKS, LINKS, RARE)))
    length = dice.choice((0.5, 5.0, 20.0, 60.0, 200.0))
    if kind == "wall":
        length = dice.choice((-3600.0, 3600.0))
    before = dice.random() < 0.5
    if dice.random() < 0.6:
        return Fault(kind, round(dice.choice((0.01, 0.5, 5.0, 12.0)), 2), "", length, dice.randrange(1, 10), before)
    return Fault(kind, _moment(dice, CALM), dice.choice(HOSTS), length, dice.randrange(1, 25), before)


def _moment(dice: Random, most: float) -> float:
    """Much goes on in the first minute."""
    return round(dice.choice((dice.uniform(0, min(60, most)), dice.uniform(0, most))), 2)
