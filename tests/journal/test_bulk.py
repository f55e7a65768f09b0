from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.errors import JournalError, StorageFull
from cockpit.journal.bulk import Bulk
from tests.journal import tmpfs

TEXT = bytes(range(256)) * 20


def open_files() -> int:
    """How many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def bulk(tmp_path: Path) -> Iterator[Bulk]:
    bulk = Bulk(tmp_path)
    yield bulk
    bulk.close()


def test_bytes_come_back_as_they_were(bulk: Bulk) -> None:
    bulk.write("ab", 0, TEXT)
    assert b"".join(bulk.stream("ab")) == TEXT


def test_bytes_can_be_read_before_they_are_sealed(bulk: Bulk) -> None:
    bulk.write("ab", 0, b"hello")
    assert (bulk.size("ab"), bulk.read("ab", 1, 3), bulk.read("ab", 5, 3)) == (5, b"ell", b"")


def test_attempt_without_output_is_empty(bulk: Bulk) -> None:
    assert (bulk.size("ab"), bulk.read("ab", 0, 9), list(bulk.stream("ab"))) == (0, b"", [])


def test_seal_tells_size_and_hash(bulk: Bulk) -> None:
    bulk.write("ab", 0, TEXT)
    assert bulk.seal("ab") == (len(TEXT), hashlib.sha256(TEXT).hexdigest())


def test_seal_of_nothing_is_the_hash_of_nothing(bulk: Bulk) -> None:
    assert bulk.seal("ab") == (0, hashlib.sha256(b"").hexdigest())
    assert bulk.size("ab") == 0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12))
def test_writing_again_changes_nothing(pieces: list[tuple[int, int]]) -> None:
    """Pieces of one text, in any order and overlapping, as long as none leaves a gap."""
    folder = Path(os.environ["HOME"])
    bulk = Bulk(folder)
    (folder / "cd").unlink(missing_ok=True)
    for start, length in pieces:
        if start <= bulk.size("cd"):
            bulk.write("cd", start, TEXT[start : start + length])
    size, digest = bulk.seal("cd")
    assert bulk.read("cd", 0, 1000) == TEXT[:size]
    assert digest == hashlib.sha256(TEXT[:size]).hexdigest()
    bulk.close()


def test_gap_is_refused(bulk: Bulk) -> None:
    bulk.write("ab", 0, b"hello")
    with pytest.raises(JournalError, match="has 5 bytes, these begin at 6"):
        bulk.write("ab", 6, b"world")
    assert bulk.size("ab") == 5


def test_next_engine_goes_on_at_the_next_byte(tmp_path: Path, bulk: Bulk) -> None:
    bulk.write("ab", 0, b"hello ")
    bulk.close()
    after = Bulk(tmp_path)
    after.write("ab", after.size("ab"), b"world")
    assert after.seal("ab") == (11, hashlib.sha256(b"hello world").hexdigest())


@pytest.mark.parametrize("attempt", ["", "../x", "a/b", "AB", "g1", "a" * 129, ".", "ab\n"])
def test_id_that_is_not_hex_reaches_no_file(bulk: Bulk, tmp_path: Path, attempt: str) -> None:
    for use in (lambda: bulk.write(attempt, 0, b"x"), lambda: bulk.read(attempt, 0, 1), lambda: bulk.seal(attempt)):
        with pytest.raises(JournalError, match="not an attempt's id"):
            use()
    assert not list(tmp_path.iterdir())


def test_files_are_private_whatever_the_umask(bulk: Bulk, tmp_path: Path) -> None:
    before = os.umask(0)
    bulk.write("ab", 0, b"x")
    os.umask(before)
    assert stat.S_IMODE((tmp_path / "ab").stat().st_mode) == 0o600


def test_link_in_place_of_a_file_is_not_followed(bulk: Bulk, tmp_path: Path) -> None:
    (tmp_path / "ab").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalError):
        bulk.write("ab", 0, b"x")
    assert not (tmp_path / "elsewhere").exists()


def test_many_attempts_share_a_few_files(tmp_path: Path) -> None:
    bulk = Bulk(tmp_path, open_files=4)
    before = open_files()
    for offset in range(3):
        for attempt in range(50):
            bulk.write(f"{attempt:02x}", offset, b"x")
    assert open_files() <= before + 4
    assert {bulk.seal(f"{attempt:02x}") for attempt in range(50)} == {(3, hashlib.sha256(b"xxx").hexdigest())}
    assert open_files() == before


def test_full_disk_says_how_much_was_stored(small_disk: Path) -> None:
    bulk = Bulk(small_disk)
    ballast = tmpfs.fill(small_disk)
    os.truncate(ballast, ballast.stat().st_size - (1 << 20))
    data = os.urandom(2 << 20)
    with pytest.raises(StorageFull):
        bulk.write("ab", 0, data)
    stored = bulk.size("ab")
    assert 0 < stored < len(data)
    ballast.unlink()
    bulk.write("ab", stored, data[stored:])
    assert bulk.seal("ab") == (len(data), hashlib.sha256(data).hexdigest())
