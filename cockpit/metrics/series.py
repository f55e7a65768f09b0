"""Series as a query gives them: which one is whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from cockpit.metrics.contract import WHOLE
from cockpit.metrics.reasons import Flaw, plain

T = TypeVar("T")


class Series(msgspec.Struct, frozen=True):
    """One series of an answer: its labels and its points, each a moment (seconds since 1970) and a number as text."""

    labels: Mapping[str, str]
    points: Sequence[tuple[float, str]]


def of_hosts(found: Iterable[Series], label: str, hosts: Sequence[str]) -> dict[str, list[Series]]:
    """The series of each host, by the label's value (`web-1`, `web-1:9100`); without label or hosts, all of them."""
    if not label or not hosts:
        return {WHOLE: list(found)}
    by_host: dict[str, list[Series]] = {host: [] for host in hosts}
    for series in found:
        value = series.labels.get(label, "")
        host = value if value in by_host else _without_port(value)
        if host in by_host:
            by_host[host].append(series)
    return by_host


def only(found: Sequence[Series], label: str, host: str) -> Series | Flaw:
    """The one series, or why there is not exactly one."""
    whose = f" whose {label} is {host}" if host else ""
    match len(found):
        case 0:
            return Flaw("no data", f"no series{whose}")
        case 1:
            return found[0]
        case count:
            shown = ", ".join(_shown(series.labels) for series in found[:2])
            return Flaw("error", f"{count} series{whose}, where one is needed: {shown}{', …' if count > 2 else ''}")


def _without_port(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdecimal():
        return value
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _shown(labels: Mapping[str, str]) -> str:
    inside = ", ".join(
        f'{name}="{value}"' for name, value in sorted(labels.items()) if not name.startswith("__cockpit")
    )
    return plain(f"{{{inside}}}", 80)
