"""Values in what a shell or another interpreter reads as its program: a pipe, a here-document, a here-string."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from tree_sitter import Node

from cockpit.playbook.shell.commands import REMOTE, SHELLS, Command, after_options, commands_at
from cockpit.playbook.shell.danger import Danger
from cockpit.playbook.shell.parse import Script, of_type
from cockpit.playbook.shell.taint import first_use, holds

INPUTS = ("heredoc_body", "herestring_redirect")

_SHELL_CODE = re.compile(r"-[A-Za-z]*c[A-Za-z]*")
_STDIN = frozenset({"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})
_INTERPRETER = re.compile(r"(?:python|pypy|perl|ruby|node|nodejs|php|lua|tclsh)[0-9.]*")
_SCHEDULERS = frozenset({"at", "batch", "crontab", "parallel"})
_QUOTED = "quote the mark, as in <<'END': the value is an exported variable"


def by_input(script: Script, names: Set[str]) -> Iterator[Danger]:
    """Programs that read code with a value in it from their input."""
    for pipeline in script.every("pipeline"):
        *before, last = pipeline.named_children
        reader = next(commands_at(script, last), None)
        fed = any(_puts_out(script, part, names) for part in before) or _fed_before(script, pipeline, names)
        if reader is not None and fed:
            yield from _reading(reader, last, "write the command itself; values are variables already")
    for node in script.every("redirected_statement", "command"):
        reader = next(commands_at(script, node), None)
        bodies = (part for part in of_type(node, *INPUTS) if _belongs(script, part, node))
        if reader is not None and any(holds(script, body, names) for body in bodies):
            yield from _reading(reader, reader.node, _QUOTED)


def _reading(reader: Command, at: Node, hint: str) -> Iterator[Danger]:
    """What a value in the input of a program means."""
    if _reads_code(reader):
        yield Danger(at, "code", f"a value would become code of `{reader.name}`", hint)
    elif "xargs" in reader.wrappers and _runs_its_input(reader):
        instead = "write xargs sh -c '… \"$1\"' _"
        yield Danger(at, "code", "a value would become code of the shell under `xargs`", instead)


def _runs_its_input(reader: Command) -> bool:
    """Whether the words that `xargs` adds or puts in come to stand in a shell's code."""
    shell = any(word.name in SHELLS for word in reader.words)
    return shell and (len(reader.words) < 3 or any("{}" in (word.text or "") for word in reader.words))


def _fed_before(script: Script, pipeline: Node, names: Set[str]) -> bool:
    """Whether a here-document with a value feeds a pipeline that is written behind its mark."""
    redirect = script.parent(pipeline)
    if redirect is None or redirect.type != "heredoc_redirect":
        return False
    return any(holds(script, body, names) for body in of_type(redirect, "heredoc_body"))


def _belongs(script: Script, body: Node, node: Node) -> bool:
    """Whether a body is what this statement reads, and not a statement inside it."""
    parent = script.parent(body)
    return parent is not None and (parent == node or script.parent(parent) == node)


def _puts_out(script: Script, part: Node, names: Set[str]) -> bool:
    commands = commands_at(script, part)
    return any(first_use(script, word.node, names) for command in commands for word in command.arguments)


def _reads_code(command: Command) -> bool:
    """Whether the program's code comes from its input: it has no `-c` and no file, or ssh has no command."""
    arguments = command.arguments
    if command.name in (".", "source"):
        return any(word.text in _STDIN for word in arguments[:1])
    if command.name in REMOTE:
        words = after_options(arguments, "BbcDEeFIiJLlmOopQRSWw")[1:]
        return not words or words[0].name in SHELLS
    if command.name in _SCHEDULERS:
        return not command.has("-l", "-r", "-d", "-q", "-f")
    if _INTERPRETER.fullmatch(command.name):
        return all(word.text in _STDIN for word in arguments) or (bool(arguments) and arguments[0].text == "-")
    if command.name not in SHELLS or any(_SHELL_CODE.fullmatch(word.text or "") for word in arguments):
        return False
    files = after_options(arguments, "oO")
    return command.has("-s") or not files or files[0].text in _STDIN
