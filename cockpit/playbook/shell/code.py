"""Values that would be run as code: by `eval`, by a second shell or interpreter, as a command, in arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import Literal

import msgspec
from tree_sitter import Node

from cockpit.playbook.shell.commands import Command, Word, after_options, commands, commands_at
from cockpit.playbook.shell.parse import Script, of_type, parse
from cockpit.playbook.shell.taint import first_use, holds, tainted
from cockpit.playbook.shell.uses import uses

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "busybox"})
REMOTE = frozenset({"ssh", "autossh", "dbclient", "rsh", "mosh"})

_SHELL_CODE = re.compile(r"-[A-Za-z]*c[A-Za-z]*")
_INTERPRETERS: dict[str, tuple[str, str]] = {
    "python": ("c", "sys.argv: python3 -c '…' \"$value\""),
    "pypy": ("c", "sys.argv: pypy3 -c '…' \"$value\""),
    "perl": ("eE", "@ARGV: perl -e '…' \"$value\""),
    "ruby": ("e", "ARGV: ruby -e '…' \"$value\""),
    "node": ("ep", "process.argv: node -e '…' \"$value\""),
    "nodejs": ("ep", "process.argv: nodejs -e '…' \"$value\""),
    "php": ("r", "$argv: php -r '…' \"$value\""),
    "lua": ("e", "its arguments"),
    "su": ("c", "the environment: put the code in single quotes"),
    "runuser": ("c", "the environment: put the code in single quotes"),
    "script": ("c", "the environment: put the code in single quotes"),
}
"""Programs that take code as an argument: the letters its option ends with, and how a value reaches it instead."""
_LONG_FLAGS = frozenset({"--eval", "--print", "--command", "--session-command"})
_AWK = frozenset({"awk", "gawk", "mawk", "nawk"})
_DECLARE = frozenset({"declare", "typeset", "local"})
_WORDS = frozenset({"string", "simple_expansion", "expansion", "concatenation"})
_DEPTH = 4

Kind = Literal["eval", "code", "careful"]


class Danger(msgspec.Struct, frozen=True):
    """Where a value would be run, or where `eval` stands. `careful`: only some programs would, in some cases."""

    node: Node
    kind: Kind
    message: str
    hint: str = ""


def dangers(text: str, values: Set[str], numbers: Set[str] = frozenset()) -> list[Danger]:
    """What a command does with values that could run them; `numbers` are values that can only be whole numbers."""
    script = parse(text)
    return [*_in_script(script, tainted(script, values), 0), *_sums(text, script, values - numbers)]


def _in_script(script: Script, names: frozenset[str], depth: int) -> Iterator[Danger]:
    for command in commands(script):
        if command.name == "eval":
            hint = "write the command itself; values are variables already"
            yield Danger(command.node, "eval", "`eval` runs text as a command", hint)
        yield from _as_command(script, command, names)
        yield from _as_code(script, command, names, depth)
        yield from _careful(script, command, names)
    yield from _by_name(script, names)
    yield from _by_input(script, names)


def _as_command(script: Script, command: Command, names: Set[str]) -> Iterator[Danger]:
    """A value that is the program itself."""
    if command.words:
        first = command.words[0].node
        name = first_use(script, first, names)
        if name and script.text(first).lstrip('"').startswith(("$" + name, "${" + name)):
            message = f"`{name}` would be run as a command"
            yield Danger(first, "code", message, "name the program; a value can only be one of its arguments")


def _as_code(script: Script, command: Command, names: frozenset[str], depth: int) -> Iterator[Danger]:
    for word, who, hint in _code_words(command):
        if name := first_use(script, word.node, names):
            yield Danger(word.node, "code", f"`{name}` would become code of `{who}`", hint)
        elif word.text is not None and who in SHELLS | {"su", "runuser", "watch", "trap"} and depth < _DEPTH:
            inner = parse(word.text)
            found = _in_script(inner, tainted(inner, names), depth + 1)
            yield from (Danger(word.node, danger.kind, danger.message, danger.hint) for danger in found)


def _code_words(command: Command) -> Iterator[tuple[Word, str, str]]:
    """The arguments that are read as code, each with who reads it and what to write instead."""
    yield from _after_flags(command.all)
    rest = command.arguments
    if command.name in REMOTE:
        yield from ((word, command.name, _REMOTE_HINT) for word in _remote_words(rest))
    elif command.name in _AWK and not command.has("-f", "--file", "--exec"):
        program = after_options(rest, "FvilmW")
        yield from ((word, command.name, "awk -v name=\"$value\" '…'") for word in program[:1])
    elif command.name in ("watch", "parallel"):
        hint = "single quotes: the value is an exported variable"
        yield from ((word, command.name, f"put the command in {hint}") for word in after_options(rest, "nj"))
    elif command.name == "trap":
        yield from ((word, "trap", "put what is to be trapped in single quotes") for word in after_options(rest)[:1])
    elif command.name in (".", "source"):
        inner = [word for word in rest if word.node.type == "process_substitution"]
        yield from ((word, command.name, "write the command itself") for word in inner)


_REMOTE_HINT = "the other shell reads it as code: use a step with `on:` for that host"
_SHELL_HINT = 'put the code in single quotes: the value is an exported variable, "$name", there too'


def _after_flags(found: Sequence[Word]) -> Iterator[tuple[Word, str, str]]:
    """What follows `-c` of a shell or interpreter anywhere among the words: `docker exec web sh -c …`."""
    for index, word in enumerate(found):
        interpreter = _INTERPRETERS.get(word.name.rstrip("0123456789."))
        if word.name in SHELLS:
            yield from ((code, word.name, _SHELL_HINT) for code in _flagged(found[index + 1 :], None))
        elif interpreter is not None:
            letters, hint = interpreter
            flagged = _flagged(found[index + 1 :], letters)
            yield from ((code, word.name, f"hand the value over by {hint}") for code in flagged)


def _flagged(rest: Sequence[Word], letters: str | None) -> Sequence[Word]:
    """The word after the option that says that code follows; a shell's `c` may stand anywhere in its option."""
    for index, word in enumerate(rest):
        if _is_flag(word.text or "", letters):
            return rest[index + 1 : index + 2]
    return ()


def _is_flag(text: str, letters: str | None) -> bool:
    if letters is None:
        return _SHELL_CODE.fullmatch(text) is not None
    return text in _LONG_FLAGS or (text[:1] == "-" and text[1:2] != "-" and text[-1] in letters)


def _remote_words(rest: Sequence[Word]) -> list[Word]:
    """Options that are code, and everything after the host."""
    options = [rest[index + 1] for index, word in enumerate(rest[:-1]) if word.text == "-o"]
    host = after_options(rest, "BbcDEeFIiJLlmOopQRSWw")
    return [*options, *host[1:]]


def _careful(script: Script, command: Command, names: Set[str]) -> Iterator[Danger]:
    """Programs that can run what is in their arguments, but mostly do not."""
    match command.name:
        case "sed" | "gsed":
            hint = (
                "give the param a `pattern` that leaves no room for it, or use a program that takes it as an argument"
            )
            reads, found = "sed reads it as part of its program", command.arguments
        case "make" | "gmake":
            hint, reads = "give the param a `pattern` without $", "make expands $ in it"
            found = tuple(word for word in command.arguments if "=" in script.text(word.node))
        case _:
            return
    for word in found:
        if name := first_use(script, word.node, names):
            yield Danger(word.node, "careful", f"`{name}` could become code: {reads}", hint)
            return


def _by_name(script: Script, names: Set[str]) -> Iterator[Danger]:
    """Values where the shell wants the name of a variable, and runs what stands in [ ]."""
    for word in _name_words(script):
        if name := first_use(script, word, names):
            message = f"`{name}` would be read as an expression"
            yield Danger(word, "code", message, "a value cannot be the name of a variable or a sum")


def _name_words(script: Script) -> Iterator[Node]:
    for command in commands(script):
        if command.name == "let":
            yield from (word.node for word in command.arguments)
        elif command.name == "printf" and command.arguments and command.arguments[0].text == "-v":
            yield from (word.node for word in command.arguments[1:2])
    for node in script.every("declaration_command"):
        if node.children[0].type in _DECLARE:
            yield from (child for child in node.named_children if child.type in _WORDS)


def _by_input(script: Script, names: Set[str]) -> Iterator[Danger]:
    """Shells that read their code from a pipe or a here-document with a value in it."""
    for pipeline in script.every("pipeline"):
        *before, last = pipeline.named_children
        reader = next(commands_at(script, last), None)
        if reader is None or not any(_puts_out(script, part, names) for part in before):
            continue
        if _reads_code(reader):
            yield Danger(last, "code", f"a value would become code of `{reader.name}`", "write the command itself")
        elif "xargs" in reader.wrappers and any(word.name in SHELLS for word in reader.words):
            hint = "xargs sh -c '… \"$1\"' _"
            if any("{}" in (word.text or "") for word in reader.words) or len(reader.words) < 3:
                yield Danger(last, "code", "a value would become code of the shell under `xargs`", f"write {hint}")
    for node in script.every("redirected_statement", "command"):
        reader = next(commands_at(script, node), None)
        bodies = (part for part in of_type(node, "heredoc_body", "herestring_redirect") if _belongs(script, part, node))
        if reader is not None and _reads_code(reader) and any(holds(script, body, names) for body in bodies):
            hint = "quote the mark, as in <<'END': the value is an exported variable"
            yield Danger(reader.node, "code", f"a value would become code of `{reader.name}`", hint)


def _belongs(script: Script, body: Node, node: Node) -> bool:
    """Whether a body is what this statement reads, and not a statement inside it."""
    parent = script.parent(body)
    return parent is not None and (parent == node or script.parent(parent) == node)


def _puts_out(script: Script, part: Node, names: Set[str]) -> bool:
    return any(holds(script, word.node, names) for command in commands_at(script, part) for word in command.arguments)


def _reads_code(command: Command) -> bool:
    """Whether a shell's code comes from its input: it has no `-c` and no file, or ssh has no command."""
    if command.name in REMOTE:
        words = after_options(command.arguments, "BbcDEeFIiJLlmOopQRSWw")[1:]
        return not words or words[0].name in SHELLS
    if command.name not in SHELLS or any(_SHELL_CODE.fullmatch(word.text or "") for word in command.arguments):
        return False
    return command.has("-s") or not after_options(command.arguments, "oO")


def _sums(text: str, script: Script, values: Set[str]) -> Iterator[Danger]:
    """Values in arithmetic and indirection, where bash runs what it finds in a[$(…)]."""
    names = tainted(script, values)
    hint = "give the param `pattern: '\\d+'`, or compare with [ \"$x\" -gt 1 ]"
    for use in uses(text):
        if use.arithmetic and use.name in names:
            yield Danger(use.node, "code", f"`{use.name}` in arithmetic: bash would run what stands in it", hint)
    for node in script.every("expansion"):
        if script.text(node).startswith("${!") and first_use(script, node, names):
            yield Danger(node, "code", "the value would name a variable: bash would run what stands in it")
