"""What happens when the terminal goes away, or the process is told to end."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conftest import ROOT


@dataclass
class Terminal:
    """The cockpit in a process of its own, and the other end of its terminal."""

    process: subprocess.Popen[bytes]
    master: int
    seen: bytes = b""

    def read_until(self, wanted: bytes, seconds: float = 20.0) -> bool:
        """Read what is painted until it holds this; whether it came."""
        while wanted not in self.seen:
            ready, _, _ = select.select([self.master], [], [], seconds)
            try:
                data = os.read(self.master, 65536) if ready else b""
            except OSError:
                data = b""
            if not data:
                return False
            self.seen += data
        return True


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "tests.screens.alone"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=environment, start_new_session=True
    )
    os.close(slave)
    yield Terminal(process, master)
    process.kill()
    process.wait()


def test_a_closed_terminal_ends_the_process_at_once(terminal: Terminal) -> None:
    assert terminal.read_until(b"engine lost")
    os.close(terminal.master)
    assert terminal.process.wait(timeout=10) == 129


def test_a_process_told_to_end_puts_the_terminal_in_order(terminal: Terminal) -> None:
    assert terminal.read_until(b"engine lost")
    terminal.process.terminate()
    terminal.read_until(b"\x1b[?1049l")
    assert b"\x1b[?1000l" in terminal.seen
    assert terminal.process.wait(timeout=10) == 0
    os.close(terminal.master)
