"""Flying a scenario: engines, hosts, faults and people in one world, until every release is closed."""

from __future__ import annotations

import hashlib
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import msgspec
from msgspec.structs import replace

from cockpit.engine.engine import Engine
from cockpit.engine.visits import AGENT
from cockpit.execution.machine import Said
from cockpit.journal import chain
from cockpit.playbook.plan import Gate, Soak, Steady
from cockpit.release.events import Opened
from cockpit.release.files import changed
from cockpit.release.intents import Abort, Close, RollBack, Stop
from cockpit.release.people import rollback_word
from cockpit.release.standing import running
from cockpit.release.state import State
from cockpit.release.waiting import waiting_for
from tests.simulation import people
from tests.simulation.engines import Outside, Process
from tests.simulation.extras import seen
from tests.simulation.hosts import Box, Habit, Lock, Site, Way
from tests.simulation.loop import Killed
from tests.simulation.playbooks import HOSTS, SECRET
from tests.simulation.scenario import Fault, Flight, Scenario, chance
from tests.simulation.series import trouble
from tests.simulation.sources import Nature
from tests.simulation.store import Disk
from tests.simulation.web import Reply, Web

LIMIT = 100_000.0
"""Seconds of virtual time in which every release must be over."""

SELDOM = {"lock": 3, "ask": 4, "read": 4}
"""So many calls of a kind that is repeated for ever count among those at which something goes wrong."""

PATIENCE = 1500.0
"""Seconds after which the diligent captain gives up on rules that keep a release from going on."""

COUNTED = ("crash-append", "crash-call", "lose-call")
"""Faults that wait for a number of appends or calls."""

DISTANT = ("dead", "refuse", "slow", "stall", "rekey", "swap", "foreign")
"""Faults that this machine cannot have."""


class Evidence(msgspec.Struct):
    """What a flight left, in plain values: all that the checker sees. `stuck` says what never ended."""

    releases: list[dict[str, Any]]
    executions: list[dict[str, Any]]
    sent: list[dict[str, Any]]
    seen: list[dict[str, Any]]
    machines: dict[str, tuple[str, ...]]
    strikes: list[dict[str, Any]]
    now: float
    turns: int
    stuck: list[str]


class Release:
    """One release in the world: its disk, the engines it had, and its people."""

    def __init__(self, simulation: Simulation, flight: Flight) -> None:
        self.simulation, self.flight = simulation, flight
        self.site = simulation.site
        self.nonce = hashlib.sha256(f"{simulation.scenario.seed} {flight.name}".encode()).hexdigest()[:32]
        self.secret = f"hush-{simulation.scenario.seed}-{flight.name}"
        self.nature = Nature(self.site, flight.courses, flight.mishaps, flight.histories)
        way = Way(self._touch, lambda: self.agent)
        self.outside = Outside(self.site, simulation.web, Disk(), way, self.nature)
        self.outside.crash = self._append
        self.outside.engine = simulation.engine
        self.outside.file = lambda: seen(flight.plan, simulation.site.now - flight.begins)
        self.agent = True
        self.calls = 0
        self.repeated: Counter[str] = Counter()
        self.processes: list[Process] = []
        self.dice = chance(simulation.scenario.seed, "captain", flight.name)
        self.nerves = chance(simulation.scenario.seed, "nerves", flight.name)
        self.spent: set[Fault] = set()
        self.site.at(flight.begins, self._begin)

    @property
    def process(self) -> Process | None:
        """The engine that lives."""
        return next((each for each in reversed(self.processes) if each.alive), None)

    @property
    def over(self) -> bool:
        """Whether it is closed, and its engine gone by itself."""
        return any(each.over == "closed" for each in self.processes)

    @property
    def state(self) -> State | None:
        """What a client sees."""
        return self.process.engine.state if self.process and self.process.engine else None

    def launch(self, *, force: bool = False) -> None:
        """Start an engine."""
        if not self.over:
            self.processes.append(Process(self.outside, len(self.processes) + 1, force=force))

    def kill(self, length: float, *, power: bool = False) -> None:
        """End the engine at once; its supervisor starts another one after `length` seconds."""
        for process in self.processes:
            if not process.loop.dead:
                process.kill()
        if power:
            self.outside.disk.lose_power()
            self.site.boxes["here"].reboot()
        self.site.at(self.site.now + max(0.2, length), self._again)

    def _begin(self) -> None:
        plan = self.flight.plan
        opened = Opened(
            release=self.flight.name, nonce=self.nonce, mode="live", plan=plan, digest=plan.digest, captain="ana"
        )
        disk = self.outside.disk
        disk.rows = chain.extend(0, chain.GENESIS, [opened], self.outside.wall)
        disk.writers, disk.moments = [0], [self.site.now]
        disk.now = lambda: self.site.now
        self.nature.began = self.site.now
        self.launch()
        for one in self.flight.acts:
            self.site.at(self.site.now + one.at, lambda one=one: self._act(one))  # type: ignore[misc]
        self.site.at(self.site.now + 5, self._look)
        self.site.at(self.site.now + self.flight.calm, self._captain)

    def _again(self) -> None:
        if not self.over and not any(each.alive for each in self.processes):
            self.launch()

    def _look(self) -> None:
        """The supervisor: an engine that is gone by itself is started again."""
        if self.over:
            return
        last = self.processes[-1]
        if last.over and not last.defect and self.process is None:
            self.launch()
        if self.process is not None and self.state is not None and self.flight.plan.rules:
            said = people.startled(self.state, self.nerves)
            if said is not None:
                self.process.ask(*said)
        self.site.at(self.site.now + 5, self._look)

    def _act(self, one: Any) -> None:
        process, state = self.process, self.state
        if process is None or state is None:
            return
        if state.missing and one.how % 2:
            self._supply(process, state)
        process.ask(*people.act(state, one))

    def _supply(self, process: Process, state: State) -> None:
        agent = AGENT in state.missing
        self.agent = self.agent or agent
        process.supply(state.captain, {SECRET: self.secret}, agent=agent)

    def _captain(self) -> None:
        """The diligent captain: answers whatever is waited for, closes what has ended."""
        if self.over:
            return
        self.site.at(self.site.now + self.dice.uniform(3, 15), self._captain)
        process, state = self.process, self.state
        if process is None or state is None or state.closed:
            return
        if state.missing:
            self._supply(process, state)
        entries = [each for each in waiting_for(state) if each.what not in people.NOBODYS]
        if state.end is not None:
            way_back = state.backward and not state.rolling_back and self.dice.random() < 0.15
            process.ask(state.captain, RollBack(confirm=rollback_word(state)) if way_back else Close())
        elif entries:
            process.ask(*people.answer(state, self.dice.choice(entries), self.dice))
        elif stays_shut(state) and (waived := people.waiver(state, self.dice)):
            process.ask(*waived)
        elif stays_shut(state) and self.nature.now > self.flight.calm + PATIENCE:
            process.ask(state.captain, Abort(note="the rules will not pass"))
        elif running(state) and self.dice.random() < 0.02:
            attempt = running(state)[0]
            process.ask(state.captain, Stop(step=attempt.step, host=attempt.host, note="it takes too long"))

    def _append(self, number: int, before: bool) -> None:
        for fault in self._due("crash-append", number, before=before):
            self._crash(fault)

    def _touch(self, verb: str, before: bool) -> bool:
        if verb in SELDOM:
            self.repeated[verb] += before
            if self.repeated[verb] > SELDOM[verb]:
                return False
        self.calls += before
        for fault in self._due("crash-call", self.calls, before=before):
            self._crash(fault)
        lost = list(self._due("lose-call", self.calls, before=before))
        for fault in lost:
            self.simulation.struck(fault)
        return bool(lost)

    def _due(self, kind: str, number: int, *, before: bool) -> Iterator[Fault]:
        for fault in self.simulation.scenario.faults:
            if fault.kind == kind and fault.n == number and fault.before == before and fault not in self.spent:
                self.spent.add(fault)
                yield fault

    def _crash(self, fault: Fault) -> None:
        self.kill(fault.length / 4)
        raise Killed


class Simulation:
    """A scenario being flown. `engine` and `forgetful` hosts are for defects planted on purpose."""

    def __init__(self, scenario: Scenario, engine: type[Engine] = Engine, *, forgetful: bool = False) -> None:
        random.seed(scenario.seed)
        self.scenario, self.engine = scenario, engine
        self.site = Site(chance(scenario.seed, "jitter"))
        self.machines: dict[str, list[Box]] = {}
        for name in ("here", *HOSTS):
            self._settle(name).forgets = forgetful
        self.site.habit = self._habit
        self.site.look = self._look
        self.strikes: list[dict[str, Any]] = []
        self.web = Web(self.site, self._reply)
        self.releases = [Release(self, flight) for flight in scenario.flights]
        self.site.known = self._known
        self.aimed = [each for each in scenario.faults if not (each.host or each.kind in COUNTED)]
        self.launches = 0
        for fault in scenario.faults:
            if fault.host and fault.kind not in COUNTED:
                self.site.at(fault.at, lambda fault=fault: self._strike(fault))  # type: ignore[misc]

    def fly(self) -> Evidence:
        """Fly it to its end."""
        self.site.run(LIMIT, lambda: all(each.over for each in self.releases))
        stuck = [self._where(each) for each in self.releases if not each.over]
        evidence = Evidence(
            [self._left(each) for each in self.releases],
            [asdict(each) for each in self.site.executions],
            [each._asdict() for each in self.web.sent],
            [each._asdict() for each in self.site.seen],
            {name: tuple(box.key for box in boxes) for name, boxes in self.machines.items()},
            self.strikes,
            self.site.now,
            self.site.turns,
            stuck,
        )
        self.site.close()
        return evidence

    def _left(self, release: Release) -> dict[str, Any]:
        disk = release.outside.disk
        return {
            "name": release.flight.name,
            "nonce": release.nonce,
            "secret": release.secret,
            "lines": [bytes(line) for _, _, line in disk.rows],
            "hashes": [digest.decode() for _, digest, _ in disk.rows],
            "writers": disk.writers,
            "moments": disk.moments,
            "outputs": {attempt: bytes(data) for attempt, data in disk.outputs.items()},
            "began": release.nature.began,
            "lives": [(each.began, self.site.now if each.alive else each.gone) for each in release.processes],
            "courses": release.flight.courses,
            "mishaps": release.flight.mishaps,
            "histories": release.flight.histories,
            "defects": [each.defect for each in release.processes if each.defect],
        }

    def _where(self, release: Release) -> str:
        state = release.state
        if state is None:
            return f"{release.flight.name} has no engine: {[each.over for each in release.processes]}"
        asked = [f"{each.what} {each.step} {each.host}" for each in waiting_for(state)]
        return f"{release.flight.name} has not ended; it waits for {asked}, runs {[each.id for each in running(state)]}"

    def _known(self, nonce: str) -> int:
        return next((len(each.outside.disk.rows) for each in self.releases if each.nonce == nonce), 0)

    def _settle(self, name: str) -> Box:
        """Put a new machine behind a name."""
        box = self.site.boxes[name] = Box(self.site, name)
        self.machines.setdefault(name, []).append(box)
        return box

    def _habit(self, id_: str, host: str, program: str) -> Habit:
        self.launches += 1
        for fault in [each for each in self.aimed if each.n == self.launches]:
            struck = replace(fault, host=host)
            self.site.at(self.site.now + fault.at, lambda struck=struck: self._strike(struck))  # type: ignore[misc]
        dice = chance(self.scenario.seed, "habit", id_)
        look = "'look'" in program
        seconds = dice.choice((0.1, 1.0, 3.0)) if look else dice.choice((0.1, 2.0, 8.0, 8.0, 40.0))
        if dice.random() < 0.02:
            seconds = 1e7
        code = 0 if dice.random() < (0.6 if look else 0.8) else dice.choice((1, 2, 143))
        said = [f"line {number} of {id_}\n".encode() for number in range(dice.choice((0, 1, 3)))]
        for release in self.releases:
            if release.secret in program:
                half = len(release.secret) // 2
                said += [b"it is " + release.secret[:half].encode(), release.secret[half:].encode() + b"!\n"]
        pieces = tuple((round(dice.uniform(0, min(seconds, 60)), 2), piece) for piece in said)
        captured = dice.choice((b"captured=x\n", b"captured=y\n")) if dice.random() < 0.2 else b""
        return Habit(seconds, code, _in_order(pieces), captured)

    def _reply(self, id_: str) -> Reply:
        dice = chance(self.scenario.seed, "reply", id_)
        status = 200 if dice.random() < 0.7 else 500
        kind = dice.random()
        return Reply(dice.choice((0.1, 1.0, 10.0)), status, refused=kind < 0.06, silent=kind > 0.95)

    def _look(self, host: str, script: str) -> tuple[float, Said]:
        """What a command that measures prints, and after how many seconds."""
        name = script.rpartition("measure ")[2]
        found = re.search(r"^export release='?([^'\n]*)", script, re.MULTILINE)
        release = next(each for each in self.releases if found and each.flight.name == found[1])
        course, mishap = release.nature.course(name, host), trouble(release.flight.mishaps, name, release.nature.now)
        assert course is not None, f"nobody measures {name} on {host}"
        kind = mishap.kind if mishap else ""
        printed = b"" if kind == "silent" else f"about {course.value(release.nature.now):.9f}\n".encode()
        slow = {"late": 3.5, "hang": 1e6}.get(kind, 0.0)
        return slow, Said(printed, b"it is broken\n", 1) if kind == "error" else Said(printed, b"", 0)

    def struck(self, fault: Fault) -> None:
        """Remember that a fault took effect now."""
        self.strikes.append({"at": self.site.now, "kind": fault.kind, "host": fault.host, "length": fault.length})

    def _strike(self, fault: Fault) -> None:
        self.struck(fault)
        box = self.site.boxes[fault.host]
        first = self.releases[0]
        match fault.kind:
            case "kill" | "power":
                if not first.over:
                    first.kill(fault.length, power=fault.kind == "power")
            case "rival":
                first.launch(force=True)
            case "agent":
                first.agent = False
                box.cut("the connection was lost")
                self._later(fault, lambda: setattr(first, "agent", True))
            case "wall":
                first.outside.wall += fault.length
            case "suspend":
                first.outside.suspended += fault.length
            case "store-full":
                first.outside.disk.full = True
                self._later(fault, lambda: setattr(first.outside.disk, "full", False))
            case _:
                self._strike_host(fault, box)

    def _strike_host(self, fault: Fault, box: Box) -> None:
        if box.name == "here" and fault.kind in DISTANT:
            return
        match fault.kind:
            case "cut":
                box.cut("the connection was lost")
            case "dead":
                box.dead = True
                box.cut("", silently=True)
                self._later(fault, lambda: setattr(box, "dead", False))
            case "refuse":
                box.refusing = True
                box.cut("the connection was lost")
                self._later(fault, lambda: setattr(box, "refusing", False))
            case "slow":
                box.latency = 3.0
                self._later(fault, lambda: setattr(box, "latency", 0.02))
            case "stall":
                box.stalling = True
                self._later(fault, lambda: setattr(box, "stalling", False))
            case "reboot":
                box.reboot()
            case "wipe":
                for nonce in box.folders:
                    self.site.note(box.name, "wiped", nonce)
                box.folders.clear()
                box.changed()
            case "rekey":
                box.key = f"SHA256:{self.site.number()}"
                box.cut("the connection was lost")
            case "swap":
                self._settle(fault.host)
                self.site.note(fault.host, "swapped", "")
                box.cut("the connection was lost")
            case "host-full":
                box.fill(full=True)
                self._later(fault, lambda: box.fill(full=False))
            case "stubborn":
                box.stubborn = True
                self._later(fault, lambda: setattr(box, "stubborn", False))
            case "foreign":
                box.lock = Lock("foreign", "other", "bo", "elsewhere", "-", box.boot, self.site.now)
                self.site.note(box.name, "locked", "foreign")
                self._later(fault, lambda: _unlock(box))
            case _:
                raise AssertionError(fault)

    def _later(self, fault: Fault, what: Any) -> None:
        self.site.at(self.site.now + fault.length, what)


def stays_shut(state: State) -> bool:
    """Whether a release waits for rules, at a gate or until they are steady, or for a file that is not as it was."""
    open_ones = [one for one in state.steps.values() if one.status == "running" and one.step in state.track]
    return any(isinstance(one.step, Gate | Steady | Soak) for one in open_ones) or any(changed(state))


def _in_order(pieces: tuple[tuple[float, bytes], ...]) -> tuple[tuple[float, bytes], ...]:
    moments = sorted(moment for moment, _ in pieces)
    return tuple(zip(moments, (piece for _, piece in pieces), strict=True))


def _unlock(box: Box) -> None:
    if box.lock is not None and box.lock.nonce == "foreign":
        box.lock = None
        box.site.note(box.name, "unlocked", "foreign")


def fly(scenario: Scenario, **planted: Any) -> Evidence:
    """Fly a scenario from its begin to its end; the engines' warnings of what goes wrong are not shown."""
    log = logging.getLogger("cockpit")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        return Simulation(scenario, **planted).fly()
    finally:
        log.setLevel(level)
