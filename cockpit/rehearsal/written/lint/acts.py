"""What steps do: unknown steps, acts that a step cannot have, and acts without effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.plan import Http, Run
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.written import model
from cockpit.rehearsal.written.lint.places import on
from cockpit.rehearsal.written.scene import Scene, captures_of


def acts(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the acts of each step."""
    for name, written in scene.model.steps.items():
        step = scene.steps.get(name)
        if not isinstance(step, (Run, Http)):
            yield no_command(scene, ("steps", name), name)
            continue
        for index, act in enumerate(written):
            path: Path = ("steps", name, index)
            yield from on(scene, path, act.on, step.hosts, f"`{name}`")
            yield from _possible(scene, path, act, step)
            yield from _idle(scene, path, act)


def no_command(scene: Scene, path: Path, name: str) -> Finding:
    """That the key at the path names no step, or one in which nothing runs."""
    at, step = scene.book.key(*path), scene.steps.get(name)
    if step is None:
        return Finding(at, "S202", f"unknown step `{name}`", suggest(name, scene.steps, "steps"))
    kind = type(step).__name__.lower()
    return Finding(at, "S216", f"`{name}` is a {kind}: no command runs in it", "what people do is said by `people`")


def _possible(scene: Scene, path: Path, act: model.Act, step: Run | Http) -> Iterator[Finding]:
    if act.check is not None and not (isinstance(step, Run) and step.check):
        yield Finding(scene.book.key(*path, "check"), "S216", f"`{step.id}` has no check", "leave `check` out")
    known = captures_of(step) if isinstance(step, Run) else frozenset()
    for name in act.captures:
        if name not in known:
            message = f"`{step.id}` does not capture `{name}`"
            hint = suggest(name, known, "it captures")
            yield Finding(scene.book.key(*path, "captures", name), "S207", message, hint)


def _idle(scene: Scene, path: Path, act: model.Act) -> Iterator[Finding]:
    """Settings that do nothing beside others."""
    if act.hangs:
        for key in ("takes", "exits", "sets", "captures"):
            if key in act.model_fields_set:
                yield _nothing(scene, (*path, key), "what `hangs` never ends")
    elif act.exits and act.sets:
        yield _nothing(scene, (*path, "sets"), "facts change only where `exits` is 0")
    for key in ("takes", "exits"):
        if act.check is not None and act.check.hangs and key in act.check.model_fields_set:
            yield _nothing(scene, (*path, "check", key), "what `hangs` never ends")


def _nothing(scene: Scene, path: Path, why: str) -> Finding:
    return Finding(scene.book.key(*path), "S219", f"`{path[-1]}` does nothing here: {why}", "leave it out", "warning")


def facts(scene: Scene) -> Iterator[Finding]:
    """Facts that acts and curves ask for and that no host ever has."""
    known = {name for facts in scene.model.hosts.values() for name in facts}
    known |= {name for written in scene.model.steps.values() for act in written for name in act.sets}
    whole = scene.book.sound("hosts") and scene.book.sound("steps")
    for path, given in _given(scene.model) if whole else ():
        for name in given:
            if name not in known:
                message = f"no host is ever known to have `{name}`: this never fits"
                hint = suggest(name, known, "facts in `hosts` and `sets`")
                yield Finding(scene.book.key(*path, "given", name), "S219", message, hint, "warning")


def _given(said: model.Scenario) -> Iterator[tuple[Path, Mapping[str, str]]]:
    for name, written in said.steps.items():
        yield from ((("steps", name, index), act.given) for index, act in enumerate(written))
    for name, curves in said.metrics.items():
        yield from ((("metrics", name, index), curve.given) for index, curve in enumerate(curves))
