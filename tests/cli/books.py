"""Small playbooks that need no host but this machine."""

from __future__ import annotations

from pathlib import Path

HERE = """\
playbook: here
title: Here {{ version }}
params: {version: {default: 1.0.0}, way: {default: good}}
roles: {captain: {title: Captain, people: ['{{ login }}']}}
phases:
  - phase: before
    steps:
      - id: ready
        checklist: [Disk space, {item: Tests passed, evidence: required}]
      - id: hello
        run: printf 'hello %s\\n' "$version"; test "$way" = good
        on: here
  - phase: after
    steps:
      - id: go
        gate: Go with {{ version }}
        sign: {captain: 1}
        confirm: '{{ version }}'
      - id: bye
        run: echo bye
        on: here
rollback:
  steps: [{id: undo, run: echo undone, on: here}]
  verify: [{id: proof, run: echo proven, on: here}]
"""
"""A checklist, a command, a gate, a command; `-p way=bad` makes the first command fail."""

PEOPLE = """\
playbook: people
roles: {captain: ['{{ login }}'], commander: {assigned: true}}
rules: {corruption: {reported: Data corruption detected, by: captain}}
phases:
  - phase: only
    steps:
      - {assign: commander}
      - id: ready
        checklist:
          - {item: Disk space, run: 'df /'}
          - {item: Audit, fresh: 7d}
      - {id: go, gate: Go, passing: corruption}
"""
"""A role to assign, an item that ticks itself, one whose age counts, and something that people report."""

QUICK = """\
playbook: quick
roles: {captain: ['{{ login }}']}
phases:
  - phase: only
    steps: [{id: hello, run: 'printf "hello\\\\n"', on: here}]
"""
"""One command, and nobody is asked."""

SECRET = """\
playbook: secret
secrets: {token: {env: SHOP_TOKEN}, short: {env: SHOP_SHORT}}
phases:
  - phase: only
    steps: [{id: use, run: 'echo "$token$short"', on: here}]
"""

WRONG = """\
playbook: wrong
phases:
  - phase: only
    steps: [{id: hello, run: echo hello, on: here, after: [nope]}]
"""


def write(folder: Path, text: str, name: str = "book.yaml") -> Path:
    """A playbook's file."""
    path = folder / name
    path.write_text(text)
    return path
