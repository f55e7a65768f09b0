"""Moments that sources name: how they are written, and whether a sample of that moment still counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from cockpit.metrics.number import number
from cockpit.metrics.reasons import Flaw, plain
from cockpit.units import format_span

AHEAD: Final = 30.0
"""Seconds by which clocks may differ before a moment in the future is an error."""
_MILLISECONDS = 1e11
_LAST = 4e9


def moment(found: object) -> float | Flaw:
    """Seconds since 1970 of a number (seconds or milliseconds) or of ISO 8601, in UTC where it names no zone."""
    seconds = _written(found) if isinstance(found, str) else None
    if seconds is None:
        counted = number(found, {})
        if isinstance(counted, Flaw):
            return Flaw("error", f"no time for it: {counted.reason}")
        seconds = counted / 1000 if counted >= _MILLISECONDS else counted
    return seconds if 0 < seconds < _LAST else Flaw("error", f"no time: {plain(str(found), 40)}")


def _written(text: str) -> float | None:
    if text.strip().isdecimal():
        return None
    try:
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def fresh(at: float, now: float, stale: float) -> Flaw | None:
    """Why a sample of that moment does not count now; None when it does."""
    if at > now + AHEAD:
        return Flaw("error", f"its time is {format_span(at - now)} in the future: see the clocks")
    return Flaw("no data", f"its last sample is {format_span(now - at)} old") if now - at > stale else None
