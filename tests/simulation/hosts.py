"""Modelled hosts: what their wrapper does, verb by verb, and the links to them, under the real transport."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import NamedTuple, assert_never

from msgspec.structs import replace

from cockpit.execution.contract import NotReached
from cockpit.execution.ear import Ear
from cockpit.execution.hosts import Hosts
from cockpit.execution.machine import Call, Hangup, Machine, Met
from cockpit.execution.machine import Said as Looked
from cockpit.execution.quote import unspell
from cockpit.execution.settings import Run
from tests.simulation.loop import World

FOLLOWING = ("start", "follow")
STOPPED = "TERM"
KEEPALIVE = 20.0
"""Seconds after which a connection without a sign of life is given up."""


class Habit(NamedTuple):
    """What a command does: seconds, exit status, pieces of output (each with its second), captures."""

    seconds: float
    code: int
    pieces: tuple[tuple[float, bytes], ...] = ()
    captured: bytes = b""


@dataclass
class Execution:
    """A command that a host ran, for the checker: when, on what, and how it really ended."""

    id: str
    nonce: str
    host: str
    at: float
    known: int
    key: str
    boot: str
    marker: str
    program: str
    habit: Habit
    ended: float = 0.0
    how: str = ""


@dataclass
class Process:
    """A command on a host. `over` is when it ends if nobody disturbs it; `stopped` when it was confirmed dead."""

    run: Execution
    mark: bytes
    over: float
    stopped: float | None = None
    deaf: float | None = None

    def output(self, now: float) -> bytes:
        """What is in its output file."""
        limit = min(now, self.over if self.stopped is None else self.stopped)
        limit = limit if self.deaf is None else min(limit, self.deaf)
        began = self.run.at
        data = b"".join(piece for second, piece in self.run.habit.pieces if began + second <= limit)
        finished = self.finished(now) and (self.deaf is None or self.deaf > self.over)
        return data + self.mark if finished else data

    def finished(self, now: float) -> bool:
        """Whether it ended by itself."""
        return self.stopped is None and now >= self.over

    def next_change(self, now: float) -> float | None:
        """When something can be seen of it next."""
        moments = [self.run.at + second for second, _ in self.run.habit.pieces]
        moments += [self.over if self.stopped is None else self.stopped]
        return min((moment for moment in moments if moment > now), default=None)


@dataclass
class Folder:
    """A release's run folder."""

    marker: str
    claims: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)


class Lock(NamedTuple):
    """A host's lock: whose it is, and its heartbeat."""

    nonce: str
    release: str
    login: str
    machine: str
    since: str
    boot: str
    beat: float


class Seen(NamedTuple):
    """Something that happened on a host, for the checker."""

    at: float
    host: str
    what: str
    nonce: str
    known: int


class Said(NamedTuple):
    """A word of the wrapper, after how many seconds, and what was captured."""

    word: str
    delay: float = 0.0
    captured: bytes = b""


class Site(World):
    """The world with its hosts, and what is remembered of them. `known` tells how long a release's journal is."""

    def __init__(self, jitter: Random) -> None:
        super().__init__()
        self.jitter = jitter
        self.boxes: dict[str, Box] = {}
        self.executions: list[Execution] = []
        self.seen: list[Seen] = []
        self.known: Callable[[str], int] = lambda _nonce: 0
        self.habit: Callable[[str, str, str], Habit] = lambda _id, _host, _program: Habit(1.0, 0)
        self.look: Callable[[str, str], tuple[float, Looked]] = lambda _host, _script: (0.0, Looked(b"", b"", 127))
        self.serial = 0

    def number(self) -> int:
        """A number that was never given before."""
        self.serial += 1
        return self.serial

    def note(self, host: str, what: str, nonce: str) -> None:
        """Remember what happened on a host."""
        self.seen.append(Seen(self.now, host, what, nonce, self.known(nonce)))


class Line:
    """A connection to a box; `broken` says why it is gone, `stalled` that nothing comes through it any more."""

    def __init__(self, box: Box, key: str) -> None:
        self.box, self.key = box, key
        self.broken, self.stalled = "", False

    @property
    def carries(self) -> bool:
        """Whether something comes through it."""
        return not (self.broken or self.stalled)

    def lose(self, why: str) -> None:
        """Break, if it is not broken yet."""
        self.broken = self.broken or why


class Box:
    """A machine: what the wrapper finds and leaves there, and whether it can be reached."""

    def __init__(self, site: Site, name: str) -> None:
        self.site, self.name = site, name
        self.key = "" if name == "here" else f"SHA256:{site.number()}"
        self.boot = f"boot-{site.number()}"
        self.folders: dict[str, Folder] = {}
        self.lock: Lock | None = None
        self.lines: list[Line] = []
        self.watchers: list[asyncio.Future[None]] = []
        self.dead = self.refusing = self.full = self.stubborn = self.stalling = False
        self.latency = 0.02
        self.forgets = False

    def changed(self) -> None:
        """Wake everyone who looks at this machine."""
        watchers, self.watchers = self.watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)

    def cut(self, why: str, *, silently: bool = False) -> None:
        """Break every connection; silently, so that nobody hears of it."""
        for line in self.lines:
            if silently:
                line.stalled = True
            else:
                line.broken = why
        if not silently:
            self.lines.clear()
        self.changed()

    def reboot(self) -> None:
        """Lose every process, and be another boot."""
        now = self.site.now
        for folder in self.folders.values():
            for process in folder.processes.values():
                if process.stopped is None and process.over > now:
                    process.run.how, process.run.ended = "lost", now
                    process.stopped = now
        self.boot = f"boot-{self.site.number()}"
        self.cut("the connection was lost")

    def fill(self, *, full: bool) -> None:
        """Let its disk be full, or have room again."""
        self.full = full
        for folder in self.folders.values() if full else ():
            for process in folder.processes.values():
                if process.over > self.site.now and process.deaf is None:
                    process.deaf = self.site.now

    def said(self, call: Call) -> Said:
        """Carry out a call, and say the wrapper's first word."""
        match call.verb:
            case "start":
                return Said(self.start(call))
            case "follow":
                return Said(self.differs(*call.arguments[:3]) or "known")
            case "halt":
                return self.halt(call)
            case "reach":
                return Said(self._reach(call.arguments[0]))
            case "lock":
                return Said(self._lock(*call.arguments))
            case "clean":
                return Said(self._clean(call.arguments[0]))
            case _:
                assert_never(call.verb)

    def differs(self, nonce: str, boot: str, marker: str) -> str:
        """What the wrapper says to an attempt that was journaled on something else; empty when this is the same."""
        folder = self.folders.get(nonce)
        if folder is None or folder.marker != marker:
            return "differs marker"
        return "differs boot" if boot != self.boot else ""

    def start(self, call: Call) -> str:
        """Claim and launch."""
        nonce, boot, marker, id_, *_ = call.arguments
        first, program, ending = call.stdin.decode().splitlines()
        if ending != f"end {id_}":
            return "cut"
        if different := self.differs(nonce, boot, marker):
            return different
        folder = self.folders[nonce]
        if id_ in folder.claims and not self.forgets:
            return "known"
        if self.full:
            return "error cannot write: is the disk full?"
        folder.claims[id_] = "started"
        self._launch(folder, nonce, id_, first.split()[0].encode(), unspell(program))
        return "started"

    def halt(self, call: Call) -> Said:
        """Stop an attempt."""
        nonce, boot, marker, id_, _ = call.arguments
        if different := self.differs(nonce, boot, marker):
            return Said(different)
        folder, now = self.folders[nonce], self.site.now
        if id_ not in folder.claims:
            if self.full:
                return Said("unsure cannot write claims")
            folder.claims[id_] = "never"
        if folder.claims[id_] == "never":
            return Said("never")
        process = folder.processes[id_]
        if process.finished(now):
            return Said(ended(process), captured=process.run.habit.captured)
        if self.stubborn:
            return Said("unsure processes of it are left", 10.0)
        if process.stopped is None:
            process.stopped = min(now + 0.3, process.over)
            process.run.how, process.run.ended = "stopped", process.stopped
            self.changed()
        return Said("stopped", max(0.0, process.stopped - now))

    def _launch(self, folder: Folder, nonce: str, id_: str, mark: bytes, program: str) -> None:
        site = self.site
        habit = site.habit(id_, self.name, program)
        known = site.known(nonce)
        run = Execution(id_, nonce, self.name, site.now, known, self.key, self.boot, folder.marker, program, habit)
        run.ended, run.how = site.now + habit.seconds, str(habit.code)
        site.executions.append(run)
        folder.processes[id_] = Process(run, mark, run.ended)

    def _reach(self, nonce: str) -> str:
        if nonce not in self.folders:
            if self.full:
                return "error cannot write marker: is the disk full?"
            self.folders[nonce] = Folder(f"marker-{self.site.number()}")
            self.site.note(self.name, "folder", nonce)
        return f"reached {self.boot} {self.folders[nonce].marker}"

    def _lock(self, nonce: str, release: str, login: str, machine: str, take: str) -> str:
        lock, now = self.lock, self.site.now
        if lock is not None and lock.nonce != nonce and take != "1":
            head = (lock.nonce, lock.release, lock.login, lock.machine, lock.since, lock.boot, lock.beat, lock.beat)
            return " ".join(map(str, ("held", *head, self.boot, now, now)))
        if self.full and (lock is None or lock.nonce != nonce):
            return "error cannot write lock: is the disk full?"
        if lock is None or lock.nonce != nonce:
            self.site.note(self.name, "locked", nonce)
            self.lock = Lock(nonce, release, login, machine, str(now), self.boot, now)
        else:
            self.lock = lock._replace(beat=now, boot=self.boot)
        return "ours"

    def _clean(self, nonce: str) -> str:
        folder, now = self.folders.get(nonce), self.site.now
        for id_, process in folder.processes.items() if folder else ():
            if process.stopped is None and not process.finished(now):
                return f"busy {id_}"
        self.site.note(self.name, "cleaned", nonce)
        self.folders.pop(nonce, None)
        if self.lock is not None and self.lock.nonce == nonce:
            self.site.note(self.name, "unlocked", nonce)
            self.lock = None
        return "cleaned"


def ended(process: Process) -> str:
    """The wrapper's word for a command that ended by itself."""
    return f"ended {process.run.habit.code} {process.run.at:.2f} {process.over:.2f}"


class Way(NamedTuple):
    """What happens to one engine on its way: asked before and after each call takes effect, may raise `Killed`."""

    touch: Callable[[str, bool], bool]
    agent: Callable[[], bool]


class Wire:
    """One engine's way to one host: `machine.Machine` over a modelled link."""

    def __init__(self, site: Site, host: str, way: Way) -> None:
        self.host = host
        self._site, self._way = site, way
        self._line: Line | None = None

    async def meet(self) -> Met | NotReached:
        line = await self._meet()
        return line if isinstance(line, NotReached) else Met(line.key, f"10.0.0.{self.host[-1]}")

    async def talk(self, call: Call, ear: Ear, enough: Callable[[], bool], key: str | None) -> Hangup:
        """Call; once more at once when a connection that was there before broke without a word, as SSH does."""
        kept = self._line is not None
        hangup = await self._call(call, ear, enough, key)
        if not kept or ear.words or hangup.exit is not None or not hangup.sent:
            return hangup
        second = await self._call(call, ear, enough, key)
        return replace(second, sent=True, again=True)

    async def _call(self, call: Call, ear: Ear, enough: Callable[[], bool], key: str | None) -> Hangup:
        line = await self._meet()
        if isinstance(line, NotReached):
            return Hangup(why=line)
        if key is not None and line.key != key:
            return Hangup(other_key=True)
        lost = self._way.touch(call.verb, True)
        if line.stalled or line.box.stalling:
            return await self._silence(line, call.answer)
        if lost or line.broken:
            return self._lost(line)
        return await self._talk(line, call, ear, enough)

    async def ask(self, words: list[str], stdin: bytes) -> Looked | NotReached:  # noqa: ARG002  the contract's
        line = await self._meet()
        if isinstance(line, NotReached):
            return line
        lost = self._way.touch("ask", True)
        if line.stalled or line.box.stalling:
            self._site.at(self._site.now + KEEPALIVE, partial(line.lose, "no sign of life"))
            await asyncio.sleep(KEEPALIVE)
        if lost:
            return self._unheard(line)
        seconds, said = self._site.look(self.host, stdin.decode())
        await asyncio.sleep(2 * line.box.latency + seconds)
        lost = self._way.touch("ask", False)
        return self._unheard(line) if lost or not line.carries else said

    def _unheard(self, line: Line) -> NotReached:
        line.lose("the connection was lost")
        return NotReached(self.host, line.broken)

    async def close(self) -> None:
        self._line = None

    async def _meet(self) -> Line | NotReached:
        box = self._site.boxes[self.host]
        if self._line is not None and not self._line.broken and self._line.box is box:
            return self._line
        await asyncio.sleep(3 * box.latency)
        if self.host != "here" and not self._way.agent():
            return NotReached(self.host, "the agent is gone", credentials=True)
        if box.dead:
            await asyncio.sleep(15.0)
            return NotReached(self.host, "no answer in time")
        if box.refusing:
            await asyncio.sleep(30.0)
            return NotReached(self.host, "it refuses the connection")
        self._line = Line(box, box.key)
        box.lines.append(self._line)
        return self._line

    async def _talk(self, line: Line, call: Call, ear: Ear, enough: Callable[[], bool]) -> Hangup:
        said = await self._sent(line, call)
        if self._way.touch(call.verb, False):
            return self._lost(line)
        if said is not None:
            await asyncio.sleep(said.delay + line.box.latency)
        if line.broken:
            return self._lost(line)
        if said is None or line.stalled:
            return await self._silence(line, call.answer)
        if said.captured:
            ear.err(f"{ear.token} capture\n".encode() + said.captured + b"\n")
        say(ear, said.word)
        if said.word in ("started", "known"):
            return await self._follow(line, call, ear, enough)
        return over(ear)

    def _sent(self, line: Line, call: Call) -> asyncio.Future[Said | None]:
        """What the host says. It hears a call that is on its way even if the caller is gone by then."""
        heard: asyncio.Future[Said | None] = asyncio.get_running_loop().create_future()

        def arrive() -> None:
            box = line.box
            lost = line.broken or line.stalled or box.dead or box.stalling
            said = None if lost else box.said(call)
            if not heard.done():
                heard.set_result(said)

        self._site.at(self._site.now + line.box.latency * self._site.jitter.uniform(0.5, 2.0), arrive)
        return heard

    async def _follow(self, line: Line, call: Call, ear: Ear, enough: Callable[[], bool]) -> Hangup:
        box, site = line.box, self._site
        nonce, id_, offset = call.arguments[0], call.arguments[3], int(call.arguments[-1])
        ear.out(f"{ear.token}\n".encode())
        while True:
            folder = box.folders.get(nonce)
            if folder is None or id_ not in folder.claims:
                say(ear, "lost its run folder is gone")
                return over(ear)
            if folder.claims[id_] == "never":
                say(ear, "never")
                return over(ear)
            process, now = folder.processes[id_], site.now
            data = process.output(now)
            if data[offset:]:
                ear.out(data[offset:])
                offset = len(data)
            if self._tell(process, now, ear):
                return Hangup(sent=True) if enough() else over(ear)
            await self._wait(box, process.next_change(now))
            if line.broken:
                return self._lost(line)
            if line.stalled:
                return await self._silence(line, call.silence)

    def _tell(self, process: Process, now: float, ear: Ear) -> bool:
        if process.stopped is not None and now >= process.stopped:
            say(ear, "stopped")
            return True
        if not process.finished(now):
            return False
        if process.run.habit.captured:
            ear.err(f"{ear.token} capture\n".encode() + process.run.habit.captured + b"\n")
        say(ear, ended(process))
        return True

    async def _wait(self, box: Box, moment: float | None) -> None:
        """Until something can be seen, or the box changes."""
        loop = asyncio.get_running_loop()
        watcher: asyncio.Future[None] = loop.create_future()
        box.watchers.append(watcher)
        timer = loop.call_at(moment, _wake, watcher) if moment is not None else None
        await watcher
        if timer is not None:
            timer.cancel()

    def _lost(self, line: Line) -> Hangup:
        line.broken = line.broken or "the connection was lost"
        return Hangup(sent=True, why=NotReached(self.host, line.broken))

    async def _silence(self, line: Line, patience: float) -> Hangup:
        await asyncio.sleep(patience)
        line.broken = f"no sign of life for {patience:.0f} s"
        return self._lost(line)


def say(ear: Ear, word: str) -> None:
    """A control line of the wrapper."""
    ear.err(f"{ear.token} {word}\n".encode())


def over(ear: Ear) -> Hangup:
    """The end of a call, which the wrapper tells on both streams."""
    say(ear, "over")
    ear.out(f"{ear.token}.\n".encode())
    return Hangup(exit=0, sent=True)


def _wake(watcher: asyncio.Future[None]) -> None:
    if not watcher.done():
        watcher.set_result(None)


class ModelledHosts(Hosts):
    """The transport of a release, over modelled hosts."""

    def __init__(self, site: Site, way: Way, run: Run, hidden: Callable[[], tuple[str, ...]]) -> None:
        super().__init__(run, hidden=hidden)
        self._wires: dict[str, Machine] = {}
        self._site, self._way = site, way

    def _machine(self, host: str) -> Machine:
        return self._wires.setdefault(host, Wire(self._site, host, self._way))
