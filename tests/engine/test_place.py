from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from cockpit.engine.place import Home
from cockpit.errors import Refused, UsageError
from cockpit.journal import sqlite


@pytest.fixture
def releases(tmp_path: Path) -> Home:
    """A home without releases."""
    return Home.default({"XDG_STATE_HOME": str(tmp_path)})


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def opened(home: Home, release: str) -> None:
    """Make a release with an empty journal."""
    sqlite.create(home.create(release).journal).close()


def test_releases_lie_under_the_state_home(releases: Home, tmp_path: Path) -> None:
    assert releases.place("shop-1.2").folder == tmp_path / "cockpit" / "releases" / "shop-1.2"


@pytest.mark.parametrize("state", ["", "relative/path"])
def test_state_home_that_is_not_set_is_in_the_users_home(state: str) -> None:
    assert Home.default({"XDG_STATE_HOME": state}).folder == Path.home() / ".local/state/cockpit/releases"


@pytest.mark.parametrize("mask", [0, 0o022, 0o777])
def test_folders_are_private_whatever_the_umask(releases: Home, mask: int) -> None:
    before = os.umask(mask)
    place = releases.create("shop-1.2")
    os.umask(before)
    folders = [place.folder, place.output, place.folder.parent, place.folder.parent.parent]
    assert {mode(folder) for folder in folders} == {0o700}


def test_shared_folder_belongs_to_its_group(tmp_path: Path) -> None:
    place = Home(tmp_path / "shared" / "releases", shared=True).create("shop-1.2")
    assert (mode(place.folder), mode(place.output), place.file_mode) == (0o2770, 0o2770, 0o660)


@pytest.mark.parametrize("name", ["shop-2.4.1", "a", "_x", "Z" * 80, "1..2"])
def test_name_of_a_release(releases: Home, name: str) -> None:
    assert releases.place(name).release == name


@pytest.mark.parametrize("name", ["", ".", "..", ".x", "-x", "a/b", "a b", "ä", "a\n", "Z" * 81, "a\0"])
def test_what_cannot_be_a_name(releases: Home, name: str) -> None:
    with pytest.raises(UsageError, match="not a release's name"):
        releases.place(name)


def test_name_is_never_used_twice(releases: Home) -> None:
    opened(releases, "shop-1.2")
    with pytest.raises(Refused, match=r"there is a release shop-1\.2 already"):
        releases.create("shop-1.2")


def test_name_whose_start_was_cut_short_can_be_used(releases: Home) -> None:
    releases.create("shop-1.2")
    opened(releases, "shop-1.2")
    assert [place.release for place in releases.releases()] == ["shop-1.2"]


def test_releases_are_listed_by_name(releases: Home) -> None:
    assert releases.releases() == ()
    for name in ("b", "a"):
        opened(releases, name)
    releases.create("without-journal")
    (releases.folder / ".hidden").mkdir()
    assert [place.release for place in releases.releases()] == ["a", "b"]


def test_missing_release_names_those_there_are(releases: Home) -> None:
    opened(releases, "shop-1.2")
    with pytest.raises(UsageError, match=r"there is no release shop-1.3\nhint: there are shop-1.2"):
        releases.find("shop-1.3")


@pytest.mark.parametrize("bits", [0o750, 0o705, 0o777])
def test_release_that_others_can_look_into_is_refused(releases: Home, bits: int) -> None:
    opened(releases, "shop-1.2")
    releases.place("shop-1.2").folder.chmod(bits)
    with pytest.raises(Refused):
        releases.find("shop-1.2")


@pytest.mark.parametrize("bits", [0o720, 0o702])
def test_home_that_others_can_write_into_is_refused(releases: Home, bits: int) -> None:
    releases.create("shop-1.2")
    releases.folder.chmod(bits)
    with pytest.raises(Refused, match="others can write into this folder"):
        releases.create("shop-1.3")


def test_shared_folder_that_everybody_can_write_into_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "shared" / "releases", shared=True)
    home.create("shop-1.2")
    home.folder.chmod(0o2777)
    with pytest.raises(Refused, match="others can write into this folder"):
        home.create("shop-1.3")


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder away")
def test_folder_of_another_is_refused(releases: Home) -> None:
    opened(releases, "shop-1.2")
    os.chown(releases.place("shop-1.2").folder, 65534, 65534)
    with pytest.raises(Refused, match="belongs to uid 65534"):
        releases.find("shop-1.2")


def test_link_in_place_of_a_folder_is_refused(releases: Home, tmp_path: Path) -> None:
    opened(releases, "shop-1.2")
    (releases.folder / "shop-1.3").symlink_to(releases.folder / "shop-1.2")
    with pytest.raises(Refused, match="this is no folder"):
        releases.find("shop-1.3")
