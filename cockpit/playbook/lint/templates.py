"""Templates: wrong ones, names that nobody declared, secrets that would be shown, and URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.lint.spots import Spot, spots
from cockpit.playbook.nearest import suggest
from cockpit.playbook.problem import Finding
from cockpit.playbook.shell.lookalikes import mixed
from cockpit.playbook.templates import names
from cockpit.playbook.world import World

_URL = re.compile(r"https?://(?!/)\S|\{\{")
_BEFORE = {"metrics": "it is measured from the start"}
_PROBED = re.compile(r"tcp://[^\s/]+:(?:\d{1,5}|\{\{[^{}]+\}\})/?\Z")


def templates(world: World) -> Iterator[Finding]:
    """What is wrong with the templates of a playbook."""
    for spot in spots(world):
        if spot.path[-1] == "url" and not _URL.match(spot.text) and not _is_probed(spot):
            also = ", or is tcp://host:port" if "probe" in spot.path[2:3] else ""
            yield Finding(world.place(spot.path), "P703", f"a URL starts with http:// or https://{also}")
        if spot.path[-1] == "url":
            yield from _lookalikes(world, spot)
        try:
            used = names(spot.text)
        except ExpressionError as error:
            message = f"the template is wrong: {error}"
            yield Finding(world.place(spot.path, error.offset), "P701", message, "write {{ name }}")
            continue
        allowed = spot.allowed(world)
        yield from (_refused(world, spot, name, offset) for name, offset in used if name not in allowed)


def _is_probed(spot: Spot) -> bool:
    return spot.path[0] == "metrics" and "probe" in spot.path[2:3] and _PROBED.match(spot.text) is not None


def _lookalikes(world: World, spot: Spot) -> Iterator[Finding]:
    for offset, what, meant in mixed(spot.text):
        at = world.place(spot.path, offset)
        yield Finding(at, "P611", f"{what} in a URL", f"write {meant}, if that is what is meant", "warning")


def _refused(world: World, spot: Spot, name: str, offset: int) -> Finding:
    at = world.place(spot.path, offset)
    if name in world.names.secrets:
        hint = "`url` and `headers` can hold it" if spot.scope == "metric" else f'a command can use "${name}"'
        return Finding(at, "P208", f"secret `{name}` where it would be shown or stored", hint)
    if name in world.names.captures:
        before = _BEFORE.get(str(spot.path[0]), "this is fixed before the release starts")
        message = f"captured `{name}` has no value here: {before}"
        return Finding(at, "P204", message, "commands, `dir`, `env` and requests can use it")
    if name in ("host", "address") and not spot.by_host:
        once = "the request is made once" if spot.placed else "there is one value for all hosts"
        return Finding(at, "P204", f"`{name}` has no value: {once}", "add `on:` with a group of hosts")
    return Finding(at, "P204", f"unknown variable `{name}`", suggest(name, spot.allowed(world), "variables"))
