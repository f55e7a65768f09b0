"""Messages and exit codes, whatever goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.cli.console import Shown, guarded, harmless, out_json
from tests.loopback.pilot import Cockpit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\rb\x9b", "a\\x0db\\x9b"),
        ("\u202eback", "\\u202eback"),
        ("\udcff", "\\xff"),
        ("\U000e0001", "\\U000e0001"),
        ("Zoë 注文 ✔", "Zoë 注文 ✔"),
    ],
)
def test_control_characters_become_escapes(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize("hostile", ["\x9b31m", "a\u202eb", "\u200b\ufeff", "\U000e0041", "\x1b]0;x\x07\x7f"])
def test_json_is_plain_text_and_means_the_same(capsys: pytest.CaptureFixture[str], hostile: str) -> None:
    out_json({"value": hostile})
    said = capsys.readouterr().out
    assert said.replace("\n", "").isprintable()
    assert json.loads(said) == {"value": hostile}


def test_line_ends_stay_only_where_they_may() -> None:
    assert (harmless("a\nb"), harmless("a\nb", keep="")) == ("a\nb", "a\\x0ab")


def test_output_is_decoded_across_pieces(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shown()
    for piece in (b"Zo\xc3", b"\xab\x1b[2J", b"\xff\n"):
        shown.feed(piece)
    assert capsys.readouterr().out == "Zoë\\x1b[2J\ufffd\n"


def left(command: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    assert callable(command)
    with pytest.raises(SystemExit) as found:
        guarded(command)
    return int(found.value.code or 0), capsys.readouterr().err


def test_unforeseen_error_is_a_message_and_its_details_a_private_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["cockpit"])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, message = left(lambda: {"a": 1}["no such key"], capsys)
    (details,) = tmp_path.iterdir()
    assert (code, "Traceback" in message, str(details) in message) == (1, False, True)
    assert "no such key" in details.read_text()
    assert details.stat().st_mode & 0o077 == 0


def test_what_the_system_refuses_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["cockpit"])
    code, message = left(lambda: Path("/dev/null/x").mkdir(), capsys)
    assert (code, message) == (2, "cockpit: /dev/null/x: Not a directory\n")


def test_interrupt_is_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["cockpit"])

    def interrupted() -> None:
        raise KeyboardInterrupt

    assert left(interrupted, capsys) == (130, "")


def test_reader_that_is_gone_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command_line = Cockpit({}).command("schema")
    with os.fdopen(writing, "wb") as nobody:
        done = subprocess.run(command_line, check=False, stdout=nobody, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (130, "")


def test_terminal_of_another_encoding_gets_escapes() -> None:
    done = Cockpit({"PYTHONIOENCODING": "latin-1"}).ask("status", "注")
    assert (done.returncode, "\\u6ce8" in done.stderr) == (2, True)
