"""The processes of this machine, read from /proc: who started whom, and where each one lives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.loopback.waiting import wait_until

HOMES = ("HOME=", "XDG_STATE_HOME=")


@dataclass(frozen=True)
class Process:
    """One process; `started` (clock ticks since boot) tells it from a later one with the same pid."""

    pid: int
    parent: int
    name: str
    state: str
    started: int

    @property
    def alive(self) -> bool:
        now = look(self.pid)
        return now is not None and now.started == self.started and now.state not in "ZX"

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            try:
                os.kill(self.pid, number)
            except (ProcessLookupError, PermissionError):
                return


def look(pid: int) -> Process | None:
    """The process with this pid, or None when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return Process(pid, int(fields[1]), name, fields[0], int(fields[19]))


def everyone() -> Iterator[Process]:
    """Every process that can be seen."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := look(int(entry.name))) is not None:
            yield process


def children(parents: Iterable[int]) -> list[Process]:
    """The direct children of any of these pids."""
    wanted = set(parents)
    return [process for process in everyone() if process.parent in wanted]


def living_in(folder: Path) -> list[Process]:
    """Processes, this one aside, whose HOME or XDG_STATE_HOME lies in the folder, and the sshd that serve from it."""
    residents = [process for process in everyone() if process.pid != os.getpid() and _lives_in(process, folder)]
    return residents + sessions_of(process.pid for process in residents if process.name.startswith("sshd"))


def sessions_of(listeners: Iterable[int]) -> list[Process]:
    """The sshd processes below these listeners, without the commands that they run."""
    found: list[Process] = []
    parents = list(listeners)
    while parents:
        below = [process for process in children(parents) if process.name.startswith("sshd")]
        found += below
        parents = [process.pid for process in below]
    return found


def _lives_in(process: Process, folder: Path) -> bool:
    if process.name.startswith("sshd"):
        return f"{folder}/" in _read(process, "cmdline")
    places = [Path(word.partition("=")[2]) for word in _read(process, "environ").split("\0") if word.startswith(HOMES)]
    return any(place == folder or folder in place.parents for place in places)


def _read(process: Process, what: str) -> str:
    try:
        return Path(f"/proc/{process.pid}/{what}").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def sweep(folder: Path) -> None:
    """End everything that lives in the folder, also what is started meanwhile."""
    while residents := [process for process in living_in(folder) if process.alive]:
        end(residents)


def end(processes: Iterable[Process], seconds: float = 3.0) -> None:
    """Terminate these processes, and kill those that still live after so many seconds."""
    asked = list(processes)
    for process in asked:
        process.signal(signal.SIGTERM)
    try:
        wait_until(lambda: not any(process.alive for process in asked), "the processes have ended", seconds)
    except TimeoutError:
        kill(asked)


def kill(processes: Iterable[Process], seconds: float = 10.0) -> None:
    """Kill these processes and wait until they are gone."""
    doomed = list(processes)
    for process in doomed:
        process.signal(signal.SIGKILL)
    wait_until(lambda: not any(process.alive for process in doomed), "the killed processes are gone", seconds)
