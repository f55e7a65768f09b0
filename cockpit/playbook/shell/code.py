"""Values that would be run as code: by `eval`, by a second shell or interpreter, as a command, in arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from tree_sitter import Node

from cockpit.playbook.reserved import is_run
from cockpit.playbook.shell.careful import careful
from cockpit.playbook.shell.commands import REMOTE, SHELLS, Command, Word, after_options, commands
from cockpit.playbook.shell.danger import Danger
from cockpit.playbook.shell.input import by_input
from cockpit.playbook.shell.parse import Script, parse
from cockpit.playbook.shell.sums import named, sums
from cockpit.playbook.shell.taint import first_use, tainted

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
_FIND_RUNS = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_RUNNING_OPTIONS: dict[str, frozenset[str]] = {
    "rsync": frozenset({"-e", "--rsh", "--rsync-path"}),
    "scp": frozenset({"-S", "-o"}),
    "sftp": frozenset({"-S", "-o"}),
    "tar": frozenset({"-I", "--use-compress-program", "--to-command", "--checkpoint-action", "--rsh-command"}),
    "git": frozenset({"--upload-pack", "--receive-pack", "--exec", "--extcmd"}),
    "mapfile": frozenset({"-C"}),
    "readarray": frozenset({"-C"}),
    "start-stop-daemon": frozenset({"-x", "-a", "--exec", "--startas"}),
}
_DEPTH = 4


def dangers(text: str, values: Set[str], numbers: Set[str] = frozenset()) -> list[Danger]:
    """What a command does with values that could run them; `numbers` are values that can only be whole numbers."""
    script = parse(text)
    others = tainted(script, values - numbers)
    found = [*_in_script(script, tainted(script, values), 0), *sums(text, script, values - numbers)]
    found += (danger for command in commands(script) for danger in careful(script, command, others))
    return sorted(found, key=lambda danger: danger.node.start_byte)


def _in_script(script: Script, names: frozenset[str], depth: int) -> Iterator[Danger]:
    for command in commands(script):
        if command.name == "eval":
            hint = "write the command itself; values are variables already"
            yield Danger(command.node, "eval", "`eval` runs text as a command", hint)
        yield from _as_command(script, command, names)
        yield from _as_code(script, command, names, depth)
    yield from named(script, names)
    yield from by_input(script, names)
    yield from _by_environment(script, names)


def _as_command(script: Script, command: Command, names: Set[str]) -> Iterator[Danger]:
    """A value that is the program itself."""
    for first in _programs(script, command):
        name = first_use(script, first, names)
        if name and script.text(first).lstrip('"').startswith(("$" + name, "${" + name)):
            message = f"`{name}` would be run as a command"
            yield Danger(first, "code", message, "name the program; a value can only be one of its arguments")


def _programs(script: Script, command: Command) -> Iterator[Node]:
    """The words that name a program, or a script that one runs."""
    if command.words and script.text(command.words[0].node).strip('"') not in ("$@", "$*"):
        yield command.words[0].node
    if command.name == "find":
        pairs = zip(command.arguments, command.arguments[1:], strict=False)
        yield from (word.node for before, word in pairs if before.text in _FIND_RUNS)
    elif command.name in (".", "source"):
        yield from (word.node for word in command.arguments[:1])
    elif command.name in SHELLS and not any(_SHELL_CODE.fullmatch(word.text or "") for word in command.arguments):
        yield from (word.node for word in after_options(command.arguments, "oO")[:1] if not command.has("-s"))


def _by_environment(script: Script, names: Set[str]) -> Iterator[Danger]:
    """Values in variables that programs run."""
    for node in script.every("variable_assignment"):
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if target is not None and value is not None and is_run(script.text(target)):
            name = first_use(script, value, names)
            if name:
                message = f"`{name}` would be run: programs run what `{script.text(target)}` names"
                yield Danger(value, "code", message, "name the program; a value can only be one of its arguments")


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
    yield from _after_options(command)
    yield from _split(command.all)
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
    elif command.name == "alias":
        yield from ((word, "alias", "write the command itself") for word in rest)
    elif command.name in SHELLS or command.name in (".", "source"):
        inner = [word for word in rest if word.node.type == "process_substitution"]
        yield from ((word, command.name, "write the command itself") for word in inner)


_REMOTE_HINT = "the other shell reads it as code: use a step with `on:` for that host"
_SHELL_HINT = 'put the code in single quotes: the value is an exported variable, "$name", there too'


def _after_options(command: Command) -> Iterator[tuple[Word, str, str]]:
    """The values of options that name a program to be run."""
    options = _RUNNING_OPTIONS.get(command.name, ())
    before = ""
    for word in command.arguments:
        written = word.node.text.decode(errors="replace").lstrip("\"'") if word.node.text else ""
        if before in options or any(written.startswith(f"{option}=") for option in options if option[:2] == "--"):
            yield word, command.name, "write the option without a value of the release"
        before = word.text or ""


def _split(found: Sequence[Word]) -> Iterator[tuple[Word, str, str]]:
    """What `env -S` splits into a command."""
    for index, word in enumerate(found[:-1]):
        if word.name == "env" and found[index + 1].text in ("-S", "--split-string"):
            yield from ((code, "env", "write the words one by one") for code in found[index + 2 : index + 3])


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
            after = index + 2 if index + 1 < len(rest) and rest[index + 1].text == "--" else index + 1
            return rest[after : after + 1]
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
