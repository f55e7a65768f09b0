"""What can go wrong in a rehearsal, in words, and what of the release each kind may meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cockpit.playbook.plan import HERE, Gate
from cockpit.release.events import FaultKind
from cockpit.release.people import has_role
from cockpit.release.practice import ON_HOSTS, ON_METRICS, ON_SIGNERS
from cockpit.release.standing import current
from cockpit.release.state import State
from cockpit.release.waiting import waiting_for


class Words(NamedTuple):
    """The name of a fault, and what it does."""

    name: str
    means: str


GROUPS: Mapping[str, Mapping[FaultKind, Words]] = {
    "hosts": {
        "host-down": Words("host down", "it does not answer"),
        "host-slow": Words("host slow", "everything there takes longer"),
        "host-reboot": Words("host reboots", "what runs there is lost"),
        "link-lost": Words("link lost", "links break, commands go on"),
        "disk-full": Words("disk full", "nothing new starts there"),
        "wrong-exit": Words("wrong exit", "the next command fails"),
        "flood": Words("output flood", "the next command prints a flood"),
        "hang": Words("command hangs", "the next command never ends"),
        "deaf": Words("deaf service", "no request gets an answer"),
    },
    "metrics": {
        "errors": Words("error spike", "errors jump"),
        "latency": Words("latency", "answers take longer"),
        "quota": Words("quota", "a quota is nearly used up"),
        "leak": Words("leak", "it grows from hour to hour"),
        "silence": Words("silent metric", "there are no samples"),
        "lie": Words("lying metric", "it shows one value for ever"),
    },
    "people": {
        "signer-late": Words("signer late", "a sign-off takes longer"),
        "signer-no": Words("signer says no", "a sign-off is refused"),
        "signer-silent": Words("signer silent", "a sign-off never comes"),
    },
    "files": {"file-changed": Words("file changed", "a file that is to stay as it is is another")},
    "engine": {"engine-killed": Words("engine killed", "its process dies, and is started again")},
}
"""By what they meet, as people choose among them."""

KINDS: Mapping[FaultKind, Words] = {kind: words for group in GROUPS.values() for kind, words in group.items()}

AT_ONCE: frozenset[FaultKind] = frozenset({"engine-killed"})
"""What is over as soon as it has begun."""


class Place(NamedTuple):
    """Where a fault may be thrown: what it is called in the release (empty: not named), and in words."""

    name: str
    words: str


def places(state: State, kind: FaultKind) -> tuple[Place, ...]:
    """Where a kind of fault may be thrown, the one that is guessed first; none where there is nothing to choose."""
    if kind in ON_HOSTS:
        hosts = tuple(dict.fromkeys((*_busy(state), *(host for host in state.hosts if host != HERE))))
        return (*(Place(host, host) for host in hosts), Place("", "every host"))
    if kind in ON_METRICS:
        return (Place("", "whichever fits"), *(Place(name, name) for name in state.the_plan.metrics))
    if kind == "file-changed":
        return tuple(Place(step.id, step.id) for step in state.track if step.unchanged)
    if kind in ON_SIGNERS:
        asked = (each.role for each in waiting_for(state) if each.what == "sign-off")
        roles = sorted(dict.fromkeys((*asked, *_signing(state))), key=lambda role: _is_captains(state, role))
        return (*(Place(role, role) for role in roles), Place("", "everybody"))
    return ()


def _busy(state: State) -> tuple[str, ...]:
    """The hosts on which something runs, or will run next; between two such steps, those of the last one."""
    one = current(state)
    if one is None or not one.hosts:
        begun = (each for each in state.steps.values() if each.hosts and each.started is not None)
        one = max(begun, key=lambda each: each.started or 0.0, default=None)
    hosts = {run.host: run.status for run in one.hosts.values()} if one else {}
    order = ("running", "checking", "waiting", "passed")
    return tuple(host for status in order for host in hosts if hosts[host] == status and host != HERE)


def _is_captains(state: State, role: str) -> bool:
    """Whether the captain has this role, who may well sit here: a fault of somebody played tells more."""
    return has_role(state, state.captain, role)


def _signing(state: State) -> tuple[str, ...]:
    """The roles that gates ask for."""
    return tuple(role for step in state.track if isinstance(step, Gate) for role in step.sign)
