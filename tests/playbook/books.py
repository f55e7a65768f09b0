"""Small playbooks for tests, and what is found wrong with them."""

from __future__ import annotations

from textwrap import indent

from cockpit.playbook.load import understand
from cockpit.playbook.problem import Problem
from cockpit.playbook.source import parse

HEAD = """\
playbook: p
params: {version: , count: {pattern: '\\d+'}}
secrets: {token: {env: TOKEN}}
roles: {captain: [ana, bo], sre: [ana], nobody: []}
hosts: {web: ['web-[1:4]'], db: db-1}
rollback:
  steps: [{id: undo, run: ./undo, on: web}]
  verify: [{id: proof, run: ./prove, on: web}]
phases:
- phase: main
  steps:
"""
"""Right, but for steps: they are to follow, indented by two."""


def problems(text: str) -> list[Problem]:
    """Everything wrong with the text of a playbook, called `book.yaml`."""
    return list(understand("book.yaml", *parse(text.encode())).problems)


def found(text: str) -> list[str]:
    """The same as `line:column: CODE`."""
    return [f"{problem.line}:{problem.column}: {problem.code}" for problem in problems(text)]


def in_steps(steps: str) -> list[str]:
    """What is wrong with these steps, in a playbook that is otherwise right; places count in the steps alone."""
    ahead = HEAD.count("\n")
    whole = HEAD + indent(steps, "  ")
    return [f"{p.line - ahead}:{p.column - 2}: {p.code}" for p in problems(whole)]
