"""This machine: where releases will lie, the Python that engines run on, and whether they outlive the login."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cockpit import __version__
from cockpit.cli.checks.finding import Finding, Verdict
from cockpit.cli.common import login
from cockpit.engine.launch import outlives_login
from cockpit.engine.place import Home

LITTLE: Final = 1 << 30
TOO_LITTLE: Final = 100 << 20
"""Free bytes on the disk of journals and outputs: below the first it is said, below the second it is a problem."""

NETWORKED: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "fuse.glusterfs"})
"""File systems on which SQLite's locks and shared memory cannot be trusted."""


def check_here() -> Iterator[Finding]:
    """Look at this machine; nothing is written."""
    yield _finding("python", "ok", f"cockpit {__version__} on Python {platform.python_version()}, {sys.executable}")
    folder = Home.default().folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    yield _folder(folder, nearest)
    yield _disk(nearest)
    yield _file_system(nearest)
    yield _logout()


def _finding(check: str, verdict: Verdict, text: str, hint: str = "") -> Finding:
    return Finding("here", "", check, verdict, text, hint)


def _folder(folder: Path, nearest: Path) -> Finding:
    """Journals are as private as the folder, and those above it that are the cockpit's own."""
    hint = "set XDG_STATE_HOME to a folder of yours, or mend this one with chown and chmod 700"
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        return _finding("releases", "problem", f"{nearest} is not a folder that you can write into", hint)
    for path in (folder.parent, folder):
        status = path.stat() if path.exists() else None
        if status and (status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
            return _finding("releases", "problem", f"{path} is not yours alone", hint)
    made = "" if nearest == folder else " (made by the first release)"
    return _finding("releases", "ok", f"{folder}: yours alone, writable{made}")


def _disk(nearest: Path) -> Finding:
    free = shutil.disk_usage(nearest).free
    verdict: Verdict = "problem" if free < TOO_LITTLE else "warning" if free < LITTLE else "ok"
    hint = "journals and outputs need room" if verdict != "ok" else ""
    return _finding("disk", verdict, f"{size(free)} free", hint)


def size(count: int) -> str:
    """Bytes as people read them: `12.4 GB`."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit in ("B", "kB") else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def _file_system(nearest: Path) -> Finding:
    kind = file_system(nearest.resolve(), _mounts())
    if kind in NETWORKED:
        hint = "set XDG_STATE_HOME to a local disk"
        return _finding("journals", "problem", f"on {kind}, whose locks cannot be trusted", hint)
    return _finding("journals", "ok", f"on {kind}" if kind else "on a file system that is not known here")


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text(errors="replace")
    except OSError:
        return ""


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that a path is on, by the text of /proc/self/mounts; empty where it does not say."""
    found = {"": ""}
    for line in mounts.splitlines():
        words = line.split()
        if len(words) > 2:
            point = words[1].replace("\\040", " ")
            if path.is_relative_to(point):
                found[point] = words[2]
    return found[max(found, key=len)]


def _logout() -> Finding:
    if outlives_login(os.environ, login()):
        return _finding("logout", "ok", "engines are kept by your systemd, which goes on when you log out")
    if not Path("/run/systemd/system").exists():
        return _finding("logout", "ok", "no systemd ends processes when you log out")
    hint = f"loginctl enable-linger {login()}"
    return _finding(
        "logout", "warning", "systemd may end engines when you log out; `attach` would start them again", hint
    )
