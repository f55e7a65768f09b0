from __future__ import annotations

import os
from pathlib import Path

from cockpit.journal.reserve import Reserve
from tests.journal import tmpfs

SIZE = 1 << 20


def test_reserve_has_real_blocks(tmp_path: Path) -> None:
    assert Reserve(tmp_path / "reserve", SIZE).fill()
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= SIZE


def test_release_gives_the_room_back(small_disk: Path) -> None:
    reserve = Reserve(small_disk / "reserve", SIZE)
    assert reserve.fill()
    tmpfs.fill(small_disk)
    assert reserve.release()
    assert os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize >= SIZE


def test_reserve_is_not_filled_where_there_is_little_room(small_disk: Path) -> None:
    tmpfs.fill(small_disk)
    reserve = Reserve(small_disk / "reserve", SIZE)
    assert (reserve.fill(), reserve.held) == (False, False)
    assert not (small_disk / "reserve").exists()


def test_hollow_file_is_no_reserve(tmp_path: Path) -> None:
    (tmp_path / "reserve").touch()
    os.truncate(tmp_path / "reserve", SIZE)
    reserve = Reserve(tmp_path / "reserve", SIZE)
    assert not reserve.held
    assert (reserve.fill(), reserve.held) == (True, True)
