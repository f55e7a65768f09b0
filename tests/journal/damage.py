"""What can happen to a journal behind its writer's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Damage = Callable[[Path, int], None]
"""Breaks the journal at a path so that the event of that number is the first bad one."""


def flip(path: Path, seq: int) -> None:
    """Change one byte of an event."""
    with closing(sqlite3.connect(path)) as database, database:
        (line,) = database.execute("SELECT line FROM records WHERE seq = ?", (seq,)).fetchone()
        changed = line[:-3] + bytes([line[-3] ^ 1]) + line[-2:]
        database.execute("UPDATE records SET line = ? WHERE seq = ?", (changed, seq))


def cut(path: Path, seq: int) -> None:
    """Cut the tail off."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM records WHERE seq >= ?", (seq,))


def lose(path: Path, seq: int) -> None:
    """Take one event out."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM records WHERE seq = ?", (seq,))


def forge(path: Path, seq: int) -> None:
    """Put another event into the place of one."""
    with closing(sqlite3.connect(path)) as database, database:
        line = b'{"v":1,"seq":%d,"at":1.0,"event":{"event":"held","by":"mallory"}}' % seq
        database.execute("UPDATE records SET line = ?, hash = ? WHERE seq = ?", (line, "0" * 64, seq))


DAMAGES: dict[str, Damage] = {"flipped byte": flip, "cut tail": cut, "missing event": lose, "foreign event": forge}
