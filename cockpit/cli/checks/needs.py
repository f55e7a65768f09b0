"""What a plan needs of hosts and of HTTP servers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cockpit.playbook.plan import Http, Plan, Request, Run, Step


class HostNeeds(msgspec.Struct, frozen=True):
    """What steps need on one host: whom to become by sudo, and whether bash is asked for."""

    host: str
    users: tuple[str, ...] = ()
    bash: bool = False
    requests: tuple[tuple[str, Request], ...] = ()
    """Step and request, made from here and for this host."""

    commands: bool = False
    """Whether a command runs there."""


def needs_of(plan: Plan) -> tuple[HostNeeds, ...]:
    """Every host of the plan, in the plan's order; this machine only where something is done on it."""
    runs: dict[str, list[Run]] = {}
    requests: dict[str, list[tuple[str, Request]]] = {}
    for step in _steps(plan):
        match step:
            case Run():
                for host in step.hosts:
                    runs.setdefault(host, []).append(step)
                    if step.check and step.check.request:
                        requests.setdefault(host, []).append((step.id, step.check.request))
            case Http():
                for host in step.hosts:
                    requests.setdefault(host, []).append((step.id, step.request))
            case _:
                pass
    return tuple(_needs(host, runs.get(host, []), requests.get(host, [])) for host in {**runs, **requests})


def _steps(plan: Plan) -> Iterator[Step]:
    yield from plan.steps
    yield from plan.rollback or ()


def _needs(host: str, runs: list[Run], requests: list[tuple[str, Request]]) -> HostNeeds:
    users = tuple(dict.fromkeys(step.user for step in runs if step.user))
    bash = any(step.shell == "bash" for step in runs)
    return HostNeeds(host, users, bash, tuple(requests), commands=bool(runs))
