"""Durations, shares and times as people write and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|[smhdw])")
_WHOLE = re.compile(rf"\s*(?:{_PART.pattern}\s*)+")


def parse_duration(text: str) -> float:
    """Seconds in text such as `90s`, `1h 30m` or `250ms`; ValueError for anything else."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"not a duration: {text!r} (write 30s, 5m, 1h 30m)")
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def format_duration(seconds: float) -> str:
    """Seconds as people read a span: `0:41`, `12:05`, `1:02:30`, `3 d 04:00`."""
    whole = max(0, round(seconds))
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, second = divmod(rest, 60)
    if days:
        return f"{days} d {hours:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def format_within(seconds: float) -> str:
    """A length of time as playbooks have it: `7d`, `1h 30m`, `0.5s`."""
    parts, left = list[str](), seconds
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        count, left = divmod(left, size)
        parts += [f"{count:.0f}{unit}"] if count else []
    return " ".join([*parts, f"{left:g}s"] if left or not parts else parts)


def format_span(seconds: float) -> str:
    """Seconds as a measured length: `0.3 s` below ten, `12 s` below a minute, then as `format_duration`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return f"{round(seconds)} s" if seconds < 59.5 else format_duration(seconds)


def format_late(seconds: float) -> str:
    """A deviation from the plan with its sign: `+01:10` late, `−02:10` early, in minutes and seconds."""
    sign = "−" if seconds < 0 else "+"
    minutes, second = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{second:02}" if hours else f"{sign}{minutes:02}:{second:02}"


def utc(seconds: float) -> str:
    """A moment in seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def format_number(value: float, unit: str = "") -> str:
    """A measured number in four digits, with its unit: `0.12 %`, `212 ms`, `1,204`."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124  what is no number
        text = str(value)
    elif abs(value) >= 1000 or value == int(value):
        text = f"{value:,.0f}"
    else:
        text = f"{value:.4g}" if abs(value) >= 0.001 else f"{value:.2g}"
    return f"{text.replace('-', '−')} {unit}".rstrip()


def clock(seconds: float) -> str:
    """The time of day of a moment in seconds since 1970, in UTC: `13:02:41`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S")


def moment_of(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date, perhaps with a time; UTC where it names no zone. None for other text."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
