"""Steps that are still to come, as exactly as it can be said now: whether they will run, and what they ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cockpit.playbook.conditions import parse
from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import Http, Run, Step
from cockpit.playbook.templates import Kind, render
from cockpit.release.facts import holds, values
from cockpit.release.state import State

_TEMPLATE: Final = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")


def is_skipped(state: State, step: Step, among: tuple[Step, ...] = ()) -> bool:
    """Whether a step's condition is false and stays so, unless it asks about what runs now or about steps `among`."""
    if not step.when or holds(state, step.when) is not False:
        return False
    asked = {name for name, _ in parse(step.when).steps}
    moving = {each.id for each in among} | {one.step for one in state.live.values()}
    return not asked & moving


def remaining(state: State, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Those of some steps that would run now, one after another."""
    return tuple(step for step in steps if not is_skipped(state, step, steps))


def folder(state: State, step: Run, hosts: tuple[str, ...]) -> str:
    """Where a step runs on these hosts; what is not known yet stands as `<name>`, and several folders side by side."""
    found = dict.fromkeys(_rendered(step.directory, _values(state, host), "line") for host in hosts)
    return " or ".join(each for each in found if each)


def urls(state: State, step: Http, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses that a step asks on these hosts, each once; what is not known yet stands as `<name>`."""
    return tuple(dict.fromkeys(_rendered(step.request.url, _values(state, host), "url") for host in hosts))


def wording(state: State, template: str, fields: Mapping[str, str]) -> str:
    """A text as it would be told now; what nobody has supplied yet stands as `<name>`."""
    given = {name: value for name, value in fields.items() if value}
    return _rendered(template, {**_values(state, ""), **given}, "text")


def _values(state: State, host: str) -> Mapping[str, str]:
    seen = state.hosts.get(host)
    address = {"address": seen.address} if seen and seen.address else {}
    return {name: value for name, value in values(state, host).items() if value} | {"host": host, **address}


def _rendered(template: str, known: Mapping[str, str], kind: Kind) -> str:
    try:
        return render(template, known, kind)
    except ExpressionError:
        return _TEMPLATE.sub(lambda found: known.get(found[1], f"<{found[1]}>"), template)
