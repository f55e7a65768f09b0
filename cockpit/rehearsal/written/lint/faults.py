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
from cockpit.rehearsal.written.stage import Stage

_CHOICE = "say `at`, `with` or `after`"


def faults(stage: Stage) -> Iterator[Finding]:
    """What is wrong with each fault."""
    for index, fault in enumerate(stage.model.faults):
        path: Path = ("faults", index)
        yield from _keys(stage, path, fault)
        yield from _metric(stage, path, fault)
        yield from _hosts(stage, path, fault)
        if fault.role is not None and fault.role not in stage.people:
            hint = suggest(fault.role, stage.people, "roles")
            yield Finding(stage.book.at(*path, "role"), "S203", f"unknown role `{fault.role}`", hint)
        if fault.times is not None and fault.times <= 0:
            at = stage.book.at(*path, "times")
            yield Finding(at, "S104", "`times` must be more than nothing", "twice as long is 2")


def _keys(stage: Stage, path: Path, fault: model.Fault) -> Iterator[Finding]:
    needs, found = NEEDS[fault.fault], said(fault)
    lacking = needs.must - found.keys() - ({"step"} if step_of(fault) else set())
    for key in sorted(lacking) if stage.book.sound("faults") else ():
        yield Finding(stage.book.at(*path), "S213", f"`{fault.fault}` needs `{key}`", _there_is(stage, key))
    for key in found.keys() - needs.usable:
        usable = ", ".join(sorted(needs.usable)) or "nothing but when it begins"
        at = stage.book.key(*path, key)
        yield Finding(at, "S214", f"`{fault.fault}` cannot use `{key}`", f"it can use {usable}")


def _there_is(stage: Stage, key: str) -> str:
    known: Collection[str] = stage.steps
    known = stage.plan.metrics if key == "metric" else stage.people if key == "role" else known
    return f"{key}s: {', '.join(list(known)[:12])}"


def _metric(stage: Stage, path: Path, fault: model.Fault) -> Iterator[Finding]:
    if fault.metric is not None and fault.metric not in stage.plan.metrics:
        yield unknown_metric(stage, (*path, "metric"), fault.metric)


def _hosts(stage: Stage, path: Path, fault: model.Fault) -> Iterator[Finding]:
    """The step of a fault, and its hosts, which are those of the step or the metric where it meets one."""
    name = step_of(fault)
    step, metric = stage.steps.get(name), stage.plan.metrics.get(fault.metric or "")
    if isinstance(step, (Run, Http)):
        yield from on(stage, path, fault.on, step.hosts, f"`{name}`")
    elif name:
        yield from _no_command(stage, path, fault, name)
    elif metric is not None:
        yield from on(stage, path, fault.on, metric.hosts, f"`{metric.name}`")
    elif fault.metric is None:
        yield from on(stage, path, fault.on, stage.hosts, "the playbook")


def _no_command(stage: Stage, path: Path, fault: model.Fault, name: str) -> Iterator[Finding]:
    """That a fault meets no step, or one in which nothing runs. An unknown `with` is told elsewhere."""
    if name in stage.steps:
        at = stage.book.at(*path, "step" if fault.step else "with")
        yield Finding(at, "S216", f"no command runs in `{name}`", "`step` says which step it meets")
    elif fault.step:
        hint = suggest(name, stage.steps, "steps")
        yield Finding(stage.book.at(*path, "step"), "S202", f"unknown step `{name}`", hint)


def times(stage: Stage) -> Iterator[Finding]:
    """When faults and orders begin: at more than one time, before the start, with what is unknown."""
    for part, written in (("faults", stage.model.faults), ("orders", stage.model.orders)):
        for index, timed in enumerate(written):
            yield from _time(stage, (part, index), timed)


def _time(stage: Stage, path: Path, timed: model.Timed) -> Iterator[Finding]:
    given = {"at": timed.at, "with": timed.beside, "after": timed.after}
    keys = [key for key, value in given.items() if value is not None]
    if len(keys) > 1:
        both = " and ".join(f"`{key}`" for key in keys)
        yield Finding(stage.book.key(*path, keys[1]), "S212", f"begins at more than one time: {both}", _CHOICE)
    if timed.at is not None and timed.later is not None:
        yield Finding(stage.book.key(*path, "later"), "S212", "`at` says when it begins already", "add them up in `at`")
    if timed.at is not None and since_start(stage.model, timed.at.seconds, date=timed.at.date) < 0:
        hint = "`starts` says when the rehearsal begins; 0s is then"
        yield Finding(stage.book.at(*path, "at"), "S211", "this is before the start", hint)
    if timed.beside is not None and timed.beside not in stage.steps:
        hint = suggest(timed.beside, stage.steps, "steps")
        yield Finding(stage.book.at(*path, "with"), "S202", f"unknown step `{timed.beside}`", hint)
    if timed.after is not None and timed.after not in stage.fault_ids and stage.book.sound("faults"):
        hint = suggest(timed.after, stage.fault_ids, "faults")
        yield Finding(stage.book.at(*path, "after"), "S206", f"unknown fault `{timed.after}`", hint)


def ids(stage: Stage) -> Iterator[Finding]:
    """Faults of one id, where it cannot be told which is meant."""
    first: dict[str, int] = {}
    for index, fault in enumerate(stage.model.faults):
        if fault.id is not None and first.setdefault(fault.id, index) != index:
            line = stage.book.at("faults", first[fault.id], "id").line
            at = stage.book.at("faults", index, "id")
            yield Finding(at, "S205", f"a second fault `{fault.id}`", f"the first is at line {line}")


def circles(stage: Stage) -> Iterator[Finding]:
    """Faults that begin after each other, or after themselves."""
    after = dict(zip(stage.fault_ids, (fault.after for fault in stage.model.faults), strict=True))
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
            index = stage.fault_ids.index(here)
            said_so = " → ".join((*circle[:12], here))
            message = f"the fault waits for itself: {said_so}"
            yield Finding(stage.book.at("faults", index, "after"), "S210", message, "let one begin by `at` or `with`")
