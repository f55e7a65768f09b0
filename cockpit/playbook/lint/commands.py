"""Shell commands: syntax, values that would be run, variables that are never set, commands that never end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec
from tree_sitter import Node

from cockpit.playbook.model.metrics import CommandMetric
from cockpit.playbook.model.playbook import Param
from cockpit.playbook.model.steps import RunStep
from cockpit.playbook.nearest import nearest
from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding, Position
from cockpit.playbook.reserved import BUILTINS
from cockpit.playbook.shell.careful import as_options
from cockpit.playbook.shell.code import dangers
from cockpit.playbook.shell.commands import commands as commands_of
from cockpit.playbook.shell.endless import endless
from cockpit.playbook.shell.lookalikes import lookalikes
from cockpit.playbook.shell.parse import MAX_COMMAND, parse
from cockpit.playbook.shell.syntax import first_error, judge
from cockpit.playbook.shell.taint import has_positions
from cockpit.playbook.shell.uses import assigned, uses
from cockpit.playbook.world import World, is_by_host

MAX_ASKED = 20
"""How many commands of one playbook the shell itself is asked about."""

_TEMPLATE = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}")
_DIGITS = re.compile(r"(?:\\d|[0-9]|\[0-9\]|\{\d+(?:,\d*)?\}|[+*?()|^$])+")
_POSITIONS = frozenset(str(number) for number in range(1, 100))
_ENVIRONMENT = frozenset(
    {*("HOME", "PATH", "USER", "LOGNAME", "SHELL", "PWD", "IFS", "PPID", "OPTIND", "TERM", "LANG", "COCKPIT_CAPTURE")}
)
_BASH = frozenset(
    {*("HOSTNAME", "UID", "EUID", "RANDOM", "SECONDS", "LINENO", "OSTYPE", "HOSTTYPE", "MACHTYPE", "OLDPWD", "SHLVL")}
    | {*("BASH", "BASHPID", "BASH_VERSION", "BASH_VERSINFO", "BASH_SOURCE", "BASH_REMATCH", "FUNCNAME", "PIPESTATUS")}
    | {*("EPOCHSECONDS", "EPOCHREALTIME", "GROUPS", "DIRSTACK", "SHELLOPTS", "BASHOPTS")}
)


class _Text(msgspec.Struct, frozen=True):
    """A command in a playbook, where it is written, the variables it gets, and whether its time is limited."""

    world: World
    path: Path
    text: str
    values: frozenset[str]
    shell: Literal["sh", "bash"]
    boxed: bool

    def at(self, node: Node) -> Position:
        row, column = parse(self.text).place(node)
        lines = self.text.rstrip().split("\n")
        return self.world.place_at(
            self.path, *((row, column) if row < len(lines) else (len(lines) - 1, len(lines[-1])))
        )


def commands(world: World) -> Iterator[Finding]:
    """What is wrong with the commands of a playbook."""
    asked = 0
    for command in _texts(world):
        if parse(command.text).lost:
            message = f"a command of more than {MAX_COMMAND // 1024} KB, or one that makes no sense"
            yield Finding(world.place(command.path), "P104", message, "put it into a script that the command runs")
            continue
        template = _TEMPLATE.search(command.text)
        if template:
            yield _template(command, template)
        whole = not parse(command.text).root.has_error
        if not whole:
            asked += 1
            wrong = _syntax(command, ask=asked <= MAX_ASKED)
            if not template:
                yield wrong
            if wrong.severity == "error":
                continue
        yield from _dangers(command)
        yield from _options(command)
        yield from _lookalikes(command)
        yield from _unquoted(command)
        yield from _unset(command) if whole else ()
        yield from _endless(command)


def _texts(world: World) -> Iterator[_Text]:
    for name, metric in world.book.model.metrics.items():
        if isinstance(metric, CommandMetric):
            hosts = {"host", "address"} if is_by_host(metric) else set()
            values = world.names.params | world.names.secrets | hosts
            yield _Text(world, ("metrics", name, "command"), metric.command, values, metric.shell, True)
    for placed in world.steps:
        step = placed.step
        if isinstance(step, RunStep):
            values = world.names.values | BUILTINS.keys() | step.env.keys()
            boxed = step.timeout is not None or step.stream is not None
            yield _Text(world, (*placed.path, "run"), step.run, values, step.shell, boxed)
            if step.undo:
                yield _Text(world, (*placed.path, "undo", "run"), step.undo.run, values, step.shell, boxed)
            for path, check in placed.checks:
                if check.run:
                    yield _Text(world, (*path, "run"), check.run, values, step.shell, False)


def _template(command: _Text, found: re.Match[str]) -> Finding:
    at = command.world.place(command.path, found.start())
    hint = f'write "${found[1]}": values are variables of the command'
    return Finding(at, "P606", f"`{found[0]}` in a command: templates are for other places", hint)


def _syntax(command: _Text, *, ask: bool) -> Finding:
    node, message = first_error(parse(command.text))
    if ask and judge(command.text, command.shell) == "unclear":
        hint = "put it into a script that the command runs"
        what = "lint cannot read all of this command, and so cannot check it"
        return Finding(command.at(node), "P608", what, hint, "warning")
    return Finding(command.at(node), "P601", message, "`sh -n` says more about it")


def _dangers(command: _Text) -> Iterator[Finding]:
    params = command.world.book.model.params
    numbers = {name for name, param in params.items() if _is_number(param)}
    for danger in dangers(command.text, command.values, numbers):
        match danger.kind:
            case "eval":
                yield Finding(command.at(danger.node), "P602", danger.message, danger.hint)
            case "code":
                yield Finding(command.at(danger.node), "P603", danger.message, danger.hint)
            case "careful":
                yield Finding(command.at(danger.node), "P609", danger.message, danger.hint, "warning")


def _options(command: _Text) -> Iterator[Finding]:
    """Values that nothing keeps from beginning with `-`."""
    params = command.world.book.model.params
    loose = {name for name, param in params.items() if param.pattern is None and param.choices is None}
    script = parse(command.text)
    for each in commands_of(script):
        for node, name in as_options(script, each, loose | command.world.names.captures):
            message = f"`{name}` could be read as an option of `{each.name}`, if it began with -"
            hint = "give the param a `pattern`, or put -- before it"
            yield Finding(command.at(node), "P610", message, hint, "warning")


def _lookalikes(command: _Text) -> Iterator[Finding]:
    for offset, what, meant in lookalikes(command.text):
        at = command.world.place(command.path, offset)
        yield Finding(at, "P611", f"{what} in a command", f"write {meant}, if that is what is meant", "warning")


def _is_number(param: Param) -> bool:
    """Whether a param can only be a whole number."""
    if param.choices is not None:
        return all(choice.isascii() and choice.isdigit() for choice in param.choices)
    return param.pattern is not None and _DIGITS.fullmatch(param.pattern) is not None


def _unquoted(command: _Text) -> Iterator[Finding]:
    own = assigned(command.text)
    for use in uses(command.text):
        if use.bare and use.name in command.values - own:
            message = f"`${use.name}` without quotes: the shell splits it at spaces and expands * in it"
            yield Finding(command.at(use.node), "P604", message, f'write "${use.name}"', "warning")


def _unset(command: _Text) -> Iterator[Finding]:
    """Variables that nobody sets: under `set -u` they end the command."""
    if _reads_another_file(command.text):
        return
    known = command.values | assigned(command.text) | _ENVIRONMENT
    known |= _BASH if command.shell == "bash" else frozenset()
    known |= _POSITIONS if has_positions(parse(command.text)) else frozenset()
    for use in uses(command.text):
        if use.name not in known and not use.tolerant:
            close = nearest(use.name, command.values)
            hint = f"did you mean `${close}`?" if close else f"write ${{{use.name}:-}} where it may be empty"
            yield Finding(
                command.at(use.node), "P605", f"`${use.name}` is never set: the command would end there", hint
            )


def _reads_another_file(text: str) -> bool:
    script = parse(text)
    return any(script.text(name) in (".", "source") for name in script.every("command_name"))


def _endless(command: _Text) -> Iterator[Finding]:
    if command.boxed:
        return
    for node, shown in endless(command.text):
        yield Finding(command.at(node), "P607", f"`{shown}` never ends by itself", "add `timeout:`, as in timeout: 10m")
