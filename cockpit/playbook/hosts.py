"""Host names: ranges, groups, and what `on` means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from cockpit.playbook.plan import HERE

MAX_HOSTS = 5_000
MAX_ALL = 20_000
MAX_DEPTH = 20

_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_SPAN = re.compile(r"(\d{1,9})(?::(\d{1,9}))?")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?")


class HostError(ValueError):
    """A range or a group that makes no hosts.

    `entry` is the text of the range and `offset` points into it; `circle` are the groups that contain each other.
    """

    def __init__(self, message: str, entry: str = "", offset: int = 0, circle: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.circle = circle
        self.entry = entry
        self.offset = offset


@dataclass(frozen=True)
class UnknownHostError(Exception):
    """A name that is neither a group nor a host of any group."""

    name: str
    index: int


def expand(text: str) -> tuple[str, ...]:
    """The names that a range such as `app-[01:20]` or `web-[1,3,5:7].[a]` stands for; HostError when it is wrong."""
    parts: list[tuple[str, ...]] = []
    size, last = 1, 0
    for bracket in _BRACKET.finditer(text):
        numbers = _numbers(text, bracket)
        size *= len(numbers)
        if size > MAX_HOSTS:
            raise HostError(f"`{text[:60]}` is more than {MAX_HOSTS} hosts", text)
        parts += [(text[last : bracket.start()],), numbers]
        last = bracket.end()
    names = tuple("".join(pieces) for pieces in product(*parts, (text[last:],)))
    if not _HOST.fullmatch(names[0]) or len(names[-1]) > 254:
        raise HostError(f"`{text[:60]}` is not a host, a range such as web-[01:20], or a group", text)
    return names


def _numbers(text: str, bracket: re.Match[str]) -> tuple[str, ...]:
    found: list[str] = []
    offset = bracket.start(1)
    for part in bracket[1].split(","):
        span = _SPAN.fullmatch(part.strip())
        if span is None:
            raise HostError(f"`{part.strip()[:60]}` is not a number or a range such as 1:20", text, offset)
        first, last = span[1], span[2] or span[1]
        if int(first) > int(last):
            raise HostError(f"the range {first}:{last} runs backwards", text, offset)
        if int(last) - int(first) >= MAX_HOSTS:
            raise HostError(f"the range {first}:{last} is more than {MAX_HOSTS} hosts", text, offset)
        found += (str(number).zfill(len(first)) for number in range(int(first), int(last) + 1))
        offset += len(part) + 1
    return tuple(found)


Groups = Mapping[str, tuple[str, ...]]
"""Group names to their hosts."""


def resolved(groups: Mapping[str, Sequence[str]]) -> tuple[dict[str, tuple[str, ...]], dict[str, HostError]]:
    """The hosts of each group, each once, groups inside it resolved; and what is wrong with the other groups."""
    done: dict[str, tuple[str, ...]] = {}
    wrong: dict[str, HostError] = {}
    for name in groups:
        try:
            _resolve(name, groups, (), done)
        except HostError as error:
            wrong[name] = error
        if sum(len(hosts) for hosts in done.values()) > MAX_ALL:
            wrong[name] = HostError(f"the groups up to here are more than {MAX_ALL} hosts")
            break
    return done, wrong


def _resolve(
    name: str, groups: Mapping[str, Sequence[str]], within: tuple[str, ...], done: dict[str, tuple[str, ...]]
) -> None:
    if name in within:
        circle = within[within.index(name) :]
        raise HostError(f"the group contains itself: {' → '.join((*circle, name))}", circle=circle)
    if len(within) >= MAX_DEPTH:
        raise HostError(f"groups are nested more than {MAX_DEPTH} deep")
    hosts: dict[str, None] = {}
    for entry in groups[name] if name not in done else ():
        if entry in groups and entry != name:
            _resolve(entry, groups, (*within, name), done)
            hosts.update(dict.fromkeys(done[entry]))
        else:
            hosts.update(dict.fromkeys(expand(entry)))
        if len(hosts) > MAX_HOSTS:
            raise HostError(f"`{name}` is more than {MAX_HOSTS} hosts")
    done.setdefault(name, tuple(hosts))


def targets(on: Sequence[str], groups: Groups) -> Iterator[tuple[int, str]]:
    """The hosts that `on` names, each with the index of the entry that named it; HostError, UnknownHostError."""
    every = {host for hosts in groups.values() for host in hosts}
    for index, entry in enumerate(on):
        for host in _entry(entry, groups, every, index):
            yield index, host


def _entry(entry: str, groups: Groups, every: set[str], index: int) -> tuple[str, ...]:
    if entry == HERE:
        return (HERE,)
    if entry in groups:
        return groups[entry]
    hosts = expand(entry)
    unknown = next((host for host in hosts if host not in every), None)
    if unknown is not None:
        raise UnknownHostError(unknown, index)
    return hosts
