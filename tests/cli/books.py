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

DUTY = """\
playbook: duty
roles: {captain: ['{{ login }}'], risk: ['{{ login }}'], commander: {assigned: true}}
rules: {corruption: {reported: Data corruption detected, by: captain}}
notices: {begun: {to: 'slack:#x', text: 'Impact: {{ impact }}', asks: {impact: Customer impact}}}
manual: {reset: {ask: Is it a false alarm?, run: echo reset, on: here, confirm: FALSE ALARM}}
phases:
  - phase: only
    steps:
      - {assign: commander, after: []}
      - id: ready
        after: []
        checklist:
          - {item: Disk space, run: 'df /'}
          - {item: Audit, fresh: 7d}
      - {id: watch, guard: {corruption: warn}, for: 2h, look: {every: 1h}, after: []}
      - {id: smoke, run: 'false', on: here, fails_twice: hold, after: []}
      - {id: scan, run: 'false', on: here, waiver: risk, after: []}
      - {id: tell, notice: begun, after: []}
      - {id: later, run: 'true', on: here, not_before: day 2 9:00, after: []}
"""
"""Steps side by side, each of which waits for something else that people do."""

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
