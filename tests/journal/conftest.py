"""Every store that keeps the journal's contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from cockpit.journal import sqlite
from cockpit.journal.contract import Journal
from tests.journal.tmpfs import mounted

settings.register_profile("bounded", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("bounded")


class Store(Protocol):
    """A place for one journal, and what can happen to it."""

    def create(self) -> Journal: ...

    def open(self) -> Journal: ...

    def lose_lock(self) -> None:
        """Let a second writer in while the first lives."""


class SqliteStore:
    """A file in a folder; whatever was opened is closed at the end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.path = folder / "journal.db"
        self._stack = stack

    def create(self) -> Journal:
        return self._kept(sqlite.create(self.path))

    def open(self) -> Journal:
        return self._kept(sqlite.open(self.path))

    def lose_lock(self) -> None:
        self.path.with_suffix(".lock").unlink()

    def _kept(self, journal: sqlite.SqliteJournal) -> Journal:
        self._stack.callback(journal.close)
        return journal


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with ExitStack() as stack:
        match request.param:
            case "sqlite":
                yield SqliteStore(tmp_path, stack)
            case _:
                raise LookupError(request.param)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty file system of 12 MB."""
    with mounted(tmp_path / "disk", megabytes=12) as folder:
        yield folder
