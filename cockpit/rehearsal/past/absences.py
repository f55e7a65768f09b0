"""When a host could not be reached in a recorded release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cockpit.rehearsal.scenario import Fault, When
from cockpit.release.events import (
    AttemptEnded,
    AttemptStarted,
    HostReached,
    HostUnreachable,
    LockTakeoverOrdered,
    Record,
    Resumed,
    RetryOrdered,
    RollbackStarted,
)

LITTLE = 0.1
"""Seconds after a host was seen last from which on it is away."""

BARELY = 0.02
"""Seconds before it is known to be there again at which it is back."""

_ASKING = (RetryOrdered, Resumed, RollbackStarted, LockTakeoverOrdered)
"""What makes the cockpit try again to reach a host."""


def absences(records: Iterable[Record]) -> tuple[Fault, ...]:
    """A lost link for each time that a host could not be reached: from when it was seen last until it was tried again.

    A link that broke under a command and came back in time is none: the command took as long as it did. Nor is it
    repeated that an engine was started anew, with what only that one met.
    """
    return tuple(_absences(records))


def _absences(records: Iterable[Record]) -> Iterator[Fault]:
    began, hosts = 0.0, dict[str, str]()
    seen, away, again = dict[str, float](), dict[str, list[float]](), dict[str, float]()
    for number, record in enumerate(records, 1):
        began = began or record.at
        match record.event:
            case HostUnreachable(host=host):
                away.setdefault(host, []).append(record.at)
                again.pop(host, None)
            case HostReached(host=host):
                if host in away:
                    over = again.pop(host, (away[host][-1] + record.at) / 2)
                    yield _away(number, host, seen.get(host, began), away.pop(host), over, began)
                seen[host] = record.at
            case AttemptStarted(id=name, host=host):
                hosts[name] = host
                seen[host] = record.at
            case AttemptEnded(id=name, exit=code) if code is not None and name in hosts:
                seen[hosts[name]] = record.at
                again.setdefault(hosts[name], record.at - BARELY)
            case event if isinstance(event, _ASKING):
                for host in away:
                    again.setdefault(host, record.at - BARELY)
            case _:
                continue
    for number, (host, moments) in enumerate(away.items(), 1):
        yield _away(-number, host, seen.get(host, began), moments, None, began)


def _away(number: int, host: str, seen: float, moments: list[float], over: float | None, began: float) -> Fault:
    since = min(seen + LITTLE, moments[0])
    lasts = 0.0 if over is None else max(BARELY, over - since)
    when = When(later=round(since - began, 3))
    return Fault(id=f"away-{number}", kind="link-lost", when=when, lasts=round(lasts, 3), hosts=(host,))
