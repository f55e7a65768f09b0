"""What is written down of rehearsals, and found of a plan."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.engine.place import Home, Place
from cockpit.engine.rehearsed import last_rehearsed, note, rehearsals
from cockpit.release.events import End, Setting
from cockpit.release.state import Rehearsal, State

PLAYED = Rehearsal(Setting(scenario="storm"), 0.0, played=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without releases."""
    return Home.default({"XDG_STATE_HOME": str(tmp_path)})


def rehearse(
    home: Home, name: str, at: float, *, digest: str = "d", ended: End | None = "done", expected: End | None = "done"
) -> Place:
    """A rehearsal that has ended."""
    place = home.create(name)
    state = State(release=name, mode="rehearsal", rehearsal=PLAYED, digest=digest, end=ended)
    note(place, state, expected, at)
    return place


def test_newest_rehearsal_of_a_plan_is_found(home: Home) -> None:
    rehearse(home, "a", 10.0)
    rehearse(home, "b", 30.0)
    rehearse(home, "c", 20.0)
    found = last_rehearsed(home, "d")
    assert found is not None
    assert (found.release, found.scenario, found.ended, found.at) == ("b", "storm", "done", 30.0)


def test_rehearsal_of_another_plan_is_not(home: Home) -> None:
    rehearse(home, "a", 10.0, digest="other")
    assert last_rehearsed(home, "d") is None


def test_rehearsal_that_ended_otherwise_does_not_count_but_is_told(home: Home) -> None:
    rehearse(home, "a", 10.0)
    rehearse(home, "b", 20.0, ended="aborted")
    found = last_rehearsed(home, "d")
    assert found is not None
    assert (found.release, [each.release for each in rehearsals(home, "d")]) == ("a", ["b", "a"])


def test_any_end_counts_where_nothing_was_expected(home: Home) -> None:
    rehearse(home, "a", 10.0, ended="aborted", expected=None)
    assert last_rehearsed(home, "d") is not None


def test_rehearsal_that_goes_on_leaves_nothing(home: Home) -> None:
    assert not rehearse(home, "a", 10.0, ended=None).rehearsed.exists()


def test_live_release_leaves_nothing(home: Home) -> None:
    place = home.create("live")
    note(place, State(release="live", digest="d", end="done"), "done", 10.0)
    assert not place.rehearsed.exists()


def test_later_end_replaces_the_earlier_one(home: Home) -> None:
    rehearse(home, "a", 10.0)
    state = State(release="a", mode="rehearsal", rehearsal=PLAYED, digest="d", end="rolled_back")
    note(home.place("a"), state, "done", 20.0)
    assert [(each.ended, each.as_expected) for each in rehearsals(home, "d")] == [("rolled_back", False)]


@pytest.mark.parametrize("mask", [0, 0o777])
def test_file_is_private_whatever_the_umask(home: Home, mask: int) -> None:
    before = os.umask(mask)
    try:
        place = rehearse(home, "a", 10.0)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.rehearsed.stat().st_mode) == 0o600


def test_nothing_is_found_where_there_are_no_releases(home: Home) -> None:
    assert last_rehearsed(home, "d") is None


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"\xff", b'{"digest": "d"}', b'"' + b"x" * 100_000 + b'"'],
    ids=lambda text: repr(text[:9]),
)
def test_broken_file_is_passed_over(home: Home, text: bytes) -> None:
    rehearse(home, "a", 10.0)
    rehearse(home, "b", 20.0).rehearsed.write_bytes(text)
    assert [each.release for each in rehearsals(home, "d")] == ["a"]


def test_file_that_is_another_rehearsals_is_passed_over(home: Home) -> None:
    first, second = rehearse(home, "a", 10.0, digest="d"), rehearse(home, "b", 20.0, digest="e")
    second.rehearsed.write_bytes(first.rehearsed.read_bytes())
    assert [each.release for each in rehearsals(home, "d")] == ["a"]


@pytest.mark.parametrize("text", [b'"as_expected":true', b'"at":1e999'])
def test_file_that_contradicts_itself_is_passed_over(home: Home, text: bytes) -> None:
    place = rehearse(home, "a", 10.0, ended="aborted")
    before = place.rehearsed.read_bytes()
    name = text.split(b":")[0]
    after = b",".join(text if part.startswith(name) else part for part in before.strip(b"{}").split(b","))
    assert after != before.strip(b"{}")
    place.rehearsed.write_bytes(b"{" + after + b"}")
    assert rehearsals(home, "d") == ()


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), os.mkfifo, lambda path: path.symlink_to("../a/rehearsed.json")]
)
def test_what_is_no_plain_file_is_passed_over(home: Home, make: Callable[[Path], None]) -> None:
    rehearse(home, "a", 10.0)
    path = rehearse(home, "b", 20.0).rehearsed
    path.unlink()
    make(path)
    assert [each.release for each in rehearsals(home, "d")] == ["a"]
