from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.engine import supervisor
from cockpit.engine.client import Client, greeting
from cockpit.engine.exits import EngineExit
from cockpit.engine.place import Place
from cockpit.engine.protocol import Bye, Welcome
from cockpit.errors import Unreachable
from cockpit.journal import sqlite
from cockpit.journal.lock import holder
from cockpit.release.intents import Close
from tests.loopback.waiting import wait_until

STANDIN = (sys.executable, "-P", str(Path(__file__).with_name("standin.py")))


@pytest.fixture
async def release(place: Place) -> AsyncIterator[Place]:
    """A release with a journal; whatever runs for it at the end is stopped."""
    sqlite.create(place.journal).close()
    yield place
    await supervisor.stop(place)


async def start(release: Place, *script: str) -> Welcome:
    """Start the stand-in, which does what the lines say, one at each start."""
    (release.folder / "script").write_text("\n".join(script))
    return await supervisor.start(release, engine=STANDIN)


def status_of(pid: int) -> list[int]:
    """What the kernel says of a process: parent, process group, session, terminal."""
    return [int(word) for word in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1:5]]


def parent_of(pid: int) -> int:
    """The parent's pid."""
    return status_of(pid)[0]


def terminal_of(pid: int) -> int:
    """The number of a process's terminal; 0 when it has none."""
    return status_of(pid)[3]


async def gone(release: Place) -> None:
    """Wait until neither supervisor nor engine runs."""
    idle = lambda: holder(release.supervisor_lock) is None and holder(release.lock) is None  # noqa: E731
    await asyncio.to_thread(wait_until, idle, "supervisor and engine are gone")


async def test_started_engine_answers(release: Place) -> None:
    welcome = await start(release)
    assert welcome.pid == holder(release.lock)


async def test_supervisor_is_the_engines_parent_and_nobodys_child(release: Place) -> None:
    welcome = await start(release)
    keeper = holder(release.supervisor_lock)
    assert keeper
    assert parent_of(welcome.pid) == keeper
    assert parent_of(keeper) != os.getpid()


async def test_supervisor_has_left_the_session(release: Place) -> None:
    welcome = await start(release)
    keeper = holder(release.supervisor_lock)
    assert keeper
    assert os.getsid(keeper) == os.getsid(welcome.pid) != os.getsid(0)
    assert terminal_of(keeper) == 0


async def test_supervisor_inherits_no_descriptor(release: Place) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    await start(release)
    os.close(writing)
    assert os.read(reading, 1) == b""
    os.close(reading)


async def test_engine_gets_no_secret_of_the_captain(release: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "hunter2")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    await start(release)
    environment = (release.folder / "environment").read_text().splitlines()
    assert "hunter2" not in "".join(environment)
    assert "SSH_AUTH_SOCK=/run/agent" in environment
    assert f"XDG_STATE_HOME={os.environ['XDG_STATE_HOME']}" in environment


async def test_log_is_private(release: Place) -> None:
    before = os.umask(0)
    await start(release)
    os.umask(before)
    assert stat.S_IMODE(release.log.stat().st_mode) == 0o600


async def test_second_start_is_harmless(release: Place) -> None:
    first = await start(release)
    keeper = holder(release.supervisor_lock)
    second = await supervisor.start(release, engine=STANDIN)
    assert (second.pid, holder(release.supervisor_lock)) == (first.pid, keeper)


async def test_starts_at_the_same_time_end_in_one_engine(release: Place) -> None:
    welcomes = await asyncio.gather(*(supervisor.start(release, engine=STANDIN) for _ in range(4)))
    assert len({welcome.pid for welcome in welcomes}) == 1


async def test_killed_engine_is_started_again(release: Place) -> None:
    first = await start(release)
    async with Client.connect(release) as client:
        os.kill(first.pid, signal.SIGKILL)
        assert [message async for message in client][-1] == Bye(
            reason="the engine is gone", hint="attach again: that starts it"
        )
    second = await supervisor.ensure(release, engine=STANDIN)
    assert second.pid != first.pid
    assert parent_of(second.pid) == holder(release.supervisor_lock)


async def test_engine_that_crashes_at_first_is_started_again(release: Place) -> None:
    await start(release, "crash", "exit 1", "exit 75", "serve")
    assert release.log.read_text().count("RuntimeError: as the script says") == 1


async def test_engine_that_was_told_to_stop_alone_is_started_again(release: Place) -> None:
    first = await start(release)
    os.kill(first.pid, signal.SIGTERM)
    await asyncio.to_thread(wait_until, lambda: holder(release.lock) != first.pid, "the first engine is gone")
    second = await supervisor.ensure(release, engine=STANDIN)
    assert second.pid != first.pid


async def test_killed_supervisor_leaves_the_engine_at_work(release: Place) -> None:
    first = await start(release)
    await kill_supervisor(release)
    welcome = await greeting(release)
    assert welcome
    assert welcome.pid == first.pid


async def test_next_supervisor_adopts_the_engine(release: Place) -> None:
    first = await start(release)
    await kill_supervisor(release)
    second = await supervisor.ensure(release, engine=STANDIN)
    assert second.pid == first.pid
    os.kill(first.pid, signal.SIGKILL)
    await asyncio.to_thread(wait_until, lambda: holder(release.lock) != first.pid, "the first engine is gone")
    third = await supervisor.ensure(release, engine=STANDIN)
    assert parent_of(third.pid) == holder(release.supervisor_lock)


async def test_both_killed_are_both_started(release: Place) -> None:
    first = await start(release)
    await kill_supervisor(release)
    os.kill(first.pid, signal.SIGKILL)
    await gone(release)
    second = await supervisor.ensure(release, engine=STANDIN)
    assert parent_of(second.pid) == holder(release.supervisor_lock)


async def test_engine_and_supervisor_that_run_are_left_alone(release: Place) -> None:
    first = await start(release)
    keeper = holder(release.supervisor_lock)
    second = await supervisor.ensure(release, engine=STANDIN)
    assert (second.pid, holder(release.supervisor_lock)) == (first.pid, keeper)


async def test_release_whose_folder_was_removed_needs_no_supervisor(release: Place) -> None:
    welcome = await start(release)
    keeper = holder(release.supervisor_lock)
    assert keeper
    release.folder.rename(release.folder.with_name("kept"))
    os.kill(welcome.pid, signal.SIGKILL)
    kept = replace(release, folder=release.folder.with_name("kept"))
    await gone(kept)


async def test_closed_release_needs_no_supervisor(release: Place) -> None:
    await start(release)
    async with Client.connect(release) as client:
        await client.ask(Close())
    await gone(release)


async def test_stop_ends_both(release: Place) -> None:
    await start(release)
    assert await supervisor.stop(release)
    assert (holder(release.supervisor_lock), holder(release.lock)) == (None, None)
    assert not await supervisor.stop(release)


async def test_stop_ends_an_engine_without_supervisor(release: Place) -> None:
    await start(release)
    await kill_supervisor(release)
    assert await supervisor.stop(release)
    assert holder(release.lock) is None


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (EngineExit.BROKEN, "its journal is broken"),
        (EngineExit.STALE, "another engine has taken over"),
        (EngineExit.UNUSABLE, "cannot be used"),
    ],
)
async def test_engine_that_never_can_start_is_not_tried_again(release: Place, status: EngineExit, why: str) -> None:
    with pytest.raises(Unreachable, match=why):
        await start(release, f"exit {int(status)}")
    await gone(release)


async def test_engine_that_does_not_start_in_time_is_told_with_the_log(release: Place) -> None:
    (release.folder / "script").write_text("crash\n" * 100)
    with pytest.raises(Unreachable, match=r"(?s)it crashed with exit status 1.*as the script says.*engine\.log"):
        await supervisor.start(release, engine=STANDIN, within=1.5)


async def test_command_that_is_none_is_told(release: Place) -> None:
    with pytest.raises(Unreachable, match="did not start"):
        await supervisor.start(release, engine=("/nonexistent",), within=1.0)


async def kill_supervisor(release: Place) -> None:
    """Kill the supervisor alone (SIGKILL)."""
    keeper = holder(release.supervisor_lock)
    assert keeper
    os.kill(keeper, signal.SIGKILL)
    await asyncio.to_thread(wait_until, lambda: holder(release.supervisor_lock) is None, "the supervisor is gone")
