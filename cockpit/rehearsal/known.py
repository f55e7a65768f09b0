"""What the parts of a rehearsal's world know of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from cockpit.rehearsal.scenario import Fault
from cockpit.release.events import Outcome


class Facts(msgspec.Struct, frozen=True):
    """What a host is like from a moment on (seconds since 1970): version deployed, state of its database, anything."""

    since: float
    known: Mapping[str, str]


class Blow(msgspec.Struct, frozen=True):
    """A fault that has begun, and when it is over (None: not foreseen); seconds since 1970."""

    fault: Fault
    began: float
    over: float | None = None

    def holds(self, at: float) -> bool:
        """Whether it is felt at a moment."""
        return self.began <= at and (self.over is None or at < self.over)


class World(Protocol):
    """The hosts' past and what goes wrong: what telemetry reacts to."""

    def facts(self, host: str) -> Sequence[Facts]:
        """What a host was like, the oldest first; never empty, the first since ever."""

    @property
    def changes(self) -> int:
        """How often anything became known of any host: what is made of facts is right for as long as this is."""

    @property
    def blows(self) -> Sequence[Blow]:
        """Every fault that has begun, in order."""


class Habit(msgspec.Struct, frozen=True):
    """What one attempt does: for how many seconds (None: it never ends), with what exit status.

    `pieces` are its output, each with the second in which it comes; `sets` facts of the host, if it ends with 0.
    `outcome` and `reason` say how it ends where status and answer do not.
    """

    seconds: float | None
    code: int = 0
    pieces: tuple[tuple[float, bytes], ...] = ()
    captures: Mapping[str, str] = {}
    sets: Mapping[str, str] = {}
    outcome: Outcome | Literal[""] = ""
    reason: str = ""
