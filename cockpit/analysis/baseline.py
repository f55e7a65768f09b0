"""What a metric was like before the cutover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum

from cockpit.analysis.rule import Baseline, Sample


def record(samples: Iterable[Sample], since: float, until: float, needed: int = 20) -> Baseline:
    """The baseline of the samples from `since` to `until`, both included; with fewer than needed, why there is none."""
    values = sorted(sample.value for sample in samples if since <= sample.at <= until)
    if len(values) < max(needed, 1):
        reason = f"the baseline has {len(values)} samples and needs {max(needed, 1)}"
        return Baseline(since=since, until=until, samples=len(values), reason=reason)
    return Baseline(
        since=since,
        until=until,
        samples=len(values),
        mean=fsum(values) / len(values),
        median=quantile(values, 0.5),
        p95=quantile(values, 0.95),
        spread=quantile(values, 0.75) - quantile(values, 0.25),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share of ordered values lies, between two of them in proportion, as NumPy does."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
