"""Hosts: unknown ones, wrong ranges, and hosts where they cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cockpit.playbook.hosts import HostError, UnknownHostError
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.plan import HERE
from cockpit.playbook.problem import Finding, Position
from cockpit.rehearsal.written.scene import Scene

MAX_FACTS = 100_000
"""How many hosts all entries of `hosts` may name together."""


def facts(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the hosts of which something is known at first."""
    total = 0
    for place in scene.model.hosts:
        total += len(scene.on([place]))
        at = scene.book.key("hosts", place)
        if total > MAX_FACTS:
            yield Finding(at, "S014", f"more than {MAX_FACTS} hosts, up to here", "name fewer, or name groups once")
            return
        yield from _wrong(scene, [place], [at])
        if place == HERE:
            yield Finding(at, "S216", "`here` is this machine, of which nothing is known", "name hosts or groups")


def on(scene: Scene, path: Path, places: Sequence[str] | None, among: Collection[str], whose: str) -> Iterator[Finding]:
    """What is wrong with `on`, whose hosts must be among those of what it is about."""
    if places is None:
        return
    spots = [scene.book.place((*path, "on", index)) for index in range(len(places))]
    wrong = list(_wrong(scene, places, spots))
    yield from wrong
    known = frozenset(among)
    for index, host in () if wrong else scene.named(places):
        if host not in known:
            hosts = f"hosts of {whose}" if among else f"{whose} has no hosts"
            yield Finding(spots[index], "S216", f"`{host}` is no host of {whose}", suggest(host, among, hosts))
            return


def _wrong(scene: Scene, places: Sequence[str], spots: Sequence[Position]) -> Iterator[Finding]:
    try:
        scene.named(places)
    except UnknownHostError as error:
        hint = suggest(error.name, {HERE, *scene.plan.groups, *scene.hosts}, "hosts and groups")
        yield Finding(spots[error.index], "S201", f"unknown host or group `{error.name}`", hint)
    except HostError as error:
        index = next((index for index, entry in enumerate(places) if entry == error.entry), 0)
        hint = "write web-[01:20] or web-[1,3,5:7]" if error.entry else ""
        yield Finding(spots[index], "S201", str(error), hint)
