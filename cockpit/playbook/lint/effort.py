"""Playbooks with more shell, or more of what only looks like it, than can be read in time."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.model.validate import Book, step_paths
from cockpit.playbook.node import Path, Scalar, child, find
from cockpit.playbook.problem import Finding
from cockpit.playbook.shell.parse import parse

MAX_EFFORT = 3000
"""Reports of the parser for all commands of a playbook: common shell makes about 14 of them a KB."""

_WRONG = 10
"""How much longer a report takes where the syntax is wrong."""


def effort(book: Book) -> Iterator[Finding]:
    """The command that is too much, if there is one: nothing after it should be looked at."""
    spent = 0
    for path in _commands(book):
        node = find(book.root, path)
        script = parse(node.value if isinstance(node, Scalar) else "")
        spent += script.effort * (_WRONG if script.root.has_error or script.lost else 1)
        if spent > MAX_EFFORT:
            hint = "put the commands into scripts, or mend those above first"
            yield Finding(node.at, "P014", "more shell than can be checked, up to here", hint)
            return


def _commands(book: Book) -> Iterator[Path]:
    for path in step_paths(book.root):
        for key in (("run",), ("check", "run")):
            table = find(book.root, (*path, *key[:-1]))
            if child(table, key[-1]) is not None:
                yield (*path, *key)
