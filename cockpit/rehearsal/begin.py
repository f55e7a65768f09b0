"""Beginning a rehearsal: its name, its scenario and the first event of its journal."""

from __future__ import annotations

import hashlib
import os
from itertools import count
from pathlib import Path

import msgspec

from cockpit.engine.place import Home, Place
from cockpit.errors import StorageFull
from cockpit.journal import sqlite
from cockpit.journal.border import disk
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.scenario import Scenario
from cockpit.release.events import Opened, Setting
from cockpit.release.practice import FASTEST_REAL

PREFIX = "rehearsal-"
"""What the names of rehearsals begin with, so that none of them takes one that a release may want."""


def begin(home: Home, plan: Plan, scenario: Scenario, setting: Setting, login: str) -> Place:
    """Make the journal of a rehearsal under the next free name; the same plan, scenario and seed begin the same way."""
    place = home.create(free_name(home, plan))
    _write(place.scenario, msgspec.json.encode(scenario), place.file_mode)
    journal = sqlite.create(place.journal, place.file_mode)
    opened = Opened(
        release=place.release,
        nonce=_nonce(plan, setting),
        mode="rehearsal",
        plan=plan,
        digest=plan.digest,
        captain=login,
        rehearsal=setting,
    )
    try:
        journal.claim()
        journal.append([opened], scenario.starts)
    except StorageFull:
        journal.close()
        sqlite.discard(place.journal)
        raise
    finally:
        journal.close()
    return place


def setting(scenario: Scenario, seed: int, speed: float, *, played: bool) -> Setting:
    """What the journal says of what is played; hosts are real where the speed allows it."""
    digest = hashlib.sha256(msgspec.json.encode(scenario, order="deterministic")).hexdigest()
    return Setting(scenario.name, digest, seed, speed, played, real=0 < speed <= FASTEST_REAL, ends=scenario.ends)


def free_name(home: Home, plan: Plan) -> str:
    """The name of the next rehearsal of a playbook."""
    stem = f"{PREFIX}{plan.playbook}"[:74]
    return next(name for number in count(1) if not home.place(name := f"{stem}-{number}").folder.exists())


def _nonce(plan: Plan, found: Setting) -> str:
    """No chance is in it: the ids of attempts, and all that is drawn from them, are the same each time."""
    text = f"{plan.digest} {found.digest} {found.seed}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _write(path: Path, data: bytes, mode: int) -> None:
    with disk(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
