"""The last record's number and hash, kept in a file of its own: what shows that a journal lost its tail.

The file is overwritten in place after each append and never synced, so after a power cut it may be behind the journal;
it is never ahead of it.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import NamedTuple

from cockpit.journal.chain import GENESIS

_FORM = re.compile(rb" *(\d+) ([0-9a-f]{64})\n")


class Head(NamedTuple):
    """The last record's number and hash in hex."""

    seq: int
    digest: bytes


EMPTY = Head(0, GENESIS)
"""The head of a journal without records."""


def read(path: Path) -> Head | None:
    """What the file says; None when there is no file or no sense in it."""
    try:
        found = _FORM.fullmatch(path.read_bytes())
    except FileNotFoundError:
        return None
    return Head(int(found[1]), found[2]) if found else None


class HeadFile:
    """The file, open for writing."""

    def __init__(self, path: Path, mode: int = 0o600) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, mode)
        with contextlib.suppress(PermissionError):  # in a shared folder it may be another's
            os.fchmod(self._descriptor, mode)

    def write(self, head: Head) -> None:
        """Say what the head is now; on a full disk it stays behind."""
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, b"%20d %s\n" % head, 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
