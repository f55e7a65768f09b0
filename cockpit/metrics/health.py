"""What `cockpit doctor` says of a metric: whether its source is reached and answers, and what."""

from __future__ import annotations

import msgspec

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.group import Observed, Ready
from cockpit.metrics.reasons import masked
from cockpit.metrics.seen import Seen
from cockpit.units import format_span

SKEWED = 5.0
"""Seconds by which a server's clock may differ before it is said."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """One metric on one host (or WHOLE). `reachable` is None where it cannot be told; seconds for `age` and `skew`.

    `skew` is how far the server's clock is ahead. `reason` says why there is no value, `note` what is odd with one.
    """

    metric: str
    host: str
    reachable: bool | None
    value: float | None = None
    unit: str = ""
    age: float | None = None
    skew: float | None = None
    reason: str = ""
    note: str = ""

    @property
    def answers(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def text(self) -> str:
        """One line: `4.2 % (3.0 s old)`, or why there is none."""
        if self.value is None:
            found = self.reason
        else:
            found = f"{self.value:.6g} {self.unit}".rstrip()
            found += f" ({format_span(self.age)} old)" if self.age is not None and self.age >= 1 else ""
        return "; ".join(filter(None, (found, self.note, self._clock())))

    def _clock(self) -> str:
        if self.skew is None or abs(self.skew) <= SKEWED:
            return ""
        return f"its clock is {format_span(abs(self.skew))} {'ahead' if self.skew > 0 else 'behind'}"


async def examine(ready: Ready, source: Observed, now: float) -> tuple[Health, ...]:
    """Read the metric once, at this moment; one finding for each of its hosts."""
    readings = await source.read(now)
    return tuple(_health(ready, source.seen, host, reading) for host, reading in readings.items())


def _health(ready: Ready, seen: Seen, host: str, reading: Reading) -> Health:
    measured = isinstance(reading, Sample)
    reached = seen.reached(host)
    return Health(
        metric=ready.metric.name,
        host=host,
        reachable=True if measured and reached is None else reached,
        value=reading.value if isinstance(reading, Sample) else None,
        unit=ready.metric.unit,
        age=seen.ages.get(host, 0.0 if measured else None),
        skew=seen.ahead(host),
        reason="" if isinstance(reading, Sample) else reading.reason,
        note=masked(seen.notes.get(host, ""), ready.secrets),
    )
