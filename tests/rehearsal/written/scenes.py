"""A small playbook for tests, and what is found wrong with scenarios for it."""

from __future__ import annotations

from functools import cache

from cockpit.playbook import load as playbooks
from cockpit.playbook.plan import Plan
from cockpit.playbook.resolve import resolve as resolve_playbook
from cockpit.playbook.source import parse
from cockpit.playbook.values import settle
from cockpit.rehearsal.scenario import Scenario
from cockpit.rehearsal.written.load import KEY, Loaded, understand
from cockpit.rehearsal.written.resolve import resolve
from cockpit.rehearsal.written.validate import owned

BOOK = """\
playbook: shop
params: {version: {pattern: '[0-9.]+'}, kind: {default: full}}
roles: {captain: [ana], sre: [bo]}
hosts: {web: 'web-[1:3]', db: db-1}
metrics:
  errors: {json: 'http://{{ address }}/e', pick: e, on: web, no_data: hold}
  orders: {json: 'http://orders/', pick: n, no_data: hold}
rules:
  bad: {metric: errors, bad: above 5}
  few: {metric: orders, bad: below 1}
  odd: {metric: orders, bad: above 1000}
  lost: {reported: Orders are lost}
phases:
- phase: main
  steps:
  - {id: ready, do: Look}
  - {id: back-up, run: 'echo "file=x" >> "$COCKPIT_CAPTURE"', on: db}
  - {id: count, run: ./count, on: db, captures: [rows]}
  - id: up
    run: ./up "$version"
    on: web
    check: {run: ./well}
    undo: ./down
    when: kind == "full"
  - {id: go, gate: Go on, passing: [bad, few], waiver: sre, sign: [captain]}
  - {id: look, http: 'http://x/'}
  - {id: watch, guard: {bad: roll back, few: decide, lost: hold}, for: 1m}
rollback:
  steps: [{id: down, run: ./down, on: web}]
  verify: [{id: old, run: ./old, on: web}]
"""
"""A playbook with something of everything."""

NO_WAY_BACK = "playbook: shop\nphases: [{phase: a, steps: [{id: look, http: 'http://x/'}]}]\n"

HEAD = "scenario: s\nplaybook: shop\n"
"""Right, but for what is to follow."""


@cache
def plan_of(book: str = BOOK) -> Plan:
    """The plan of a playbook, for version 1.10."""
    world = playbooks.understand("shop.yaml", *parse(book.encode())).world
    assert world is not None
    params = {"version": "1.10"} if world.book.model.params else {}
    values, wrong = settle(world.book, params)
    assert not wrong
    return resolve_playbook(world, values, "ana")


def understood(text: str, book: str = BOOK) -> Loaded:
    """A scenario as far as it can be understood, called `scene.yaml`."""
    root, findings = parse(text.encode(), KEY)
    return understand("scene.yaml", root, owned(findings), plan_of(book))


def found(part: str, book: str = BOOK) -> list[str]:
    """What is wrong with this part of a scenario that is otherwise right, as `line:column: CODE`, lines from 1."""
    ahead = HEAD.count("\n")
    return [f"{p.line - ahead}:{p.column}: {p.code}" for p in understood(HEAD + part, book).problems]


def said(part: str) -> list[tuple[str, str]]:
    """Messages and hints about this part of a scenario."""
    return [(p.message, p.hint) for p in understood(HEAD + part).problems]


def scene(part: str) -> Scenario:
    """A scenario with this part, for version 1.10."""
    loaded = understood(HEAD + part)
    assert loaded.problems == ()
    assert loaded.scene is not None
    return resolve(loaded.scene, "scene")
