"""Beginning a rehearsal: its name, its scenario and the first event of its journal."""

from __future__ import annotations

import hashlib
import os
import shutil
from itertools import count
from pathlib import Path

import msgspec

from cockpit.engine.place import Home, Place
from cockpit.errors import Refused
from cockpit.journal import sqlite
from cockpit.journal.border import disk
from cockpit.playbook.exchanges import sessions_of
from cockpit.playbook.plan import Plan
from cockpit.rehearsal.scenario import Scenario
from cockpit.release.events import Opened, Setting
from cockpit.release.practice import FASTEST_REAL

PREFIX = "rehearsal-"
"""What the names of rehearsals begin with, so that none of them takes one that a release may want."""


def begin(home: Home, plan: Plan, scenario: Scenario, setting: Setting, login: str) -> Place:
    """Make the journal of a rehearsal under the next free name; the same plan, scenario and seed begin the same way."""
    place = _claimed(home, plan, msgspec.json.encode(scenario))
    try:
        journal = sqlite.create(place.journal, place.file_mode)
        try:
            journal.claim()
            journal.append([_opened(place, plan, setting, login, scenario), *scenario.lifted], scenario.starts)
        finally:
            journal.close()
    except BaseException:
        shutil.rmtree(place.folder, ignore_errors=True)  # nothing has begun
        raise
    return place


def _opened(place: Place, plan: Plan, setting: Setting, login: str, scenario: Scenario) -> Opened:
    return Opened(
        release=place.release,
        nonce=_nonce(plan, setting),
        mode="rehearsal",
        plan=plan,
        digest=plan.digest,
        captain=login,
        rehearsal=setting,
        exchanges=sessions_of(plan.calendar, scenario.starts),
        day=scenario.day,
        not_before=scenario.not_before,
    )


def _claimed(home: Home, plan: Plan, scenario: bytes) -> Place:
    """The place of the next free name, with the scenario in it; nobody else who looks for one gets the same."""
    while True:
        place = home.place(free_name(home, plan))
        try:
            home.create(place.release)
        except Refused:
            if not place.journal.exists():  # somebody has just taken it, otherwise
                raise
        else:
            if _write(place.scenario, scenario, place.file_mode):
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


def _write(path: Path, data: bytes, mode: int) -> bool:
    """Make a file, all of it or none; whether there was none."""
    with disk(path):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        except FileExistsError:
            return False
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except BaseException:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
    return True
