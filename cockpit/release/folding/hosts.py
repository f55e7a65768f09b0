"""What becomes known of hosts and their locks."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.release.draft import Draft
from cockpit.release.events import HostReached, LockRefused
from cockpit.release.locks import lock_hosts


def reached(draft: Draft, event: HostReached) -> None:
    """A host can be worked on, and this is what it is."""
    seen = {"address": event.address, "key": event.key, "boot": event.boot, "marker": event.marker}
    draft.set_host(event.host, reach="reached", reason="", hint="", **seen)


def lock_refused(draft: Draft, event: LockRefused) -> None:
    """Another release holds a lock; where it was ours, it is lost."""
    before = draft.state.hosts[event.host]
    was_ours = before.lock == "ours" or (before.lock == "taking" and not before.holder)
    holder = (
        f"release {event.release} of {event.login} on {event.machine} since {event.since}, "
        f"last heard of {event.heartbeat_age:.0f} s ago"
    )
    draft.set_host(event.host, lock="lost" if was_ours else "refused", holder=holder)


def try_again(draft: Draft, hosts: Iterable[str]) -> None:
    """What could not be reached, of these hosts and those with their locks, is worth another try."""
    if any(host.reach == "unreachable" for host in draft.state.hosts.values()):
        for host in (*hosts, *lock_hosts(draft.state, hosts)):
            if draft.state.hosts[host].reach == "unreachable":
                draft.set_host(host, reach="untried")
