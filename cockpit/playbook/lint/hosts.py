"""Hosts, groups and batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from cockpit.playbook.batches import reach
from cockpit.playbook.hosts import HostError, UnknownHostError
from cockpit.playbook.model.steps import HttpStep, RunStep
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.plan import HERE
from cockpit.playbook.problem import Finding
from cockpit.playbook.world import Placed, World


def groups(world: World) -> Iterator[Finding]:
    """Ranges that are wrong, and groups that contain themselves."""
    circles: set[frozenset[str]] = set()
    for name, error in world.wrong_groups.items():
        entries = world.book.model.hosts[name]
        if error.entry in entries:
            at = world.place(("hosts", name, entries.index(error.entry)), error.offset)
            yield Finding(at, "P401", str(error), "write web-[01:20] or web-[1,3,5:7]")
        elif not error.entry and frozenset(error.circle) not in circles:
            circles.add(frozenset(error.circle))
            yield Finding(world.book.key("hosts", name), "P402", str(error))


def targets_of(world: World) -> Iterator[Finding]:
    """Hosts and groups in `on` that do not exist, and hosts that are named twice."""
    if not world.book.sound("hosts") or world.wrong_groups:
        return
    for placed in world.steps:
        if isinstance(placed.step, (RunStep, HttpStep)) and placed.step.on:
            yield from _on(world, placed.path, placed.step.on)
    for name, metric in world.book.model.metrics.items():
        path: Path = ("metrics", name)
        yield from _on(world, path, metric.on or ())
        if HERE in (metric.on or ()) and metric.on != [HERE]:
            at = world.place((*path, "on", (metric.on or [HERE]).index(HERE)))
            yield Finding(
                at, "P804", "`here` beside hosts: its value is that of no host", "make it a metric of its own"
            )


def _on(world: World, path: Path, on: Sequence[str]) -> Iterator[Finding]:
    named: dict[str, int] = {}
    try:
        for index, host in world.hosts_of(on):
            if host in named:
                message = f"`{host}` is in `{on[named[host]]}` already: it would be touched once only"
                yield Finding(world.place((*path, "on", index)), "P404", message, "name each host once")
                return
            named[host] = index
    except UnknownHostError as error:
        known = {HERE, *world.groups, *(host for hosts in world.groups.values() for host in hosts)}
        at = world.place((*path, "on", error.index))
        hint = suggest(error.name, known, "hosts and groups")
        yield Finding(at, "P201", f"unknown host or group `{error.name}`", hint)
    except HostError as error:
        index = next((index for index, entry in enumerate(on) if entry == error.entry), 0)
        yield Finding(world.place((*path, "on", index), error.offset), "P401", str(error))


def batches(world: World) -> Iterator[Finding]:
    """Batches that do not rise, or that leave hosts out."""
    for placed in world.steps:
        if isinstance(placed.step, RunStep) and placed.step.batches and world.book.sound(*placed.path, "batches"):
            yield from _batches(world, placed, placed.step)


def _batches(world: World, placed: Placed, step: RunStep) -> Iterator[Finding]:
    path = (*placed.path, "batches")
    entries = step.batches or []
    hosts = world.count_of(step.on)
    for index, (before, entry) in enumerate(pairwise(entries), 1):
        falls = type(before) is type(entry) and entry <= before
        if falls or (hosts and reach(entry, hosts) < reach(before, hosts)):
            message = "batches must rise: each share includes the hosts of those before it"
            yield Finding(world.place((*path, index)), "P405", message, "write [1, 25%, 100%]")
            return
    if hosts and reach(entries[-1], hosts) < hosts:
        left = hosts - reach(entries[-1], hosts)
        at = world.place((*path, len(entries) - 1))
        yield Finding(at, "P406", f"the batches leave out {left} of {hosts} hosts", "end with 100%")
