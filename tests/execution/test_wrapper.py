"""The wrapper's text, and the command that carries it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cockpit.execution.wrapper import PARTS, Text, command, request, spelled

TEXTS = list(PARTS)
LOGINS = [shell for shell in ("dash", "bash", "busybox", "tcsh", "csh", "fish", "zsh", "ksh") if shutil.which(shell)]


@pytest.mark.parametrize("text", TEXTS)
def test_command_has_nothing_that_a_login_shell_reads_its_own_way(text: Text) -> None:
    enclosed = command(text).partition("cockpit '")[2].removesuffix("'")
    assert set(enclosed) <= set(map(chr, range(32, 127))) - set("'!")


@pytest.mark.parametrize("text", TEXTS)
def test_command_fits_into_one_packet_of_ssh(text: Text) -> None:
    assert len(command(text)) < 32_000


def test_request_is_one_line_of_words_whatever_the_arguments() -> None:
    assert request("t0", "lock", "a b", "", "c\nd") == b"t0 lock a\\0040b - c\\0012d\n"


@pytest.mark.parametrize("shell", LOGINS)
def test_login_shell_passes_it_on(shell: str, tmp_path: Path) -> None:
    words = [shell, *(["sh"] if shell == "busybox" else []), "-c", command("common")]
    told = subprocess.run(
        words,
        input=request("t0", "reach", "n1", "m1") + request("t1", "reach", "n1", "m2"),
        capture_output=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    said = [line.split()[:2] for line in told.stderr.decode().splitlines()]
    assert said == [["t0", "reached"], ["t0", "over"], ["t1", "reached"], ["t1", "over"]]
    assert told.stdout == b"t0.\nt1.\n"


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=" ".join)
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_read_without_complaint(shell: list[str], text: Text) -> None:
    script = subprocess.check_output(["sh", "-c", 'printf %b "$1"', "sh", spelled(text)])
    assert subprocess.run([*shell, "-n"], input=script, capture_output=True, check=True).stderr == b""
