"""Programs that can run what is in their arguments, but mostly do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from tree_sitter import Node

from cockpit.playbook.shell.commands import Command, Word, after_options
from cockpit.playbook.shell.danger import Danger
from cockpit.playbook.shell.parse import Script, of_type
from cockpit.playbook.shell.taint import first_use

_PATTERN = "give the param a `pattern` that leaves no room for it, or use a program that takes it as an argument"
_SQL = frozenset({"psql", "mysql", "mariadb", "sqlite3", "clickhouse-client", "cqlsh", "sqlcmd"})
_SQL_FLAGS = frozenset({"-c", "-e", "-q", "-Q", "--command", "--execute", "--query"})
_OPTIONS_RUN = frozenset({"ssh", "scp", "sftp", "rsync", "tar", "git", "find", "su", "zip"})
_SQL_HINT = "hand it over as a variable of the client, as in psql -v name=\"$value\" with :'name'"


def careful(script: Script, command: Command, names: Set[str]) -> Iterator[Danger]:
    """Values that would become code of such a program, if they were made for it."""
    for word, reads, hint in _read(script, command):
        if name := first_use(script, word, names):
            yield Danger(word, "careful", f"`{name}` could become code: {reads}", hint)
            return


def _read(script: Script, command: Command) -> Iterator[tuple[Node, str, str]]:
    match command.name:
        case "sed" | "gsed":
            yield from ((word.node, "sed reads it as part of its program", _PATTERN) for word in command.arguments)
        case "make" | "gmake":
            found = (word.node for word in command.arguments if "=" in script.text(word.node))
            yield from ((node, "make expands $ in it", "give the param a `pattern` without $") for node in found)
        case "jq" | "yq":
            program = after_options(command.arguments)[:1] if not command.has("--arg", "-f") else ()
            yield from (
                (word.node, f"{command.name} reads it as its program", "jq --arg name \"$value\" '…$name'")
                for word in program
            )
        case "git":
            found = (word.node for word in _after(command.arguments, {"-c"}))
            yield from ((node, "git runs what some settings name", _PATTERN) for node in found)
        case name if name in _SQL:
            yield from ((node, "it would be part of the SQL", _SQL_HINT) for node in _statements(script, command))
        case _:
            return


def _after(arguments: Sequence[Word], options: Set[str]) -> Iterator[Word]:
    yield from (word for before, word in pairwise(arguments) if before.text in options)


def _statements(script: Script, command: Command) -> Iterator[Node]:
    """The SQL among the arguments and in the here-documents of a client."""
    yield from (word.node for word in _after(command.arguments, _SQL_FLAGS))
    yield from (word.node for word in command.arguments[1:] if command.name == "sqlite3")
    statement = script.parent(command.node)
    if statement is not None and statement.type == "redirected_statement":
        yield from of_type(statement, "heredoc_body")


def as_options(script: Script, command: Command, names: Set[str]) -> Iterator[tuple[Node, str]]:
    """Values that the program would read as an option if they began with `-`, where an option can run a program."""
    if command.name not in _OPTIONS_RUN:
        return
    before = ""
    for word in command.arguments:
        if word.text == "--":
            return
        text = script.text(word.node).lstrip('"')
        name = first_use(script, word.node, names)
        if name and text.startswith(("$" + name, "${" + name)) and not before.startswith("-"):
            yield word.node, name
        before = word.text or ""
