"""Playbooks with more shell, or more of what only looks like it, than can be read in time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from cockpit.playbook.model.validate import Book, step_paths, ticking_paths
from cockpit.playbook.node import Node, Path, Scalar, Table, child, find
from cockpit.playbook.problem import Finding
from cockpit.playbook.shell.parse import parse

MAX_EFFORT = 1500
"""Reports of the parser for all commands of a playbook: common shell makes about 14 of them a KB."""

_KEYS: tuple[Path, ...] = (("run",), ("check", "run"), ("undo",), ("undo", "run"), ("undo", "check", "run"))

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
    metrics = child(book.root, "metrics")
    for name, metric in metrics.values.items() if isinstance(metrics, Table) else ():
        if isinstance(child(metric, "command"), Scalar):
            yield ("metrics", name, "command")
    for path in chain(step_paths(book.root), ticking_paths(book.root)):
        step = find(book.root, path)
        for key in _KEYS:
            if isinstance(_at(step, key), Scalar):
                yield (*path, *key)


def _at(node: Node | None, path: Path) -> Node | None:
    for step in path:
        node = None if node is None else child(node, step)
    return node
