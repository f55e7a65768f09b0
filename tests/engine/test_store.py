"""Output that leaves room on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.engine.store import KEPT, KEPT_AT_LAST, Store, free
from cockpit.errors import StorageFull
from cockpit.journal.bulk import Bulk
from cockpit.journal.reserve import Reserve
from cockpit.release.state import State
from tests.journal.tmpfs import mounted
from tests.release.script import Script, make_plan, step

PIECE = bytes(64 << 10)


class Room:
    """A reserve that can be given up."""

    def __init__(self, folder: Path) -> None:
        self._reserve = Reserve(folder / "reserve")
        self._reserve.fill()

    def release_reserve(self) -> bool:
        return self._reserve.release()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", megabytes=12) as folder:
        yield folder


def store_on(disk: Path, state: State) -> Store:
    return Store(Bulk(disk), disk, Room(disk), lambda: state)


def flood(store: Store, attempt: str) -> int:
    """Write until there is no room; how much went in."""
    for number in range(1000):
        try:
            store.write(attempt, number * len(PIECE), PIECE)
        except StorageFull:
            return store.size(attempt)
    raise AssertionError("there was always room")


def release(orders: str = "") -> tuple[State, str]:
    """A release, and the attempt that runs."""
    plan = make_plan(step("run", "deploy"), back=(step("run", "undo"),))
    state = Script(plan).feed(f"hosts answer\n{orders}".strip()).state
    (attempt,) = state.live
    return state, attempt


BACK = "ana rollback rel\nended deploy web-1 run 1 stopped"


def test_output_leaves_as_much_as_the_reserve_is(disk: Path) -> None:
    state, attempt = release()
    store = store_on(disk, state)
    assert flood(store, attempt) > 0
    assert KEPT <= free(disk) < KEPT + (2 << 20)
    assert store.trouble == "output waits on its hosts"


def test_output_does_not_take_what_the_reserve_gave_up(disk: Path) -> None:
    state, attempt = release()
    store = store_on(disk, state)
    size = flood(store, attempt)
    (disk / "others").write_bytes(bytes(free(disk)))
    (disk / "reserve").unlink()
    with pytest.raises(StorageFull, match="output waits"):
        store.write(attempt, size, b"more")


def test_output_of_the_rollback_has_the_reserve(disk: Path) -> None:
    state, attempt = release(BACK)
    store = store_on(disk, state)
    (disk / "others").write_bytes(bytes(free(disk)))
    assert flood(store, attempt) > 2 << 20
    assert KEPT_AT_LAST <= free(disk) < KEPT_AT_LAST + (1 << 18)


def test_trouble_is_over_once_output_finds_room(disk: Path) -> None:
    state, attempt = release()
    store = store_on(disk, state)
    (disk / "others").write_bytes(bytes(free(disk)))
    with pytest.raises(StorageFull):
        store.write(attempt, 0, b"some")
    (disk / "others").unlink()
    assert store.write(attempt, 0, b"some") == 4
    assert store.trouble == ""
