"""What the engine asks of a source of metrics: the contract that each keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cockpit.analysis.rule import Reading, Sample

WHOLE = ""
"""The name under which one value for all hosts stands."""


class Source(Protocol):
    """Where a metric comes from. Nothing here raises for what a source or a network may do: that is a `Gap`.

    Both answer by host, or under `WHOLE` where there is one value. Deadlines are the source's own.
    """

    async def read(self, now: float) -> Mapping[str, Reading]:
        """The value at this moment (seconds since 1970), for every host that is asked for."""

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:
        """The samples between two moments, oldest first; None where the source keeps none or cannot tell now."""

    async def close(self) -> None:
        """Drop what is held open."""
