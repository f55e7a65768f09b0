"""The script of an act, as a shell runs it."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.rehearsal.known import Habit
from cockpit.rehearsal.real.act import LONG, act

SHELLS = (["dash"], ["bash", "--posix"], ["busybox", "sh"])
EVERY_BYTE = bytes(range(256)) + b"-n\\c%s\\0101'\"$(touch x)`!\r\n"


def performed(habit: Habit, folder: Path, shell: list[str], pace: float = 1000.0) -> tuple[int, bytes, bytes]:
    """Exit status, output and what was captured."""
    made = act(habit, pace, '"$ACTS"')
    for name, data in made.files.items():
        (folder / name).write_bytes(data)
    capture = folder / "capture"
    capture.unlink(missing_ok=True)
    values = {"PATH": os.defpath, "ACTS": str(folder), "COCKPIT_CAPTURE": str(capture)}
    ran = subprocess.run([*shell, "-uc", made.script], env=values, check=False, capture_output=True, timeout=20)
    assert ran.stderr == b""
    return ran.returncode, ran.stdout, capture.read_bytes() if capture.exists() else b""


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
@pytest.mark.parametrize("times", [1, 100])
def test_any_byte_is_printed_in_any_shell(tmp_path: Path, shell: list[str], times: int) -> None:
    assert 100 * len(EVERY_BYTE) > LONG
    pieces = ((0.0, EVERY_BYTE * times), (1.0, b"more"))
    assert performed(Habit(2.0, pieces=pieces), tmp_path, shell) == (0, EVERY_BYTE * times + b"more", b"")


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_pieces_are_printed_one_after_another(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    habit = Habit(0.0, pieces=tuple((float(second), piece) for second, piece in enumerate(pieces)))
    assert performed(habit, tmp_path_factory.getbasetemp(), ["dash"])[1] == b"".join(pieces)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_captures_are_written_as_they_are(tmp_path: Path, shell: list[str]) -> None:
    captures = {"commit": "it's 100% \\0101 $HOME", "other": ""}
    expected = b"commit=it's 100% \\0101 $HOME\nother=\n"
    assert performed(Habit(0.0, captures=captures), tmp_path, shell) == (0, b"", expected)


@pytest.mark.parametrize("code", [0, 1, 77, 255])
def test_exit_status_is_the_habits(tmp_path: Path, code: int) -> None:
    assert performed(Habit(0.0, code), tmp_path, ["dash"])[0] == code


def test_its_seconds_are_divided_by_the_pace(tmp_path: Path) -> None:
    begun = time.monotonic()
    performed(Habit(30.0, pieces=((10.0, b"a"), (20.0, b"b"))), tmp_path, ["dash"], pace=60)
    assert 0.5 <= time.monotonic() - begun < 10


def test_pieces_of_one_moment_come_with_the_last_of_them() -> None:
    pieces = tuple((30.0 + number, b"x") for number in range(5))
    assert act(Habit(60.0, pieces=pieces), 60, "").script == b"sleep 0.567\nprintf %b 'xxxxx'\nsleep 0.433\nexit 0\n"


def test_pieces_of_several_moments_come_apart() -> None:
    pieces = ((0.0, b"a"), (1.0, b"b"), (1.05, b"c"))
    script = b"printf %b 'a'\nsleep 1.050\nprintf %b 'bc'\nexit 0\n"
    assert act(Habit(1.05, pieces=pieces), 1, "").script == script
