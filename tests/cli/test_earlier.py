"""What earlier releases of a playbook mean for a new one."""

from __future__ import annotations

from pathlib import Path
from time import time

from cockpit.cli.common import login
from cockpit.cli.earlier import changed_lines, earlier
from cockpit.engine.place import Home
from cockpit.journal import sqlite
from cockpit.playbook import load
from cockpit.playbook.plan import Plan
from cockpit.release.events import AnyEvent, Ended, ItemTicked, Opened, RollbackStarted
from tests.cli.books import write
from tests.cli.conftest import Say

BLOCKED = """\
playbook: blocked
revision: 3
roles: {risk: ['{{ login }}']}
phases:
- phase: only
  steps: [{id: nap, run: 'true', on: here}]
rollback:
  steps: [{id: undo, run: 'true', on: here}]
  block: {until: [{id: cause, item: Cause found}], lifted_by: risk}
"""
WENT_BACK: tuple[AnyEvent, ...] = (RollbackStarted(by="ana"), Ended(outcome="rolled_back"))


def flown(name: str, plan: Plan, *events: AnyEvent) -> None:
    """A release of before, by its journal alone."""
    place = Home.default().create(name)
    journal = sqlite.create(place.journal)
    journal.claim()
    opened = Opened(release=name, nonce=name, mode="live", plan=plan, digest=plan.digest, captain="ana")
    journal.append([opened, *events], time())
    journal.close()


def test_nothing_starts_before_what_is_due_after_a_rollback(say: Say, tmp_path: Path) -> None:
    book = write(tmp_path, BLOCKED)
    flown("one", load.plan(book, {}, login()), *WENT_BACK)
    said = say("run", str(book), "--release", "two", "--headless")
    assert said.code == 3
    assert "one was rolled back, and this is still to be done: Cause found" in said.err
    assert "cockpit tick one cause; or risk lifts it: --lift block --role risk" in said.err.replace("ROLE", "risk")
    assert not Home.default().place("two").journal.exists()


def test_it_starts_once_that_is_done_or_lifted(say: Say, tmp_path: Path) -> None:
    book = write(tmp_path, BLOCKED)
    plan = load.plan(book, {}, login())
    flown("one", plan, *WENT_BACK, ItemTicked(step="block", item="cause", by="ana"))
    assert say("run", str(book), "--release", "two", "--headless").code == 0
    flown("three", plan, *WENT_BACK)
    assert say("run", str(book), "--release", "four", "--headless").code == 3
    lift = ("--lift", "block", "--role", "risk", "--note", "the fix itself")
    assert say("run", str(book), "--release", "four", "--headless", *lift).code == 0


def test_other_playbooks_and_rehearsals_block_nothing(tmp_path: Path) -> None:
    plan = load.plan(write(tmp_path, BLOCKED), {}, login())
    flown("one", load.plan(write(tmp_path, BLOCKED.replace("blocked", "other"), "other.yaml"), {}, login()), *WENT_BACK)
    assert earlier(plan).releases == ()


def test_playbook_that_has_changed_since_is_said(tmp_path: Path) -> None:
    flown("one", load.plan(write(tmp_path, BLOCKED), {}, login()))
    plan = load.plan(write(tmp_path, BLOCKED.replace("revision: 3", "revision: 4")), {}, login())
    assert changed_lines(plan, earlier(plan)) == ("the playbook has changed since one: revision 3, now 4",)


def test_where_nobody_can_tell_nothing_starts_either(say: Say, tmp_path: Path) -> None:
    book = write(tmp_path, BLOCKED)
    Home.default().create("one").journal.write_bytes(b"no journal")
    said = say("run", str(book), "--release", "two", "--headless")
    assert said.code == 3
    assert "nobody can tell whether one was rolled back: its journal cannot be read" in said.err
    lift = ("--lift", "block", "--role", "risk", "--note", "an old file")
    assert say("run", str(book), "--release", "two", "--headless", *lift).code == 0
