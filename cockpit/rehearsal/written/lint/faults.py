"""Faults: when they begin, what they need, and what they cannot use."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.plan import Http, Run
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.written import model
from cockpit.rehearsal.written.lint.metrics import unknown_metric
from cockpit.rehearsal.written.lint.places import on
from cockpit.rehearsal.written.needs import NEEDS, said, step_of
from cockpit.rehearsal.written.resolve import since_start
from cockpit.rehearsal.written.scene import Scene

_CHOICE = "say `at`, `with` or `after`"


def faults(scene: Scene) -> Iterator[Finding]:
    """What is wrong with each fault."""
    for index, fault in enumerate(scene.model.faults):
        path: Path = ("faults", index)
        yield from _keys(scene, path, fault)
        yield from _metric(scene, path, fault)
        yield from _hosts(scene, path, fault)
        if fault.role is not None and fault.role not in scene.people:
            hint = suggest(fault.role, scene.people, "roles")
            yield Finding(scene.book.at(*path, "role"), "S203", f"unknown role `{fault.role}`", hint)
        if fault.times is not None and fault.times <= 0:
            at = scene.book.at(*path, "times")
            yield Finding(at, "S104", "`times` must be more than nothing", "twice as long is 2")


def _keys(scene: Scene, path: Path, fault: model.Fault) -> Iterator[Finding]:
    needs, found = NEEDS[fault.fault], said(fault)
    lacking = needs.must - found.keys() - ({"step"} if step_of(fault) else set())
    for key in sorted(lacking) if scene.book.sound("faults") else ():
        yield Finding(scene.book.at(*path), "S213", f"`{fault.fault}` needs `{key}`", _there_is(scene, key))
    for key in found.keys() - needs.usable:
        usable = ", ".join(sorted(needs.usable)) or "nothing but when it begins"
        at = scene.book.key(*path, key)
        yield Finding(at, "S214", f"`{fault.fault}` cannot use `{key}`", f"it can use {usable}")


def _there_is(scene: Scene, key: str) -> str:
    known: Collection[str] = scene.steps
    known = scene.plan.metrics if key == "metric" else scene.people if key == "role" else known
    return f"{key}s: {', '.join(list(known)[:12])}"


def _metric(scene: Scene, path: Path, fault: model.Fault) -> Iterator[Finding]:
    if fault.metric is not None and fault.metric not in scene.plan.metrics:
        yield unknown_metric(scene, (*path, "metric"), fault.metric)


def _hosts(scene: Scene, path: Path, fault: model.Fault) -> Iterator[Finding]:
    """The step of a fault, and its hosts, which are those of the step or the metric where it meets one."""
    name = step_of(fault)
    step, metric = scene.steps.get(name), scene.plan.metrics.get(fault.metric or "")
    if isinstance(step, (Run, Http)):
        yield from on(scene, path, fault.on, step.hosts, f"`{name}`")
    elif name:
        yield from _no_command(scene, path, fault, name)
    elif metric is not None:
        yield from on(scene, path, fault.on, metric.hosts, f"`{metric.name}`")
    elif fault.metric is None:
        yield from on(scene, path, fault.on, scene.hosts, "the playbook")


def _no_command(scene: Scene, path: Path, fault: model.Fault, name: str) -> Iterator[Finding]:
    """That a fault meets no step, or one in which nothing runs. An unknown `with` is told elsewhere."""
    if name in scene.steps:
        at = scene.book.at(*path, "step" if fault.step else "with")
        yield Finding(at, "S216", f"no command runs in `{name}`", "`step` says which step it meets")
    elif fault.step:
        hint = suggest(name, scene.steps, "steps")
        yield Finding(scene.book.at(*path, "step"), "S202", f"unknown step `{name}`", hint)


def times(scene: Scene) -> Iterator[Finding]:
    """When faults and orders begin: at more than one time, before the start, with what is unknown."""
    for part, written in (("faults", scene.model.faults), ("orders", scene.model.orders)):
        for index, timed in enumerate(written):
            yield from _time(scene, (part, index), timed)


def _time(scene: Scene, path: Path, timed: model.Timed) -> Iterator[Finding]:
    given = {"at": timed.at, "with": timed.beside, "after": timed.after}
    keys = [key for key, value in given.items() if value is not None]
    if len(keys) > 1:
        both = " and ".join(f"`{key}`" for key in keys)
        yield Finding(scene.book.key(*path, keys[1]), "S212", f"begins at more than one time: {both}", _CHOICE)
    if timed.at is not None and timed.later is not None:
        yield Finding(scene.book.key(*path, "later"), "S212", "`at` says when it begins already", "add them up in `at`")
    if timed.at is not None and since_start(scene.model, timed.at.seconds, date=timed.at.date) < 0:
        hint = "`starts` says when the rehearsal begins; 0s is then"
        yield Finding(scene.book.at(*path, "at"), "S211", "this is before the start", hint)
    if timed.beside is not None and timed.beside not in scene.steps:
        hint = suggest(timed.beside, scene.steps, "steps")
        yield Finding(scene.book.at(*path, "with"), "S202", f"unknown step `{timed.beside}`", hint)
    if timed.after is not None and timed.after not in scene.fault_ids and scene.book.sound("faults"):
        hint = suggest(timed.after, scene.fault_ids, "faults")
        yield Finding(scene.book.at(*path, "after"), "S206", f"unknown fault `{timed.after}`", hint)


def ids(scene: Scene) -> Iterator[Finding]:
    """Faults of one id, where it cannot be told which is meant."""
    first: dict[str, int] = {}
    for index, fault in enumerate(scene.model.faults):
        if fault.id is not None and first.setdefault(fault.id, index) != index:
            line = scene.book.at("faults", first[fault.id], "id").line
            at = scene.book.at("faults", index, "id")
            yield Finding(at, "S205", f"a second fault `{fault.id}`", f"the first is at line {line}")


def circles(scene: Scene) -> Iterator[Finding]:
    """Faults that begin after each other, or after themselves."""
    after = dict(zip(scene.fault_ids, (fault.after for fault in scene.model.faults), strict=True))
    done: set[str] = set()
    for name in after:
        way: dict[str, None] = {}
        here: str | None = name
        while here in after and here not in done and here not in way:
            way[here] = None
            here = after[here]
        done.update(way)
        if here in way:
            circle = list(way)[list(way).index(here) :]
            index = scene.fault_ids.index(here)
            said_so = " → ".join((*circle[:12], here))
            message = f"the fault waits for itself: {said_so}"
            yield Finding(scene.book.at("faults", index, "after"), "S210", message, "let one begin by `at` or `with`")
