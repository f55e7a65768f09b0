"""The parts of a rehearsal by themselves, in its time and without an engine; and whole ones in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeVar

from cockpit.engine.place import Home
from cockpit.execution.contract import HttpOrder, Identity, Order, Reached
from cockpit.journal import sqlite
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.begin import begin, setting
from cockpit.rehearsal.hosts import Fates, ModelledHosts
from cockpit.rehearsal.loop import run
from cockpit.rehearsal.pace import Pace
from cockpit.rehearsal.requests import ModelledRequests
from cockpit.rehearsal.scenario import Scenario
from cockpit.rehearsal.serve import serve
from cockpit.rehearsal.world import Site
from cockpit.release.events import (
    AnyEvent,
    AttemptEnded,
    AttemptStarted,
    FaultBegan,
    FaultKind,
    Part,
    Record,
    StepStarted,
)
from tests.rehearsal.written.scenes import HEAD, plan_of, scene

T = TypeVar("T")
__all__ = ["HEAD", "plan_of", "scene"]


class Ground:
    """Modelled hosts and servers of the small shop, in a scenario that is given by its part of a file."""

    def __init__(self, part: str = "", plan: Plan | None = None) -> None:
        self.plan = plan or plan_of()
        self.scenario: Scenario = scene(part)
        self.pace = Pace(self.scenario.starts, 0.0)
        self.site = Site(self.plan, self.scenario, 1)
        self.fates = Fates(self.pace.now)
        self.names = tuple(dict.fromkeys(host for hosts in self.plan.groups.values() for host in hosts))
        self.hosts = ModelledHosts(self.site, self.names, self.pace.now, self.fates)
        self.requests = ModelledRequests(self.site, self.pace.now)
        self.output = bytearray()
        self.links: list[str] = []
        self._numbers = count(1)

    @property
    def now(self) -> float:
        """Seconds since the begin."""
        return self.pace.gone()

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run this in the rehearsal's time."""
        return run(main(), self.pace)

    def happen(self, event: AnyEvent) -> None:
        """Record this, now."""
        self.site.take(Record(next(self._numbers), self.pace.now(), event))
        self.fates.happen()

    def strike(self, kind: FaultKind, *hosts: str, **more: Any) -> None:
        """Let something go wrong now."""
        self.happen(FaultBegan(fault=f"{kind}-{next(self._numbers)}", kind=kind, hosts=hosts, **more))

    def begin(self, step: str, host: str = "db-1", *, number: int = 1, part: Part = "run") -> str:
        """An attempt starts; its id."""
        if number == 1 and part == "run" and step not in self.site.steps:
            self.happen(StepStarted(step=step))
        name = f"{step}-{host}-{part}-{number}"
        self.happen(AttemptStarted(id=name, step=step, host=host, part=part, number=number))
        return name

    def stopped(self, attempt: str) -> None:
        """It is recorded that an attempt was stopped."""
        self.happen(AttemptEnded(id=attempt, outcome="stopped"))

    async def order(self, step: str, host: str = "db-1", *, number: int = 1, offset: int = 0) -> Order:
        """An attempt that starts now, on a host as it is."""
        found = await self.hosts.reach(host)
        identity = found.identity if isinstance(found, Reached) else Identity("", "", "")
        return Order(self.begin(step, host, number=number), host, "never run", identity, offset=offset)

    def follow(self, order: Order) -> asyncio.Task[Any]:
        """Follow it to its end, in the background."""
        return asyncio.create_task(self.hosts.run(order, self.output.extend, self.links.append))

    async def send(self, step: str, host: str = "here", **more: Any) -> Any:
        """A request to its end."""
        order = HttpOrder(self.begin(step, host), **{"method": "GET", "url": "http://x/", **more})
        return await self.requests.send(order, self.output.extend)

    def known(self, host: str) -> dict[str, str]:
        """What is known of a host now."""
        return dict(self.site.known(host, self.pace.now()).known)


def rehearse(plan: Plan, scenario: Scenario, *, seed: int = 1) -> list[Record]:
    """Every record of a rehearsal that is played to its end in this process."""
    place = begin(
        Home.default(), plan, scenario, setting(scenario, seed, 0.0, played=True), plan.roles["captain"].people[0]
    )
    assert serve(place)
    journal = sqlite.open(place.journal)
    try:
        return [*journal.read()]
    finally:
        journal.close()
