"""Carrying out effects: one asyncio task for each that is wanted, its results handed back as events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Protocol, assert_never

from cockpit.analysis.rule import Baseline
from cockpit.engine.attempts import Attempts
from cockpit.engine.live import Live
from cockpit.engine.lookout import Look, changed, nowhere, rehearsals
from cockpit.engine.orders import Orders
from cockpit.engine.rehearsed import Finder
from cockpit.engine.tap import Output, Taps
from cockpit.engine.visits import HEARTBEAT, Visits
from cockpit.execution.contract import Requester, Transport
from cockpit.metrics.contract import WHOLE
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
    FileSeen,
    HostCleaned,
    HostUnreachable,
)
from cockpit.release.state import State

log = logging.getLogger(__name__)

FALLEN_PAUSE = 5.0
"""Seconds until a watch over metrics that fell over begins anew."""


class Inbox(Protocol):
    """Where results go: events as they come about, then that an effect has come to its end."""

    def happened(self, event: AnyEvent) -> None: ...

    def over(self, effect: Effect) -> None: ...


class Watcher(Protocol):
    """What measures and judges."""

    async def run(self) -> None: ...

    async def baseline(self, name: str) -> None: ...


class Runner:
    """Keeps what is wanted going, and decides nothing itself.

    `look` tells what a file is that must stay as it is, asked every `glance` seconds; `heartbeat` is in seconds, too.
    """

    def __init__(
        self,
        transport: Transport,
        requests: Requester,
        bulk: Output,
        live: Live,
        orders: Orders,
        watch: Watcher,
        look: Look,
        glance: float,
        heartbeat: float = HEARTBEAT,
        find: Finder = nowhere,
    ) -> None:
        self._look, self._glance, self._find, self._watch = look, glance, find, watch
        self._tasks: dict[Effect, asyncio.Task[None]] = {}
        self._visits = Visits(transport, heartbeat, self._report)
        taps = Taps(bulk, live)
        self._attempts = Attempts(transport, requests, taps, live, orders, self._tasks, self._report)
        self._inbox: Inbox

    def report_to(self, inbox: Inbox) -> None:
        """Where results go from now on."""
        self._inbox = inbox

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
        tasks = [*self._tasks.values()]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(self._visits.close(), *tasks, return_exceptions=True)

    def _report(self, event: AnyEvent) -> None:
        self._inbox.happened(event)

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
                return self._visits.reach(host)
            case KeepLock(host, take_over):
                return self._visits.keep_lock(state.hosts[host], take_over=take_over)
            case Try(id):
                return self._attempts.follow(state, id)
            case Kill(id):
                return self._attempts.kill(state, id)
            case Clean(host):
                return self._visits.clean(host)
            case Watch():
                return self._watch.run()
            case RecordBaseline(metric):
                return self._watch.baseline(metric)
            case WatchFile():
                return self._watch_file(effect)
            case FindRehearsal():
                return self._find_rehearsal(state.digest, effect)
            case _:
                assert_never(effect)

    async def _watch_file(self, effect: WatchFile) -> None:
        self._report(await changed(self._look, self._glance, effect))

    async def _find_rehearsal(self, digest: str, effect: FindRehearsal) -> None:
        async for found in rehearsals(self._find, digest, effect):
            self._report(found)
