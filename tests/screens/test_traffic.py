"""How much an idle release sends over a thin line."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios

import pytest

from tests.conftest import ROOT
from tests.screens.idle import SECONDS


def painted(kind: str) -> bytes:
    """What the program paints between its two titles, on a terminal of 120 columns and 36 lines."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    command = [sys.executable, "-m", "tests.screens.idle", kind]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=environment)
    os.close(slave)
    try:
        return between(master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def between(master: int) -> bytes:
    """The bytes between the two titles."""
    seen = b""
    while b"\x1b]0;end\x07" not in seen:
        ready, _, _ = select.select([master], [], [], 60.0)
        assert ready, f"nothing more was painted:\n{seen[-2000:]!r}"
        seen += os.read(master, 65536)
    return seen.split(b"\x1b]0;begin\x07")[1].split(b"\x1b]0;end\x07")[0]


@pytest.mark.parametrize(("kind", "most"), [("metered", 1000), ("clock", 200), ("played", 1000)])
def test_an_idle_release_sends_little(kind: str, most: int) -> None:
    assert len(painted(kind)) / SECONDS < most


def test_what_says_that_it_is_a_rehearsal_is_painted_once() -> None:
    assert b"nothing real" not in painted("played")
