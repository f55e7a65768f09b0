"""Hosts that lack things: setsid, fractions of a second, room on the disk."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cockpit.execution import errands
from cockpit.execution.attempt import Attempt, halt
from cockpit.execution.contract import Ended, NotReached, Order, Reached
from cockpit.execution.local import LocalMachine
from cockpit.execution.settings import Run
from tests.execution.conftest import QUICK, Screen, signals_here

RUN = Run("r1", "n1", "ana", "bastion")
FEW = (
    "cat",
    "chmod",
    "date",
    "dd",
    "echo",
    "grep",
    "head",
    "kill",
    "ls",
    "mkdir",
    "mkfifo",
    "mv",
    "rm",
    "rmdir",
    "seq",
)
SHELLS = {"dash": "/usr/bin/dash", "ash": "/usr/bin/busybox", "bash": "/usr/bin/bash"}


@pytest.fixture(params=SHELLS)
def poor(request: pytest.FixtureRequest, tmp_path: Path) -> LocalMachine:
    """A machine of a few programs: no setsid, no sudo, and a sleep that knows whole seconds only."""
    programs, home = tmp_path / "bin", tmp_path / "home with spaces"
    programs.mkdir()
    home.mkdir()
    for name in FEW:
        (programs / name).symlink_to("/usr/bin/busybox")
    (programs / "sh").symlink_to(SHELLS[request.param])
    sleep = programs / "sleep"
    sleep.write_text(
        '#!/bin/sh\ncase $1 in *.*) echo "sleep: invalid number" >&2; exit 1;; esac\nexec /bin/sleep "$1"\n'
    )
    sleep.chmod(0o700)
    return LocalMachine({"HOME": str(home), "PATH": str(programs)})


async def begin(machine: LocalMachine, script: str, screen: Screen, id: str = "a1") -> Ended:  # noqa: A002
    reached = await errands.reach(machine, RUN, QUICK)
    assert isinstance(reached, Reached), reached
    order = Order(id, "here", script, reached.identity, fresh=True)
    return await Attempt(machine, RUN, QUICK, order, screen.write, screen.link).follow()


async def test_few_programs_suffice(poor: LocalMachine) -> None:
    screen = Screen()
    ended = await begin(
        poor, 'echo out; echo err >&2; echo n=1 >"$COCKPIT_CAPTURE"; grep SigIgn /proc/self/status; :', screen
    )
    assert (ended.outcome, ended.captures) == ("passed", {"n": "1"})
    assert screen.data == b"out\nerr\n" + signals_here("SigIgn")


async def test_attempt_is_detached_and_stopped_without_setsid(poor: LocalMachine) -> None:
    screen = Screen()
    running = asyncio.create_task(begin(poor, "sleep 50 & echo ready; sleep 60", screen))
    await screen.shows(b"ready\n")
    reached = await errands.reach(poor, RUN, QUICK)
    assert isinstance(reached, Reached)
    ended = await halt(poor, RUN, QUICK, Order("a1", "here", "", reached.identity))
    assert ended is not None
    assert (ended.outcome, (await running).outcome) == ("stopped", "stopped")


async def test_second_without_fractions_still_locks(poor: LocalMachine) -> None:
    assert await errands.lock(poor, RUN, QUICK, take_over=False) is None
    assert await errands.clean(poor, RUN, QUICK) == ""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A HOME on a disk of 256 kB."""
    home = tmp_path / "small"
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", home], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("may not mount a small disk")
    yield home
    subprocess.run(["umount", "-l", home], check=True)


def fill(disk: Path) -> None:
    """Leave no room for a byte."""
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def machine_of(home: Path) -> LocalMachine:
    return LocalMachine({"HOME": str(home), "PATH": os.environ["PATH"]})


async def test_full_disk_stops_the_record_and_not_the_command(small: Path, tmp_path: Path) -> None:
    screen, done = Screen(), tmp_path / "done"
    ended = await begin(machine_of(small), f"seq 200000; echo end >{done}; exit 3", screen)
    assert (ended.outcome, ended.exit) == ("failed", 3)
    assert "the end of its output is missing" in ended.reason
    assert done.read_text() == "end\n"
    whole = b"".join(b"%d\n" % number for number in range(1, 200_001))
    assert len(screen.data) > 100_000
    assert whole.startswith(bytes(screen.data))


async def test_full_disk_starts_nothing(small: Path, tmp_path: Path) -> None:
    machine, screen, done = machine_of(small), Screen(), tmp_path / "done"
    reached = await errands.reach(machine, RUN, QUICK)
    assert isinstance(reached, Reached)
    fill(small)
    ended = await begin(machine, f"echo end >{done}", screen)
    assert ended.outcome == "error"
    assert ended.reason.startswith("nothing was started: ")
    (small / "filler").unlink()
    assert (await begin(machine, f"echo end >{done}", screen)).outcome == "passed"


async def test_full_disk_makes_no_marker_and_no_lock(small: Path) -> None:
    machine = machine_of(small)
    fill(small)
    assert isinstance(await errands.reach(machine, RUN, QUICK), NotReached)
    assert isinstance(await errands.lock(machine, RUN, QUICK, take_over=False), NotReached)
    (small / "filler").unlink()
    assert isinstance(await errands.reach(machine, RUN, QUICK), Reached)
    assert await errands.lock(machine, RUN, QUICK, take_over=False) is None
