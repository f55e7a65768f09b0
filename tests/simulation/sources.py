"""Modelled sources of metrics under the real sampler: they answer, keep a history, and are in trouble as a flight says.

What a command on a modelled host prints is not theirs: there the real source asks the real transport.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.engine.instruments import GLANCE
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.group import Alone, Group, Observed, Ready
from cockpit.metrics.output import OutputSource
from cockpit.metrics.seen import Seen
from cockpit.playbook.plan import Output
from tests.simulation.loop import World
from tests.simulation.series import Course, Mishap, trouble

LATENESS = 2.5
"""So many intervals after it was asked a late source answers."""


class Nature:
    """What every metric of one flight really does. `began` is the world's time when the flight began."""

    def __init__(
        self, world: World, courses: Iterable[Course], mishaps: tuple[Mishap, ...], histories: Iterable[str]
    ) -> None:
        self.world, self.mishaps, self.histories = world, mishaps, frozenset(histories)
        self.courses = {(each.metric, each.host): each for each in courses}
        self.began = 0.0

    @property
    def now(self) -> float:
        """Seconds since the flight began."""
        return self.world.now - self.began

    def course(self, metric: str, host: str) -> Course | None:
        """A metric on a host, or on all where it is the same there."""
        return self.courses.get((metric, host)) or self.courses.get((metric, WHOLE))


class ModelledSources:
    """See `instruments.Sources`. `clock` is the asking engine's, `touch` may end it in the middle of a call."""

    glance, lapses = GLANCE, True

    def __init__(self, nature: Nature, clock: Callable[[], float], touch: Callable[[str, bool], bool]) -> None:
        self._nature, self._clock, self._touch = nature, clock, touch

    def groups(self, readies: Iterable[Ready]) -> tuple[Group, ...]:
        return tuple(Alone(ready, self.source(ready)) for ready in readies)

    def stirred(self) -> frozenset[str]:
        return frozenset()

    def source(self, ready: Ready) -> Observed:
        if isinstance(ready.source(), Output):
            return OutputSource(ready)
        return ModelledSource(ready, self._nature, self._clock, self._touch)

    async def close(self) -> None: ...


class ModelledSource:
    """See `contract.Source`."""

    def __init__(
        self, ready: Ready, nature: Nature, clock: Callable[[], float], touch: Callable[[str, bool], bool]
    ) -> None:
        self.seen = Seen()
        self._metric, self._nature, self._clock, self._touch = ready.metric, nature, clock, touch

    async def read(self, now: float) -> Mapping[str, Reading]:
        lost = self._touch("read", True)
        mishap = trouble(self._nature.mishaps, self._metric.name, self._nature.now)
        at = self._nature.now
        await asyncio.sleep(0.05)
        lost = self._touch("read", False) or lost
        if mishap is not None and mishap.kind == "hang":
            await asyncio.sleep(max(0.0, mishap.at + mishap.length - self._nature.now))
        if mishap is not None and mishap.kind == "late":
            await asyncio.sleep(LATENESS * self._metric.every)
        return {host: self._reading(host, now, at, mishap, lost) for host in self._metric.hosts or (WHOLE,)}

    def _reading(self, host: str, now: float, at: float, mishap: Mishap | None, lost: bool) -> Reading:
        course = self._nature.course(self._metric.name, host)
        if lost or course is None:
            return Gap(now, "error", "the connection was lost")
        match mishap.kind if mishap else None:
            case "silent":
                return Gap(now, "no data", "no series")
            case "error" | "hang":
                return Gap(now, "error", "no answer")
            case _:
                return Sample(now, course.value(at))

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:
        metric, nature = self._metric, self._nature
        if metric.name not in nature.histories:
            return None
        mishap = trouble(nature.mishaps, metric.name, nature.now)
        await asyncio.sleep(0.1)
        if mishap is not None and mishap.kind in ("late", "hang"):
            await asyncio.sleep(LATENESS * metric.every if mishap.kind == "late" else 1e6)
        if mishap is not None and mishap.kind == "error":
            return None
        return {host: tuple(self._samples(host, since, until)) for host in metric.hosts or (WHOLE,)}

    async def close(self) -> None: ...

    def _samples(self, host: str, since: float, until: float) -> Iterable[Sample]:
        """On the source's own even times, in the engine's seconds."""
        metric, nature = self._metric, self._nature
        course, ahead = nature.course(metric.name, host), self._clock() - nature.now
        number = int((since - ahead) // metric.every) + 1
        while course is not None and (at := number * metric.every) <= min(until - ahead, nature.now):
            silent = trouble(nature.mishaps, metric.name, at)
            if silent is None or silent.kind != "silent":
                yield Sample(at + ahead, course.value(at))
            number += 1
