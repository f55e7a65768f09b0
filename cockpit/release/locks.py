"""The hosts whose locks keep other releases out."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.playbook.plan import (
    HERE,
)
from cockpit.release.state import State


def lock_hosts(state: State, hosts: Iterable[str]) -> tuple[str, ...]:
    """The hosts whose lock keeps others out of these: the first of each group they are in, or the host itself."""
    found: dict[str, None] = {}
    for host in hosts:
        if host != HERE:
            firsts = [_first(state, group) for group in state.hosts[host].groups]
            found.update(dict.fromkeys(firsts or [host]))
    return tuple(found)


def _first(state: State, group: str) -> str:
    """The first host of a group; once it was dropped, and nobody is known to hold its lock, the next that was not."""
    members = state.the_plan.groups[group]
    known = (state.hosts[name] for name in members if name in state.hosts)
    return next((host.name for host in known if not host.dropped or host.lock == "ours" or host.holder), members[0])
