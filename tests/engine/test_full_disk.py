"""Releases whose disks fill up: this machine's, and a host's."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cockpit.cli.common import read_state
from cockpit.engine import supervisor
from cockpit.engine.client import Client, Live
from cockpit.engine.store import KEPT, free
from cockpit.journal import sqlite
from cockpit.journal.lock import holder
from cockpit.release.events import AttemptStarted
from cockpit.release.intents import Abort, Close, Hold, Resume, Retry, RollBack
from tests.conftest import Home
from tests.engine.driven import DEADLINE, Driven, driven, playbook
from tests.journal.tmpfs import fill, mounted
from tests.loopback.fleet import Fleet
from tests.loopback.waiting import wait_until

COUNT = 1_500_000
FLOOD = f"echo once >> ~/ran; seq {COUNT}"
WHOLE = b"".join(b"%d\n" % number for number in range(1, COUNT + 1))
WAITS = f"{{id: flood, on: db-1, run: '{FLOOD}; until test -e ~/go; do sleep 0.05; done'}}"
UNDO = "{id: undo, on: db-1, run: 'echo undone >> ~/ran; seq 20000'}"


@pytest.fixture
def db(hosts: Callable[..., Fleet], home: Home) -> Fleet:
    """One host, which the settings of this test's login name."""
    fleet = hosts(["db-1"], ["dash"])
    folder = home.config / "cockpit"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
    return fleet


@pytest.fixture
def disk(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file system of 12 MB that everything of the release lies on."""
    with mounted(home.state / "small", megabytes=12) as folder:
        monkeypatch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


def text(flood: str = f"{{id: flood, on: db-1, run: '{FLOOD}'}}") -> str:
    return playbook(flood, head="hosts: {db: db-1}", back=UNDO)


def make_room(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    (disk / "ballast").unlink(missing_ok=True)


def take_names(disk: Path) -> None:
    """Leave room for bytes and for no further file."""
    taken = os.statvfs(disk)
    names = f"remount,nr_inodes={taken.f_files - taken.f_ffree}"
    subprocess.run(["mount", "-o", names, str(disk)], check=True)


def ran(db: Fleet) -> list[str]:
    """What ran on the host, as it wrote it down itself."""
    return (db["db-1"].home / "ran").read_text().split()


async def hears(release: Driven, trouble: str) -> None:
    """Wait until a client is told of trouble, or of its end (empty)."""
    async with asyncio.timeout(DEADLINE), Client.connect(release.place, records=False) as client:
        async for message in client:
            if isinstance(message, Live) and message.trouble == trouble:
                return


async def fills_up(release: Driven, disk: Path) -> None:
    """Wait until output finds no room, then let others take all that is left."""
    await hears(release, "the disk is full: output waits on its hosts")
    fill(disk)


async def test_output_waits_and_is_whole_once_there_is_room(disk: Path, db: Fleet) -> None:
    async with driven(text()) as release:
        await fills_up(release, disk)
        assert await release.ask(Hold(note="disk")) is None
        await release.stands("holding")
        assert free(disk) > 0
        make_room(disk)
        await release.until(lambda state: state.steps["flood"].hosts["db-1"].status == "passed")
        await hears(release, "")
        assert await release.ask(Resume()) is None
        await release.stands("done")
        assert release.output("flood", "db-1") == WHOLE
    assert ran(db) == ["once"]


async def test_output_leaves_the_reserve_to_people(disk: Path, db: Fleet) -> None:
    async with driven(text(WAITS)) as release:
        await fills_up(release, disk)
        for _ in range(3):
            assert await release.ask(Hold(note="disk " * 2000)) is None
            assert await release.ask(Resume(note="disk " * 2000)) is None
        assert free(disk) > KEPT // 2
        assert await release.ask(Abort()) is None
        state = await release.stands("aborted")
        assert state.steps["flood"].hosts["db-1"].status == "stopped"
    assert ran(db) == ["once"]


async def test_roll_back_runs_to_its_end_on_a_full_disk(disk: Path, db: Fleet) -> None:
    async with driven(text(WAITS)) as release:
        await fills_up(release, disk)
        assert await release.ask(RollBack(confirm="rel")) is None
        state = await release.stands("rolled_back")
        assert release.output("undo", "db-1").count(b"\n") == 20000
        assert "the end of its output may be missing" in state.steps["flood"].hosts["db-1"].reason
        assert await release.ask(Close()) is None
        await release.until(lambda state: state.hosts["db-1"].cleaned)
    assert ran(db) == ["once", "undone"]
    assert not (db["db-1"].home / ".cockpit").exists()
    assert sqlite.open(release.place.journal).verify() == release.state.seq


async def kill(*locks: Path) -> None:
    """Kill the processes that hold these locks."""
    pids = {lock: holder(lock) for lock in locks}
    for pid in pids.values():
        assert pid
        os.kill(pid, signal.SIGKILL)
    gone = lambda: all(holder(lock) != pid for lock, pid in pids.items())  # noqa: E731
    await asyncio.to_thread(wait_until, gone, "they are gone")


async def test_engine_starts_on_a_full_disk_and_rolls_back(disk: Path, db: Fleet) -> None:
    async with driven(text(WAITS)) as release:
        await fills_up(release, disk)
        await kill(release.place.supervisor_lock, release.place.lock)
        fill(disk)
        await supervisor.ensure(release.place)
        assert await release.ask(Hold(note="disk")) is None
        await hears(release, "the disk is full: output waits on its hosts")
        assert await release.ask(RollBack(confirm="rel")) is None
        await release.stands("rolled_back")
    assert ran(db) == ["once", "undone"]


async def test_engine_starts_on_a_full_disk_after_it_was_stopped_in_peace(disk: Path, db: Fleet) -> None:
    async with driven(text(WAITS)) as release:
        await fills_up(release, disk)
        await supervisor.stop(release.place)
        fill(disk)
        assert read_state(release.place).attempts
        await supervisor.ensure(release.place)
        assert await release.ask(Abort()) is None
        await release.stands("aborted")
        assert ran(db) == ["once"]


async def test_engine_starts_on_a_disk_that_takes_no_further_file(disk: Path, db: Fleet) -> None:
    async with driven(text(WAITS)) as release:
        await asyncio.to_thread(wait_until, (db["db-1"].home / "ran").exists, "the command has begun")
        await kill(release.place.supervisor_lock, release.place.lock)
        take_names(disk)
        await supervisor.ensure(release.place)
        assert await release.ask(Abort()) is None
        await release.stands("aborted")
    assert ran(db) == ["once"]


async def test_killed_engine_goes_on_with_the_output_once_there_is_room(disk: Path, db: Fleet) -> None:
    async with driven(text()) as release:
        await fills_up(release, disk)
        await kill(release.place.lock)
        await supervisor.ensure(release.place)
        await hears(release, "the disk is full: output waits on its hosts")
        make_room(disk)
        await release.stands("done")
        assert release.output("flood", "db-1") == WHOLE
    assert ran(db) == ["once"]


@pytest.fixture
def host_disk(db: Fleet) -> Iterator[Path]:
    """A file system of 1 MB for the run folders on the host."""
    with mounted(db["db-1"].home / ".cockpit", megabytes=1) as folder:
        yield folder


async def test_nothing_starts_on_a_host_whose_disk_is_full(db: Fleet, host_disk: Path) -> None:
    fill(host_disk)
    async with driven(text("{id: say, on: db-1, run: 'echo once >> ~/ran; echo hi'}")) as release:
        state = await release.waits("answer", "say")
        assert "is the disk full?" in state.steps["say"].hosts["db-1"].reason
        (host_disk / "ballast").unlink()
        assert await release.ask(Retry(step="say", note="made room")) is None
        await release.stands("done")
        assert release.output("say", "db-1") == b"hi\n"
    assert ran(db) == ["once"]


async def test_host_that_fills_up_loses_output_and_no_result(db: Fleet, host_disk: Path) -> None:
    async with driven(text("{id: say, on: db-1, run: 'echo once >> ~/ran; seq 300000; exit 3'}")) as release:
        state = await release.waits("answer", "say")
        reason = state.steps["say"].hosts["db-1"].reason
        assert state.attempts[state.steps["say"].hosts["db-1"].run].exit == 3
        assert "the end of its output is missing" in reason
        assert WHOLE.startswith(release.output("say", "db-1"))
        assert sum(isinstance(each.event, AttemptStarted) for each in release.records) == 1
    assert ran(db) == ["once"]
