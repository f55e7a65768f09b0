"""Nothing goes on when the process that started it has ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loopback.keeper import ROOT
from tests.loopback.processes import living_in
from tests.loopback.waiting import wait_until

OWNER = """
import sys
from pathlib import Path
from tests.loopback.fleet import Fleet

with Fleet(Path(sys.argv[1]), ["db-1"]) as fleet:
    fleet.ssh("db-1", "setsid sleep 600 >/dev/null 2>&1 </dev/null &")
    print("ready", flush=True)
    sys.stdin.read()
"""


def owner(folder: Path) -> subprocess.Popen[bytes]:
    """A process with a running host in the folder, on which a command goes on."""
    command = [sys.executable, "-c", OWNER, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def names(folder: Path) -> set[str]:
    return {process.name for process in living_in(folder)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_hosts_and_what_runs_on_them_end_with_their_owner(ground: Path, number: signal.Signals) -> None:
    folder = ground / f"owned-{number}"
    with owner(folder) as process:
        wait_until(lambda: names(folder) == {"sshd", "sleep"}, "the host is at work")
        process.send_signal(number)
        process.wait(10)
        wait_until(lambda: not names(folder), "everything in the folder has ended")


def test_hosts_end_when_their_owner_leaves(ground: Path) -> None:
    folder = ground / "left"
    with owner(folder) as process:
        process.communicate(b"")
        assert names(folder) == set()
