"""What clients are shown of a reading."""

from __future__ import annotations

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """A reading as clients see it: `value` is None where nothing was measured, and `reason` says why."""

    metric: str
    host: str
    at: float
    value: float | None = None
    reason: str = ""
