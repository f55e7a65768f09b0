"""Flying many seeds on all cores, and one again: `python -m tests.simulation.campaign --help`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.simulation import draw
from tests.simulation.checker import check
from tests.simulation.scenario import Scenario
from tests.simulation.shrink import shrink
from tests.simulation.simulate import Evidence, fly

CHUNK = 25
TALKATIVE = 40
"""So many chunks from one word about how far it is to the next."""


def broken(scenario: Scenario) -> list[str]:
    """Every promise that a scenario breaks; a simulation that falls over breaks one too."""
    try:
        return check(fly(scenario))
    except Exception as error:  # noqa: BLE001  the seed is to be named
        return [f"simulation: {error!r}"]


def rules(found: Iterable[str]) -> set[str]:
    """The names of the rules that are broken."""
    return {text.partition(":")[0] for text in found}


def fly_some(seeds: Sequence[int]) -> dict[int, list[str]]:
    """The seeds that break something, and what."""
    return fly_and_count(seeds).broken


class Flown(NamedTuple):
    """The seeds that broke something, and what; how many releases there were, and how many of them with metrics."""

    broken: dict[int, list[str]]
    releases: int
    measured: int


def fly_and_count(seeds: Sequence[int]) -> Flown:
    """Fly some seeds."""
    scenarios = {seed: draw.scenario(seed) for seed in seeds}
    flights = [flight for each in scenarios.values() for flight in each.flights]
    found = {seed: texts for seed, each in scenarios.items() if (texts := broken(each))}
    return Flown(found, len(flights), sum(bool(flight.plan.metrics) for flight in flights))


def main() -> int:
    """Carry out the command line; 1 when a promise was broken."""
    options = _options()
    if options.scenario or options.replay is not None:
        scenario = _scenario(options)
        if options.shrink:
            scenario = _shrunk(scenario)
            _say(msgspec.json.format(msgspec.json.encode(scenario)).decode())
        evidence = fly(scenario)
        _show(scenario, evidence)
        found = check(evidence)
        _say("\n".join(found) or "every promise was kept")
        return bool(found)
    return _campaign(options.releases, options.jobs, options.seed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=1000, help="how many scenarios to fly")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes fly them")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--replay", type=int, metavar="SEED", help="fly one seed and show its journal and hosts")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="fly a scenario written as JSON")
    parser.add_argument("--shrink", action="store_true", help="make it smaller first, and print it as JSON")
    return parser.parse_args()


def _scenario(options: argparse.Namespace) -> Scenario:
    if options.scenario:
        return msgspec.json.decode(options.scenario.read_bytes(), type=Scenario)
    return draw.scenario(options.replay)


def _shrunk(scenario: Scenario) -> Scenario:
    wanted = rules(broken(scenario))
    return shrink(scenario, lambda smaller: bool(wanted & rules(broken(smaller))))


def _campaign(releases: int, jobs: int, first: int) -> int:
    begun = time.monotonic()
    chunks = [range(seed, min(seed + CHUNK, first + releases)) for seed in range(first, first + releases, CHUNK)]
    counts: Counter[str] = Counter()
    failing = flown = measured = 0
    with get_context("fork").Pool(jobs) as pool:
        for number, some in enumerate(pool.imap_unordered(fly_and_count, chunks), 1):
            flown, measured = flown + some.releases, measured + some.measured
            if number % TALKATIVE == 0:
                _say(f"{flown} releases so far, {failing} scenarios broke a promise")
            for seed, texts in sorted(some.broken.items()):
                failing += 1
                counts.update(rules(texts))
                _say(f"seed {seed}: {texts[0]}" + (f" (and {len(texts) - 1} more)" if len(texts) > 1 else ""))
    seconds = time.monotonic() - begun
    _say(f"{releases} scenarios in {seconds:.0f} s: {flown} releases, {measured} of them with metrics")
    _say(f"{failing} scenarios broke a promise {dict(counts) or ''}")
    return bool(failing)


def _show(scenario: Scenario, evidence: Evidence) -> None:
    for fault in scenario.faults:
        _say(str(fault))
    for release in evidence.releases:
        _say(f"--- {release['name']}")
        for moment, line in zip(release["moments"], release["lines"], strict=True):
            _say(f"{moment:9.2f} {line.decode()}")
    _say("--- hosts")
    for run in evidence.executions:
        _say(f"{run['at']:9.2f} {run['host']} ran {run['id']}: {run['how']} at {run['ended']:.2f}")
    for sent in evidence.sent:
        _say(f"{sent['at']:9.2f} {sent['method']} {sent['id']}")
    for seen in evidence.seen:
        _say(f"{seen['at']:9.2f} {seen['host']} {seen['what']} {seen['nonce']}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
