"""Every place in a playbook where a template may stand, with what may be named there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from cockpit.playbook.model.steps import ChecklistStep, DoStep, GateStep, HttpStep, Request, RunStep, Titled
from cockpit.playbook.node import Path
from cockpit.playbook.reserved import BUILTINS
from cockpit.playbook.world import Placed, World

Scope = Literal["plan", "host", "private", "once"]
"""plan: params and login · host: captures and the host too · private: secrets too · once: that, but no host."""


class Spot(msgspec.Struct, frozen=True):
    """A template: where it is written, its text, what it may name, and the step it belongs to."""

    path: Path
    text: str
    scope: Scope
    placed: Placed | None = None

    def allowed(self, world: World) -> frozenset[str]:
        """The names that may stand here."""
        names = world.names
        if self.scope == "plan":
            return names.params | {"login"}
        hosts = BUILTINS.keys() - ({"host", "address"} if self.scope == "once" else set())
        secrets = names.secrets if self.scope in ("private", "once") else frozenset()
        return names.params | names.captures | secrets | hosts


def spots(world: World) -> Iterator[Spot]:
    """The templates of a playbook, as written."""
    if world.book.model.title:
        yield Spot(("title",), world.book.model.title, "plan")
    for placed in world.steps:
        yield from _of_step(placed)


def _of_step(placed: Placed) -> Iterator[Spot]:
    step, path = placed.step, placed.path
    if isinstance(step, Titled) and step.title:
        yield Spot((*path, "title"), step.title, "plan", placed)
    match step:
        case RunStep():
            yield Spot((*path, "dir"), step.directory, "host", placed)
            yield from _texts((*path, "env"), step.env, "private", placed)
            if step.check and step.check.http:
                yield from _of_request((*path, "check", "http"), step.check.http, "private", placed)
        case HttpStep():
            yield from _of_request((*path, "http"), step.http, "private" if step.on else "once", placed)
        case ChecklistStep():
            for index, item in enumerate(step.checklist):
                yield Spot((*path, "checklist", index, "item"), item.item, "plan", placed)
                yield Spot((*path, "checklist", index, "text"), item.text, "plan", placed)
        case DoStep():
            yield Spot((*path, "do"), step.do, "plan", placed)
        case GateStep():
            yield Spot((*path, "gate"), step.gate, "plan", placed)
            yield Spot((*path, "confirm"), step.confirm or "", "plan", placed)
        case _:
            return


def _of_request(path: Path, request: Request, scope: Scope, placed: Placed) -> Iterator[Spot]:
    yield Spot((*path, "url"), request.url, scope, placed)
    yield Spot((*path, "body"), request.body, scope, placed)
    yield from _texts((*path, "headers"), request.headers, scope, placed)
    yield Spot((*path, "expect", "contains"), request.expect.contains, scope, placed)
    for key, text in request.expect.values.items():
        steps = (int(part) if part.isdecimal() else part for part in key.split("."))
        yield Spot((*path, "expect", "json", *steps), text, scope, placed)


def _texts(path: Path, texts: Mapping[str, str], scope: Scope, placed: Placed) -> Iterator[Spot]:
    yield from (Spot((*path, key), text, scope, placed) for key, text in texts.items())
