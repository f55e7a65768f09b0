"""Whatever is typed or lies there: a message, an exit code that is promised, never a traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cockpit.cli.main import COMMANDS
from tests.cli.books import QUICK, write
from tests.cli.conftest import Said, Say
from tests.cli.test_contract import PROMISED
from tests.conftest import Home
from tests.loopback.pilot import Cockpit

ODD = ("", "-", "\x1b]0;title\x07", "a" * 5000, "../../etc/passwd", "; reboot", "注文", "/dev/null", "\n")


def is_fair(said: Said) -> bool:
    """Whether a failure was told as it should be."""
    text = said.out + said.err
    return (
        said.code in (1, 2, 3, 4) and "Traceback" not in text and "\x1b" not in text and "should not happen" not in text
    )


FITTING = {"vote": "yes", "outcome": "passed", "action": "take"}
FREE = ("--note!", "--note", "--confirm", "--role!", "--release!", "--evidence", "--host", "-p")


def typed(name: str, value: str) -> list[str]:
    """A command line that gives this value wherever one can be given."""
    words = PROMISED[name].split()
    options = [(word.rstrip("!"), value) for word in words if word in FREE]
    arguments = [FITTING.get(word, value) for word in words if not word.startswith("-")]
    return [name, *(part for option in options for part in option), "--", *arguments]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"schema"}))
def test_odd_names_everywhere(say: Say, name: str, value: str) -> None:
    said = say(*typed(name, value))
    assert is_fair(said) or (name in ("status", "attach") and value == ""), said


def test_argument_that_is_not_utf8_is_refused() -> None:
    command_line = [*map(os.fsencode, Cockpit({}).command("status")), b"shop-\xff"]
    done = subprocess.run(command_line, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "cockpit: not UTF-8: shop-\\xff\nhint: names, notes and paths are UTF-8\n",
    )


@pytest.mark.parametrize("state", ["/dev/null", "/proc/no/such", "/sys"])
def test_state_folder_that_cannot_be_made_is_told(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", state)
    book = str(write(tmp_path, QUICK))
    for arguments in (("run", book, "--release", "x-1", "--headless"), ("status", "x-1"), ("attach",)):
        said = say(*arguments)
        assert is_fair(said), said


@pytest.mark.parametrize(
    "where", ["cockpit", "cockpit/releases", "cockpit/releases/x-1", "cockpit/releases/x-1/journal.db"]
)
def test_file_where_a_folder_should_be_and_a_folder_where_a_file(
    say: Say, home: Home, tmp_path: Path, where: str
) -> None:
    path = home.state / where
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.name == "journal.db":
        path.mkdir()
    else:
        path.write_text("a file")
    said = say("run", str(write(tmp_path, QUICK)), "--release", "x-1", "--headless")
    assert is_fair(said), said
    assert "should not happen" not in say("status").err


@pytest.mark.parametrize(
    "text", ["nonsense", "ssh_config = 3", "colour = 'red'", "x = " + "[" * 3000, "keys = {a = 1}"]
)
def test_nonsense_in_the_settings_is_named(say: Say, home: Home, tmp_path: Path, text: str) -> None:
    path = home.config / "cockpit" / "settings.toml"
    path.parent.mkdir()
    path.write_text(text)
    said = say("run", str(write(tmp_path, QUICK)), "--release", "x-1", "--headless")
    assert (said.code, str(path) in said.err, list(home.state.iterdir())) == (2, True, [])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- a\n- b\n", b"a: &a [*a]\n", b"x" * 600_000, b"\t\n"])
@pytest.mark.parametrize("command", ["lint", "plan", "doctor"])
def test_file_that_is_no_playbook(say: Say, tmp_path: Path, command: str, content: bytes) -> None:
    path = tmp_path / "book.yaml"
    path.write_bytes(content)
    said = say(command, str(path))
    assert (is_fair(said), said.code) == (True, 1 if command == "lint" else 2), said


def test_folder_is_no_playbook(say: Say, tmp_path: Path) -> None:
    assert [say(command, str(tmp_path)).code for command in ("lint", "plan", "doctor")] == [1, 2, 2]


def test_unknown_command_and_option_are_usage_errors(say: Say) -> None:
    for arguments in (("fly",), ("status", "--colour"), ("--nonsense",), ("\x1b[31m",)):
        assert (say(*arguments).code, is_fair(say(*arguments))) == (2, True)


def test_cockpit_alone_needs_a_terminal(say: Say) -> None:
    said = say()
    assert (said.code, "needs a terminal" in said.err) == (2, True)
