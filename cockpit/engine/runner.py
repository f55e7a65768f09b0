"""Carrying out effects: one asyncio task for each that is wanted, its results handed back as events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Protocol, TypeVar, assert_never

from msgspec.structs import replace

from cockpit.analysis.rule import Baseline
from cockpit.engine.live import Live
from cockpit.engine.orders import Orders
from cockpit.engine.rehearsed import Finder
from cockpit.errors import CockpitError, StorageFull
from cockpit.execution.contract import Ended, Holder, HttpOrder, NotReached, Order, Requester, Transport
from cockpit.execution.fingerprint import fingerprint
from cockpit.metrics.contract import WHOLE
from cockpit.release.advice import advice_of, fitting
from cockpit.release.effects import (
    Clean,
    Effect,
    FindRehearsal,
    KeepLock,
    Kill,
    Reach,
    RecordBaseline,
    Try,
    Watch,
    WatchFile,
)
from cockpit.release.events import (
    AnyEvent,
    AttemptEnded,
    BaselineRecorded,
    CredentialsMissed,
    FileSeen,
    HostCleaned,
    HostReached,
    HostUnreachable,
    LinkLost,
    LockRefused,
    LockTaken,
    RehearsalFound,
)
from cockpit.release.state import Attempt, State

T = TypeVar("T")

log = logging.getLogger(__name__)

AGENT = "ssh login"
"""The name under which a missing agent or key is asked for."""

HEARTBEAT = 20.0
"""Seconds between two heartbeats of a lock, and between two looks at one that another release holds."""

SILENT = 3
"""So many heartbeats may be missed until it is said again who holds a lock, and for how long nobody heard of them."""

DRAIN = 5.0
"""Seconds that the output of a killed attempt may take to arrive."""

TAIL = 65536
"""Bytes at the end of output in which advice looks for what it fits."""

UNDRAINED = "the end of its output may be missing"
SOUGHT = "found on the host behind the end of a broken journal"
UNHIDDEN = "its captures are left out, since its secrets are not known here to be kept out of them"

FALLEN_PAUSE = 5.0
"""Seconds until a watch over metrics that fell over begins anew."""

FULL_PAUSE = 2.0
"""Seconds between two tries to store output on a full disk."""


LOOK_AGAIN = 30.0
"""Seconds until a rehearsal that a gate asks for is looked for again."""

Look = Callable[[str, str], Awaitable[tuple[str, str]]]
"""From a path, and the step for which it is looked at, to the file's SHA-256, or to nothing and the reason."""

LOOK_AT_FILE = 15.0
"""Seconds between two looks at a file that must stay as it is."""


async def _here(path: str, _step: str) -> tuple[str, str]:
    return await fingerprint(path)


async def nowhere(_digest: str, _within: float) -> None:
    """Knows of no rehearsal."""


class Inbox(Protocol):
    """Where results go: events as they come about, then that an effect has come to its end."""

    def happened(self, event: AnyEvent) -> None: ...

    def over(self, effect: Effect) -> None: ...


class Output(Protocol):
    """Where output is stored."""

    def write(self, attempt: str, offset: int, data: bytes) -> int: ...

    def size(self, attempt: str) -> int: ...

    def read(self, attempt: str, offset: int, length: int) -> bytes: ...

    async def sealed(self, attempt: str) -> tuple[int, str]: ...


class Watcher(Protocol):
    """What measures and judges."""

    async def run(self) -> None: ...

    async def baseline(self, name: str) -> None: ...


class Tap:
    """Takes an attempt's output from `offset` into the store; once the disk is full it takes no more and says so."""

    def __init__(self, bulk: Output, live: Live, attempt: str, offset: int) -> None:
        self._bulk, self._live, self._attempt, self._at = bulk, live, attempt, offset
        self.full = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Store the next bytes."""
        if self.full.is_set():
            return
        try:
            self._bulk.write(self._attempt, self._at, data)
        except StorageFull:
            self.full.set()
            return
        self._at += len(data)
        self._live.grown(self._attempt, self._at)


class Runner:
    """Keeps what is wanted going, and decides nothing itself."""

    def __init__(
        self,
        transport: Transport,
        requests: Requester,
        bulk: Output,
        live: Live,
        orders: Orders,
        watch: Watcher,
        heartbeat: float = HEARTBEAT,
        find: Finder = nowhere,
        look: Look = _here,
    ) -> None:
        self._look = look
        self._find = find
        self._transport = transport
        self._heartbeat = heartbeat
        self._requests = requests
        self._bulk = bulk
        self._live = live
        self._orders = orders
        self._watch = watch
        self._tasks: dict[Effect, asyncio.Task[None]] = {}
        self._sent: set[str] = set()
        self._starved: set[str] = set()
        """The attempts whose output waits for room."""
        self._drained: dict[str, asyncio.Event] = {}
        self._errands: dict[str, asyncio.Task[Any]] = {}
        self._inbox: Inbox

    def report_to(self, inbox: Inbox) -> None:
        """Where results go from now on."""
        self._inbox = inbox
        self._report = inbox.happened

    def want(self, state: State, effects: frozenset[Effect], over: tuple[Effect, ...]) -> None:
        """Start what is newly wanted, or wanted again after it was over; drop what is not wanted any more."""
        for effect in over:
            self._tasks.pop(effect, None)
        wanted = set(effects)
        for effect in [each for each in self._tasks if each not in wanted]:
            self._tasks.pop(effect).cancel()
        for effect in sorted(wanted - self._tasks.keys(), key=repr):
            self._tasks[effect] = asyncio.create_task(self._guarded(state, effect))

    async def close(self) -> None:
        """Stop following everything; commands on hosts go on."""
        tasks = [*self._tasks.values(), *self._errands.values()]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, state: State, effect: Effect) -> None:
        try:
            await self._perform(state, effect)
        except Exception:  # a defect in one effect must not take the others along
            log.exception("effect failed: %r", effect)
            self._fell_over(effect)
            if isinstance(effect, Watch | FindRehearsal):  # it is wanted again at once, and would go round in circles
                await asyncio.sleep(FALLEN_PAUSE)
        self._inbox.over(effect)

    def _fell_over(self, effect: Effect) -> None:
        reason = "the cockpit itself failed here; see engine.log"
        match effect:
            case Try(id) | Kill(id):
                self._report(AttemptEnded(id=id, outcome="unknown", reason=reason))
            case Reach(host) | KeepLock(host):
                self._report(HostUnreachable(host=host, reason=reason))
            case Clean(host):
                self._report(HostCleaned(host=host, reason=reason))
            case RecordBaseline(metric):
                none = Baseline(since=0.0, until=0.0, samples=0, reason=reason)
                self._report(BaselineRecorded(metric=metric, hosts={WHOLE: none}))
            case WatchFile(path, step, was):
                self._report(FileSeen(step=step, path=path, was=was, reason=reason))
            case Watch() | FindRehearsal():
                return
            case _:
                assert_never(effect)

    def _perform(self, state: State, effect: Effect) -> Coroutine[None, None, None]:
        match effect:
            case Reach(host):
                return self._reach(host)
            case KeepLock(host, take_over):
                return self._keep_lock(state, host, take_over=take_over)
            case Try(id):
                return self._try(state, id)
            case Kill(id):
                return self._kill(state, id)
            case Clean(host):
                return self._clean(host)
            case Watch():
                return self._watch.run()
            case RecordBaseline(metric):
                return self._watch.baseline(metric)
            case WatchFile():
                return self._watch_file(effect)
            case FindRehearsal(gate, within):
                return self._find_rehearsal(state.digest, gate, within)
            case _:
                assert_never(effect)

    async def _reach(self, host: str) -> None:
        found = await self._in_turn(host, partial(self._transport.reach, host))
        if not isinstance(found, NotReached):
            what = found.identity
            self._report(
                HostReached(host=host, address=found.address, key=what.key, boot=what.boot, marker=what.marker)
            )
        else:
            self._not_reached(host, found)

    def _not_reached(self, host: str, found: NotReached) -> None:
        if found.credentials:
            self._report(CredentialsMissed(names=(AGENT,)))
        else:
            self._report(HostUnreachable(host=host, reason=found.reason, hint=found.hint))

    async def _keep_lock(self, state: State, host: str, *, take_over: bool) -> None:
        before = state.hosts[host]
        known: tuple[str, bool] | str = before.lock
        over = before.holder if take_over else ""
        while True:
            holder = await self._in_turn(host, partial(self._transport.lock, host, take_over))
            if holder is None and known != "ours":
                known = "ours"
                self._report(LockTaken(host=host, over=over))
            elif isinstance(holder, Holder):
                found = (holder.nonce, holder.heartbeat_age > SILENT * self._heartbeat)
                if known != found:
                    known = found
                    self._report(_refused(host, holder))
            elif isinstance(holder, NotReached) and known in ("none", "taking"):
                self._not_reached(host, holder)
                return
            await asyncio.sleep(self._heartbeat)

    async def _find_rehearsal(self, digest: str, gate: str, within: float) -> None:
        """Look for one until it is known: one that is held meanwhile counts too."""
        while True:
            found = await self._find(digest, within)
            if found is not None:
                self._report(RehearsalFound(gate=gate, release=found[0], at=found[1]))
            await asyncio.sleep(LOOK_AGAIN)

    async def _watch_file(self, effect: WatchFile) -> None:
        """Look until the file is another than when it was seen last; what it is now makes another effect."""
        while True:
            sha256, reason = await self._look(effect.path, effect.step)
            if (sha256 or reason) != effect.seen:
                seen = FileSeen(step=effect.step, path=effect.path, sha256=sha256, was=effect.was, reason=reason)
                self._report(seen)
                return
            await asyncio.sleep(LOOK_AT_FILE)

    async def _try(self, state: State, id: str) -> None:  # noqa: A002  an attempt's id
        attempt = state.attempts[id]
        await self._orders.complete(state, attempt)
        order = self._orders.order(state, attempt, self._bulk.size(id))
        drained = self._drained.setdefault(id, asyncio.Event())
        ended = await self._carry_out(order)
        drained.set()
        if ended.outcome in ("error", "unknown") and isinstance(order, Order):
            # What the host is must be asked anew before anything else starts there.
            self._report(LinkLost(host=attempt.host, reason=ended.reason))
        kill = self._tasks.get(Kill(id))
        if kill and ended.outcome in ("stopped", "unknown"):
            await asyncio.wait([kill])
        else:
            await self._ended(state, id, ended)

    async def _carry_out(self, order: Order | HttpOrder | Ended) -> Ended:
        match order:
            case Ended():
                return order
            case HttpOrder():
                tap = Tap(self._bulk, self._live, order.id, self._bulk.size(order.id))
                return await self._requests.send(order, tap.write)
            case Order():
                return await self._run(order)
            case _:
                assert_never(order)

    async def _run(self, order: Order) -> Ended:
        """Start or follow the attempt; while the disk is full its output waits on the host."""
        while True:
            order = replace(order, offset=self._bulk.size(order.id), fresh=order.fresh and order.id not in self._sent)
            self._sent.add(order.id)
            tap = Tap(self._bulk, self._live, order.id, order.offset)
            link = partial(self._link, order.host, order.id)
            running = asyncio.ensure_future(self._transport.run(order, tap.write, link))
            full = asyncio.ensure_future(tap.full.wait())
            try:
                await asyncio.wait([running, full], return_when=asyncio.FIRST_COMPLETED)
                if not tap.full.is_set():
                    self._starved.discard(order.id)
                    return await running
                self._starved.add(order.id)
            finally:
                running.cancel()
                full.cancel()
            await asyncio.sleep(FULL_PAUSE)

    def _link(self, host: str, id: str, reason: str) -> None:  # noqa: A002
        self._live.link(id, reason)
        if reason:
            self._report(LinkLost(host=host, reason=reason))

    async def _kill(self, state: State, id: str) -> None:  # noqa: A002
        attempt = state.attempts[id]
        order = self._orders.halting(state, attempt)
        if isinstance(order, HttpOrder):
            if follower := self._tasks.get(Try(id)):
                follower.cancel()
            await self._ended(state, id, self._requests.cancelled(order))
            return
        ended = await self._transport.stop(order)
        ended = ended or Ended("unknown", reason="it was told to stop, and that could not be confirmed")
        ended = await self._with_output(attempt, ended)
        if ended.captures and not self._orders.hides(state, attempt):
            ended = _with(replace(ended, captures={}), UNHIDDEN)
        await self._ended(state, id, ended)

    async def _with_output(self, attempt: Attempt, ended: Ended) -> Ended:
        """Wait a while for the end of a killed attempt's output; nobody follows that of one that was sought."""
        if attempt.sought:
            return ended if ended.outcome == "error" else _with(ended, SOUGHT)
        if attempt.id in self._starved:
            return _with(ended, UNDRAINED)
        try:
            await asyncio.wait_for(self._drained.setdefault(attempt.id, asyncio.Event()).wait(), DRAIN)
        except TimeoutError:
            return _with(ended, UNDRAINED)
        return ended

    async def _ended(self, state: State, id: str, ended: Ended) -> None:  # noqa: A002
        size, digest = await self._seal(id)
        self._live.ended(id)
        self._drained.pop(id, None)
        self._starved.discard(id)
        self._report(
            AttemptEnded(
                id=id,
                outcome=ended.outcome,
                exit=ended.exit,
                reason=ended.reason,
                seconds=ended.seconds,
                captures=ended.captures,
                size=size,
                sha256=digest,
                advice=self._advice(state, state.attempts[id], ended, size),
            )
        )

    def _advice(self, state: State, attempt: Attempt, ended: Ended, size: int) -> int:
        """The number of the step's advice that fits how an attempt ended."""
        if ended.outcome == "passed" or not (advice := advice_of(state.steps[attempt.step].step)):
            return 0
        said = f"{ended.reason}\n{self._tail(attempt.id, size).decode(errors='replace')}"
        return fitting(advice, ended.exit, said)

    def _tail(self, id: str, size: int) -> bytes:  # noqa: A002
        try:
            return self._bulk.read(id, max(0, size - TAIL), TAIL) if size else b""
        except (OSError, CockpitError) as error:  # how the attempt ended counts whatever is known of its output
            log.warning("the end of its output cannot be read: %s", error)
            return b""

    async def _seal(self, id: str) -> tuple[int, str]:  # noqa: A002
        while True:
            try:
                return await self._bulk.sealed(id)
            except StorageFull as error:
                log.warning("output waits for room: %s", error)
                await asyncio.sleep(FULL_PAUSE)

    async def _clean(self, host: str) -> None:
        self._report(HostCleaned(host=host, reason=await self._in_turn(host, partial(self._transport.clean, host))))

    async def _in_turn(self, host: str, errand: Callable[[], Coroutine[None, None, T]]) -> T:
        """One errand on a host after another: one on its way is not given up, since the host may carry it out later."""
        while (before := self._errands.get(host)) and not before.done():
            await asyncio.wait([before])
        going = self._errands[host] = asyncio.create_task(errand())
        return await asyncio.shield(going)


def _with(ended: Ended, reason: str) -> Ended:
    return replace(ended, reason="; ".join(filter(None, (ended.reason, reason))))


def _refused(host: str, holder: Holder) -> LockRefused:
    return LockRefused(
        host=host,
        release=holder.release,
        login=holder.login,
        machine=holder.machine,
        since=holder.since,
        heartbeat_age=holder.heartbeat_age,
    )
