from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cockpit.journal.lock import Lock, holder

HOLD = """
import pathlib, sys
from cockpit.journal.lock import Lock
assert Lock.take(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_lock_has_one_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = Lock.take(path)
    assert lock
    assert Lock.take(path) is None
    lock.release()
    second = Lock.take(path)
    assert second
    second.release()


def test_lock_is_not_in_place_once_its_file_is_gone_or_another(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = Lock.take(path)
    assert lock
    seen = [lock.is_in_place]
    path.unlink()
    seen.append(lock.is_in_place)
    path.touch()
    seen.append(lock.is_in_place)
    assert seen == [True, False, False]
    lock.release()


def test_holder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert holder(path) is None
    lock = Lock.take(path)
    assert lock
    assert holder(path) == os.getpid()
    lock.release()
    assert holder(path) is None


def test_killed_holder_holds_no_more(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert holder(path) == process.pid
        process.kill()
        process.wait()
        assert holder(path) is None


def test_lock_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    lock = Lock.take(tmp_path / "lock")
    os.umask(before)
    assert lock
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
    lock.release()
