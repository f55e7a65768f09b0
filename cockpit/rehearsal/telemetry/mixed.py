"""Metrics of a rehearsal on real hosts: read over HTTP, as live, as long as time leaves room for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cockpit.analysis.rule import Reading
from cockpit.engine.clock import real_time
from cockpit.engine.instruments import GLANCE
from cockpit.metrics.group import Group, Observed, Ready
from cockpit.rehearsal.telemetry.sources import ModelledSources
from cockpit.rehearsal.telemetry.telemetry import Served, Telemetry

MOST = 20.0
"""Looks over HTTP in a real second; where the rehearsal's speed asks for more, all come in process."""


class MixedSources:
    """See `instruments.Sources`; `speed` is how many seconds pass in one just now."""

    glance, lapses = GLANCE, True

    def __init__(self, telemetry: Telemetry, modelled: ModelledSources, speed: Callable[[], float]) -> None:
        self._served, self._modelled, self._speed = Served(telemetry), modelled, speed
        self._rate = 0.0

    def groups(self, readies: Iterable[Ready]) -> tuple[Group, ...]:
        """See `Sources`."""
        known = {ready.metric.name: ready for ready in readies}
        served = self._served.groups(known.values())
        self._rate = max(self._rate, sum(1 / group.every for group in served))
        return tuple(
            Either(group, self._modelled.groups(known[name] for name in group.keys), self._has_room) for group in served
        )

    def stirred(self) -> frozenset[str]:
        """See `Sources`."""
        return frozenset()

    def source(self, ready: Ready) -> Observed:
        """See `Sources`."""
        return self._modelled.source(ready)

    async def close(self) -> None:
        """See `Sources`."""
        with real_time():
            await self._served.close()

    def _has_room(self) -> bool:
        return 0 < self._rate * self._speed() <= MOST


class Either:
    """A group that is read over HTTP while there is room, else in process."""

    def __init__(self, served: Group, modelled: Sequence[Group], has_room: Callable[[], bool]) -> None:
        self.every, self.keys = served.every, served.keys
        self._served, self._modelled, self._has_room = served, modelled, has_room

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        """See `Group`."""
        if self._has_room():
            with real_time():
                return await self._served.read(now)
        found: dict[str, Mapping[str, Reading]] = {}
        for group in self._modelled:
            found |= await group.read(now)
        return found

    async def close(self) -> None:
        """See `Group`."""
        for group in (self._served, *self._modelled):
            await group.close()
