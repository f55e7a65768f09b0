"""What each metric measured lately on each host: kept in the client, from the engine's store and what it sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cockpit.engine.client import Measured

Key = tuple[str, str]
"""A metric, and the host (empty for what is measured once for all)."""

Point = tuple[float, float | None]
"""A moment in seconds since 1970, and what was measured then; None where nothing was."""

KEPT = 720
"""Readings kept of each metric and host where there are few."""

FEWEST = 60
"""The same where there are many."""

ROOM = 200_000
"""Readings kept in all."""


@dataclass(frozen=True)
class Trace:
    """Readings, oldest first. `reason`: why the latest is none."""

    moments: tuple[float, ...] = ()
    values: tuple[float | None, ...] = ()
    reason: str = ""

    @property
    def value(self) -> float | None:
        """The latest reading."""
        return self.values[-1] if self.values else None

    @property
    def at(self) -> float | None:
        """When something was last measured."""
        for moment, value in zip(reversed(self.moments), reversed(self.values), strict=True):
            if value is not None:
                return moment
        return None

    def grown(self, one: Measured, kept: int) -> Trace:
        """With one more reading, if it is a newer one."""
        if self.moments and one.at <= self.moments[-1]:
            return self if self.reason == one.reason else replace(self, reason=one.reason)
        return Trace((*self.moments, one.at)[-kept:], (*self.values, one.value)[-kept:], one.reason)

    def joined(self, points: Iterable[Point], kept: int) -> Trace:
        """With what the engine has stored; what is known already counts."""
        found = {**dict(points), **dict(zip(self.moments, self.values, strict=True))}
        moments = sorted(found)[-kept:]
        return Trace(tuple(moments), tuple(found[each] for each in moments), self.reason)


class Traces:
    """All traces; every change makes a new mapping."""

    def __init__(self) -> None:
        self._traces: dict[Key, Trace] = {}

    @property
    def kept(self) -> int:
        """Readings kept of each."""
        return max(FEWEST, min(KEPT, ROOM // max(1, len(self._traces))))

    def all(self) -> Mapping[Key, Trace]:
        """As they are now."""
        return dict(self._traces)

    def take(self, readings: Iterable[Measured]) -> Mapping[Key, Trace]:
        """The latest readings."""
        for one in readings:
            key = one.metric, one.host
            self._traces[key] = self._traces.get(key, Trace()).grown(one, self.kept)
        return self.all()

    def join(self, key: Key, points: Iterable[Point]) -> Mapping[Key, Trace]:
        """What was measured before."""
        self._traces[key] = self._traces.get(key, Trace()).joined(points, self.kept)
        return self.all()
