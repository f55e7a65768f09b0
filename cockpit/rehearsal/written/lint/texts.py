"""Templates: wrong ones, and variables in them that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding
from cockpit.playbook.reserved import BUILTINS
from cockpit.playbook.templates import names, render
from cockpit.rehearsal.written import model
from cockpit.rehearsal.written.scene import Scene


def texts(scene: Scene) -> Iterator[Finding]:
    """What is wrong with each template."""
    for path, text in _templates(scene.model):
        if "{" in text:
            yield from _wrong(scene, path, text)


def _wrong(scene: Scene, path: Path, text: str) -> Iterator[Finding]:
    known = scene.plan.params
    try:
        unknown = [(name, offset) for name, offset in names(text) if name not in known]
        if not unknown:
            render(text, known)
    except ExpressionError as error:
        yield Finding(scene.book.place(path, error.offset), "S204", f"not a template: {error}")
        return
    for name, offset in unknown:
        hint = "only params are known in a scenario" if name in BUILTINS else suggest(name, known, "params")
        yield Finding(scene.book.place(path, offset), "S204", f"unknown variable `{name}`", hint)


def _templates(said: model.Scenario) -> Iterator[tuple[Path, str]]:
    yield ("scenario",), said.scenario
    for place, facts in said.hosts.items():
        yield from _each(("hosts", place), facts)
    for step, acts in said.steps.items():
        for index, act in enumerate(acts):
            yield from _of_act(("steps", step, index), act)
    for metric, curves in said.metrics.items():
        for index, curve in enumerate(curves):
            yield from _each(("metrics", metric, index, "given"), curve.given)
    yield from _each(("waives",), said.waives)
    for name, person in said.people.items():
        yield ("people", name, "note"), person.note or ""
    for index, order in enumerate(said.orders):
        yield ("orders", index, "note"), order.note or ""


def _of_act(path: Path, act: model.Act) -> Iterator[tuple[Path, str]]:
    yield (*path, "prints"), act.prints or ""
    for key, values in (("given", act.given), ("sets", act.sets), ("captures", act.captures)):
        yield from _each((*path, key), values)
    if act.check is not None:
        yield (*path, "check", "prints"), act.check.prints


def _each(path: Path, texts: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    yield from (((*path, key), text) for key, text in texts.items())
