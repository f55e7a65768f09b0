from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cockpit.journal import sqlite
from cockpit.journal.lock import holder
from tests.journal.events import some


def append_and_kill(path: Path, after: int) -> int:
    """Kill a process (SIGKILL) once it has acknowledged so many appends; the last record that it acknowledged."""
    command = [sys.executable, "-m", "tests.journal.appender", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        return int([*lines, *process.stdout][-1])


@pytest.mark.parametrize("after", [1, 40, 300])
def test_killed_writer_loses_nothing_acknowledged(tmp_path: Path, after: int) -> None:
    path = tmp_path / "journal.db"
    sqlite.create(path).close()
    acknowledged = append_and_kill(path, after)
    with closing(sqlite.open(path)) as journal:
        assert acknowledged <= journal.verify() <= acknowledged + 7


def test_writer_after_a_killed_one_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    sqlite.create(path).close()
    for _ in range(3):
        append_and_kill(path, 20)
    assert holder(path.with_suffix(".lock")) is None
    with closing(sqlite.open(path)) as journal:
        assert journal.claim() == 4
        last = journal.append(some(3), 2.0)[-1].seq
        assert journal.verify() == last


def test_groups_are_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    sqlite.create(path).close()
    append_and_kill(path, 200)
    with closing(sqlite.open(path)) as journal:
        assert journal.last % 28 in {0, 1, 3, 6, 10, 15, 21}  # sums of groups of one to seven
