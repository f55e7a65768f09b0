"""What every test may ask for: a private place, and real hosts."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_textual_snapshot
from syrupy.location import PyTestLocation

from tests.loopback.fleet import NAMES, SHELLS, Fleet
from tests.loopback.keeper import Keeper
from tests.loopback.sshd import Shell

ROOT = Path(__file__).resolve().parents[1]


class SnapshotsFolder(pytest_textual_snapshot.SVGImageExtension):
    """Keeps SVG snapshots in the project's `snapshots/`, in folders that mirror the tests'."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        module = Path(test_location.filepath).relative_to(ROOT / "tests").with_suffix("")
        return str(ROOT / "snapshots" / module)


setattr(pytest_textual_snapshot, "SVGImageExtension", SnapshotsFolder)  # noqa: B010  its fixture looks this name up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that take snapshots, for `make snapshots`."""
    for item in items:
        if "snap_compare" in getattr(item, "fixturenames", ()):
            item.add_marker("snapshot")


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder with a short path (a Unix socket's may have 107 bytes); what lives in it ends with the tests."""
    folder = Path(tempfile.mkdtemp(prefix="cockpit-", dir="/tmp"))
    keeper = Keeper(folder, remove=True)
    yield folder
    keeper.close()


@dataclass(frozen=True)
class Home:
    """A person's folders: `user` is HOME, `state` XDG_STATE_HOME and `config` XDG_CONFIG_HOME."""

    user: Path
    state: Path
    config: Path


numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def home(ground: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Private, empty folders for each test, which the environment names."""
    folder = ground / str(next(numbers))
    made = Home(folder / "home", folder / "state", folder / "config")
    for path in (folder, made.user, made.state, made.config):
        path.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(made.user))
    monkeypatch.setenv("XDG_STATE_HOME", str(made.state))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(made.config))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return made


@pytest.fixture(scope="session")
def standing_fleet(ground: Path) -> Iterator[Fleet]:
    """Three hosts that run during all tests: web-1 with dash, web-2 with busybox ash, web-3 with bash."""
    with Fleet(ground / "fleet") as started:
        yield started


@pytest.fixture
def fleet(standing_fleet: Fleet) -> Fleet:
    """The same, without a lock or a run folder of an earlier test's release."""
    for host in standing_fleet.values():
        shutil.rmtree(host.home / ".cockpit", ignore_errors=True)
    return standing_fleet


@pytest.fixture
def hosts(ground: Path) -> Iterator[Callable[..., Fleet]]:
    """Makes fleets of the test's own: `hosts(["db-1"], ["bash"])`."""
    with ExitStack() as running:

        def make(names: Sequence[str] = NAMES, shells: Sequence[Shell] = SHELLS) -> Fleet:
            return running.enter_context(Fleet(ground / f"fleet-{next(numbers)}", names, shells))

        yield make
