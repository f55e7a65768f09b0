"""The command lines and requests of a plan by host, with every value that is known before it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import Http, Plan, Run, Step
from cockpit.playbook.shell.captures import captured
from cockpit.playbook.shell.uses import mentioned
from cockpit.playbook.templates import render

LATER = {"address": "the host's address", "release": "the release's name", "login": "who starts the release"}

_NAMED = re.compile(r"\$\{?([A-Za-z_]\w*)")


class Command(msgspec.Struct, frozen=True):
    """What a step does on some hosts, the same on each but for `$host`.

    `variables` are those that the command uses, with their value; `later` those whose value comes later, with from
    where. `command` is a shell command, or method and URL of a request.
    """

    step: str
    hosts: tuple[str, ...]
    command: str
    directory: str = ""
    user: str = ""
    shell: str = ""
    variables: Mapping[str, str] = {}
    later: Mapping[str, str] = {}


class _Sources(msgspec.Struct, frozen=True):
    """Where values come from: `captures` has the steps that capture each variable."""

    plan: Plan
    captures: Mapping[str, tuple[str, ...]]


def commands_of(plan: Plan) -> tuple[Command, ...]:
    """Every command line and request of a plan, in the plan's order, one for hosts where it is the same."""
    every = (*plan.steps, *(plan.rollback or ()))
    return tuple(command for step in every for command in step_commands(plan, step))


def step_commands(plan: Plan, step: Step) -> tuple[Command, ...]:
    """The same for one step; none where it runs nothing."""
    if not isinstance(step, Run | Http):
        return ()
    sources = _Sources(plan, _captures(plan))
    same: dict[bytes, tuple[Command, list[str]]] = {}
    for host in step.hosts:
        command = _run(sources, step, host) if isinstance(step, Run) else _http(sources, step, host)
        same.setdefault(msgspec.json.encode(command), (command, []))[1].append(host)
    return tuple(replace(command, hosts=tuple(hosts)) for command, hosts in same.values())


def _captures(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for step in plan.steps:
        for name in captured(step.command) if isinstance(step, Run) else ():
            found[name] = (*found.get(name, ()), step.id)
    return found


def _run(sources: _Sources, step: Run, host: str) -> Command:
    known = _known(sources.plan, host)
    env = {name: filled(value, known) for name, value in step.env.items()}
    named = mentioned(step.command) | frozenset(_NAMED.findall(step.command))
    used = sorted(named - {"host"} - env.keys() - step.secret_env.keys())
    later = {name: whence for name in used if name not in known and (whence := _whence(sources, name, step.id))}
    return Command(
        step=step.id,
        hosts=(),
        command=step.command.rstrip(),
        directory=filled(step.directory, known),
        user=step.user,
        shell=step.shell,
        variables={name: known[name] for name in used if name in known} | env,
        later=later | dict.fromkeys(step.secret_env, "holds a secret"),
    )


def _http(sources: _Sources, step: Http, host: str) -> Command:
    url = filled(step.request.url, _known(sources.plan, host), url=True)
    return Command(step=step.id, hosts=(), command=f"{step.request.method} {url}")


def _known(plan: Plan, host: str) -> Mapping[str, str]:
    return {**plan.params, "host": host}


def _whence(sources: _Sources, name: str, step: str) -> str:
    """Where a variable's value comes from; empty of one that is the command's own."""
    secret = sources.plan.secrets.get(name)
    if secret is not None:
        return f"secret from {secret.kind}"
    others = [each for each in sources.captures.get(name, ()) if each != step]
    return f"captured by {', '.join(others)}" if others else LATER.get(name, "")


def filled(template: str, known: Mapping[str, str], *, url: bool = False) -> str:
    """A template with its values; as it is where one is not known yet."""
    try:
        return render(template, known, "url" if url else "text")
    except ExpressionError:
        return template


def described(command: Command) -> Iterator[str]:
    """Folder and variables of a command in lines."""
    if command.directory:
        yield f"in {command.directory}"
    yield from (f"{name}={value}" for name, value in command.variables.items())
    yield from (f"{name} ({whence})" for name, whence in command.later.items())
