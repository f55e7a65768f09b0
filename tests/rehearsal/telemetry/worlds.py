"""Small worlds: plans read from text, hosts whose facts a test changes, and releases watched in virtual time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cockpit.analysis.rule import Reading
from cockpit.engine.measured import Measured
from cockpit.engine.vault import Vault
from cockpit.engine.watch import Watch
from cockpit.execution.contract import Question
from cockpit.playbook import load
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.known import Blow, Facts
from cockpit.rehearsal.scenario import STARTS, Curve, Fault, Scenario
from cockpit.rehearsal.telemetry.signal import Signal
from cockpit.rehearsal.telemetry.sources import ModelledSources
from cockpit.release.advance import advance
from cockpit.release.apply import apply
from cockpit.release.events import AnyEvent, Opened, Record, VerdictChanged
from cockpit.release.state import State
from tests.simulation.loop import World as Time

HEAD = """
playbook: tried
title: Tried
hosts: {web: 'web-[1:4]', db: db-1}
"""
BODY = """
phases:
  - phase: go
    steps:
      - {id: ship, run: ./ship, on: web}
      - {id: watch, after: [], guard: {RULES}, for: 4w}
"""


def plan_of(metrics: str, rules: str = "", body: str = BODY, guarded: str = "") -> Plan:
    """The plan of metrics and rules (lines of their mappings); a guard of four weeks watches the rules named."""

    def block(name: str, text: str) -> str:
        return f"{name}:\n" + "".join(f"  {line}\n" for line in text.strip().splitlines()) if text.strip() else ""

    names = [name.strip() for name in guarded.split(",") if name.strip()]
    steps = body.replace("{RULES}", "{" + ", ".join(f"{name}: warn" for name in names) + "}")
    if not names:
        steps = "\n".join(line for line in steps.splitlines() if "id: watch" not in line)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tried.yaml"
        path.write_text(HEAD + block("metrics", metrics) + block("rules", rules) + steps)
        return load.plan(path, {}, "ana")


class Earth:
    """See `known.World`: a test says what becomes of it. What is known at first is known of the web hosts."""

    def __init__(self, **known: str) -> None:
        self._first = Facts(0.0, known)
        self._later: dict[str, list[Facts]] = {}
        self.blows: list[Blow] = []

    def facts(self, host: str) -> list[Facts]:
        first = self._first if host.startswith("web") else Facts(0.0, {})
        return [first, *self._later.get(host, ())]

    @property
    def changes(self) -> int:
        return sum(map(len, self._later.values()))

    def becomes(self, host: str, at: float, **known: str) -> None:
        """A host is like this from so many seconds after the start on."""
        self._later.setdefault(host, []).append(Facts(STARTS + at, known))

    def strikes(self, fault: Fault, at: float, length: float | None = None) -> None:
        """A fault begins so many seconds after the start, and lasts so long."""
        self.blows.append(Blow(fault, STARTS + at, None if length is None else STARTS + at + length))


def signal_of(plan: Plan, earth: Earth | None = None, seed: int = 1, **curves: Curve | tuple[Curve, ...]) -> Signal:
    """A signal of these curves, by metric."""
    said = {name: each if isinstance(each, tuple) else (each,) for name, each in curves.items()}
    return Signal(plan, Scenario(curves=said), seed, earth or Earth())


class Kept:
    """Samples in memory: see `Readings`."""

    def __init__(self) -> None:
        self.readings: dict[tuple[str, str], list[Reading]] = {}

    def append(self, metric: str, host: str, reading: Reading) -> None:
        self.readings.setdefault((metric, host), []).append(reading)

    def since(self, metric: str, host: str, moment: float) -> list[Reading]:
        return [each for each in self.readings.get((metric, host), ()) if each.at >= moment]

    def close(self) -> None: ...


class Watched:
    """A release of a plan, watched in virtual time by the real engine's watch over modelled sources."""

    def __init__(self, signal: Signal, *, thin: bool) -> None:
        self.time = Time()
        self.told: list[tuple[float, VerdictChanged]] = []
        self.kept = Kept()
        self.sources = ModelledSources(signal, self.now, lambda: self.state, thin=thin)
        plan = signal.plan
        self.state = State()
        self._happened(Opened(release="r", nonce="n", mode="rehearsal", plan=plan, digest=plan.digest, captain="ana"))
        self.watch = Watch(
            lambda: self.state, Vault({}), _unasked, self.sources, self._samples, self.now, self._happened, _unseen
        )

    @property
    def _samples(self) -> Any:
        return self.kept

    def now(self) -> float:
        return STARTS + self.time.now

    def run(self, *strides: float | tuple[float, Callable[[], None]]) -> None:
        """Watch for so many seconds, doing something at the end of each stride that says what."""
        loop = self.time.loop("watch")
        running = loop.create_task(self._run())
        for each in strides:
            seconds, then = each if isinstance(each, tuple) else (each, lambda: None)
            self.time.turns = 0
            until = self.time.now + seconds
            while self.time.now < until:
                self.time.turns = 0
                self.time.run(until, running.done)
                if running.done():
                    running.result()
                    raise AssertionError("nobody watches any more")
            then()
        loop.die()
        self.time.close()

    def verdicts(self, rule: str) -> list[tuple[float, str]]:
        """Seconds since the start, and what a rule came to."""
        return [(round(at - STARTS, 3), each.verdict) for at, each in self.told if each.rule == rule]

    async def _run(self) -> None:
        await self.watch.run()

    def _happened(self, event: AnyEvent) -> None:
        self._take(event)
        while events := advance(self.state, self.now()):
            for each in events:
                self._take(each)

    def _take(self, event: AnyEvent) -> None:
        if isinstance(event, VerdictChanged):
            self.told.append((self.now(), event))
        self.state = apply(self.state, Record(self.state.seq + 1, self.now(), event))


async def _unasked(question: Question) -> str:
    return f"nobody is asked: {question.script}"


def _unseen(_measured: Measured) -> None: ...
