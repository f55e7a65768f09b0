"""The wrapper's text, and the command that carries it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cockpit.execution.wrapper import PARTS, Verb, command, spelled

VERBS = list(PARTS)
LOGINS = [shell for shell in ("dash", "bash", "busybox", "tcsh", "csh", "fish", "zsh", "ksh") if shutil.which(shell)]


@pytest.mark.parametrize("verb", VERBS)
def test_command_has_nothing_that_a_login_shell_reads_its_own_way(verb: Verb) -> None:
    words = command("t0", verb, "a b", "c'd").partition("cockpit ")[2]
    assert set(words) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,@%+-\\' ")


@pytest.mark.parametrize("verb", VERBS)
def test_command_fits_into_one_packet_of_ssh(verb: Verb) -> None:
    assert len(command("t0", verb)) < 32_000


@pytest.mark.parametrize("shell", LOGINS)
def test_login_shell_passes_it_on(shell: str, tmp_path: Path) -> None:
    words = [shell, *(["sh"] if shell == "busybox" else []), "-c", command("t0", "reach", "n1", "m1")]
    told = subprocess.run(
        words, capture_output=True, text=True, check=True, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    )
    assert told.stderr.startswith("t0 reached ")


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"], ["bash", "--posix"]], ids=" ".join)
@pytest.mark.parametrize("verb", VERBS)
def test_text_is_read_without_complaint(shell: list[str], verb: Verb) -> None:
    text = subprocess.check_output(["sh", "-c", 'printf %b "$1"', "sh", spelled(verb)])
    assert subprocess.run([*shell, "-n"], input=text, capture_output=True, check=True).stderr == b""
