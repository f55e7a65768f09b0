"""Where releases lie: one private folder each, or a folder that a Unix group shares."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from cockpit.errors import Refused, UsageError

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one release, and what lies in it. `shared`: its group may come in."""

    release: str
    folder: Path
    shared: bool = False

    @property
    def journal(self) -> Path:
        """The journal; its lock, head and write-ahead log lie beside it. Of several, the last one."""
        return self._journal(self._journals())

    @property
    def next_journal(self) -> Path:
        """The one that would continue the journal, if that is broken."""
        return self._journal(self._journals() + 1)

    def _journal(self, number: int) -> Path:
        return self.folder / ("journal.db" if number == 1 else f"journal-{number}.db")

    def _journals(self) -> int:
        return next(number for number in count(1) if not self._journal(number + 1).exists())

    @property
    def lock(self) -> Path:
        """The lock that the engine holds."""
        return self.folder / "journal.lock"

    @property
    def supervisor_lock(self) -> Path:
        """The lock that the supervisor holds."""
        return self.folder / "supervisor.lock"

    @property
    def reserve(self) -> Path:
        """Room kept for a full disk."""
        return self.folder / "reserve"

    @property
    def output(self) -> Path:
        """The folder of the output store."""
        return self.folder / "output"

    @property
    def samples(self) -> Path:
        """The folder of the sample store."""
        return self.folder / "samples"

    @property
    def scenario(self) -> Path:
        """What a rehearsal's world does; a live release has none."""
        return self.folder / "scenario.json"

    @property
    def hosts(self) -> Path:
        """The folder of a rehearsal's hosts, where they are real."""
        return self.folder / "hosts"

    @property
    def rehearsed(self) -> Path:
        """How a rehearsal ended; a live release has none."""
        return self.folder / "rehearsed.json"

    @property
    def socket(self) -> Path:
        """Where the engine listens."""
        return self.folder / "socket"

    @property
    def log(self) -> Path:
        """What engine and supervisor say on stderr."""
        return self.folder / "engine.log"

    @property
    def file_mode(self) -> int:
        """The mode of files in it."""
        return 0o660 if self.shared else 0o600

    @property
    def folder_mode(self) -> int:
        """The mode of the folder and of folders in it."""
        return 0o2770 if self.shared else 0o700

    def check(self) -> None:
        """Refused when someone could read or change the release who must not."""
        _check_folder(self.folder, self.shared)
        if stat.S_IMODE(self.folder.stat().st_mode) & (0o007 if self.shared else 0o077):
            raise Refused(
                "others can look into this folder", where=str(self.folder), hint=f"chmod {self.folder_mode:o} it"
            )


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of all releases. `shared` is for one that belongs to a Unix group."""

    folder: Path
    shared: bool = False

    @classmethod
    def default(cls, environment: Mapping[str, str] = os.environ) -> Home:
        """The private one of this login: `$XDG_STATE_HOME/cockpit/releases`."""
        state = environment.get("XDG_STATE_HOME", "")
        base = Path(state) if state.startswith("/") else Path.home() / ".local/state"
        return cls(base / "cockpit" / "releases")

    def may_be(self, name: str) -> bool:
        """Whether a release may have this name."""
        return _ID.fullmatch(name) is not None

    def place(self, release: str) -> Place:
        """Where a release of that name lies or would lie; UsageError when it cannot be a name."""
        if not _ID.fullmatch(release):
            raise UsageError(
                f"not a release's name: {release[:100]!r}",
                hint="letters, digits, `.`, `_` and `-`, at most 80, the first a letter, a digit or `_`",
            )
        return Place(release, self.folder / release, self.shared)

    def create(self, release: str) -> Place:
        """Make the folder of a new release; Refused when the name was used before."""
        place = self.place(release)
        self._make()
        try:
            place.folder.mkdir(mode=0o700)
        except FileExistsError:
            if place.journal.exists():
                raise Refused(
                    f"there is a release {release} already",
                    hint="a name is never used twice: attach to it, or choose another",
                ) from None
            _check_folder(place.folder, self.shared)
        place.folder.chmod(place.folder_mode)
        for folder in (place.output, place.samples):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(place.folder_mode)
        _sync(self.folder)
        return place

    def find(self, release: str) -> Place:
        """Where an existing release lies; UsageError when there is none, Refused when its folder is not safe."""
        place = self.place(release)
        if not place.journal.exists():
            raise UsageError(f"there is no release {release}", where=str(self.folder), hint=self._known())
        place.check()
        return place

    def releases(self) -> tuple[Place, ...]:
        """Every release, by name."""
        if not self.folder.is_dir():
            return ()
        names = sorted(entry.name for entry in self.folder.iterdir() if _ID.fullmatch(entry.name))
        return tuple(place for place in map(self.place, names) if place.journal.exists())

    def _make(self) -> None:
        """Make the folder and the one above it, both private; what is there must be safe."""
        self.folder.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder, mode in ((self.folder.parent, 0o700), (self.folder, 0o2770 if self.shared else 0o700)):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                folder.chmod(mode)
            _check_folder(folder, self.shared)

    def _known(self) -> str:
        names = [place.release for place in self.releases()]
        return f"there are {', '.join(names[-5:])}" if names else "start one with `cockpit run`"


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_folder(folder: Path, shared: bool) -> None:
    status = folder.lstat()
    where = str(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise Refused("this is no folder", where=where)
    if status.st_mode & (stat.S_IWOTH if shared else stat.S_IWOTH | stat.S_IWGRP):
        raise Refused("others can write into this folder", where=where, hint="take that right away with chmod")
    if not shared and status.st_uid != os.geteuid():
        raise Refused(
            f"this folder belongs to uid {status.st_uid}", where=where, hint="set XDG_STATE_HOME to one of yours"
        )
