"""Which plans were rehearsed: one small file for each rehearsal that has ended, so that no journal is to be read."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable
from math import isfinite
from pathlib import Path

import msgspec

from cockpit.engine.place import Home, Place
from cockpit.journal.border import disk
from cockpit.release.events import End
from cockpit.release.state import State

LARGEST = 65536
"""Bytes of the largest file that is read."""

Finder = Callable[[str, float], Awaitable[tuple[str, float] | None]]
"""The newest rehearsal of the plan with a digest that ended as expected, within so many seconds: its name, when."""


class Rehearsed(msgspec.Struct, frozen=True):
    """How the rehearsal `release` of the plan with this digest ended.

    `at` is when, in real time: seconds since 1970 by this machine's clock. `expected` is how its scenario was to end;
    None where it said nothing.
    """

    release: str
    digest: str
    scenario: str
    expected: End | None
    ended: End
    at: float

    @property
    def as_expected(self) -> bool:
        """Whether it ended as its scenario was to end."""
        return self.expected in (None, self.ended)


def note(place: Place, state: State, at: float) -> None:
    """Write down that a rehearsal has ended, at real time `at`; what was written at an earlier end is replaced.

    A live release, and one that goes on, leave nothing. StorageFull and JournalError when it cannot be written.
    """
    if state.rehearsal is None or state.end is None:
        return
    played = state.rehearsal.setting
    found = Rehearsed(state.release, state.digest, played.scenario, played.ends, state.end, at)
    _write(place.rehearsed, msgspec.json.encode(found), place.file_mode)


def last_rehearsed(home: Home, digest: str) -> Rehearsed | None:
    """The newest rehearsal of the plan with this digest that ended as was expected of it."""
    return next((each for each in rehearsals(home, digest) if each.as_expected), None)


def rehearsals(home: Home, digest: str) -> tuple[Rehearsed, ...]:
    """Every rehearsal of the plan with this digest that has ended, the newest first; what cannot be read is none."""
    places = (home.place(name) for name in _names(home))
    found = (read(place) for place in places)
    return tuple(sorted((each for each in found if each and each.digest == digest), key=_newest))


def read(place: Place) -> Rehearsed | None:
    """How the rehearsal that lies there ended; None where none has, or what is written of it is not to be trusted."""
    try:
        if not stat.S_ISREG(place.rehearsed.lstat().st_mode):
            return None
        descriptor = os.open(place.rehearsed, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            found = msgspec.json.decode(file.read(LARGEST), type=Rehearsed)
    except (OSError, ValueError):
        return None
    return found if found.release == place.release and isfinite(found.at) else None


def of_home(place: Place, now: Callable[[], float]) -> Finder:
    """Finds the rehearsals that lie beside a release."""
    home = Home(place.folder.parent, place.shared)

    async def find(digest: str, within: float) -> tuple[str, float] | None:
        found = await asyncio.to_thread(last_rehearsed, home, digest)
        return (found.release, found.at) if found and now() - within < found.at <= now() else None

    return find


def of_this_one(state: State, now: Callable[[], float]) -> Finder:
    """In a rehearsal this one counts, and is asked for only as often as it would lapse."""

    async def find(_digest: str, within: float) -> tuple[str, float] | None:
        began = state.opened
        return (state.release, began + (now() - began) // within * within)

    return find


def _newest(one: Rehearsed) -> tuple[float, str]:
    return (-one.at, one.release)


def _names(home: Home) -> list[str]:
    try:
        with os.scandir(home.folder) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and home.may_be(entry.name)]
    except OSError:
        return []


def _write(path: Path, data: bytes, mode: int) -> None:
    """Replace a file at once: whoever reads finds the old one or the new one."""
    new = path.with_suffix(".new")
    with disk(path):
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
