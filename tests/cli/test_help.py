"""Help and completion take no longer than Python and click."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cockpit import __version__
from tests.cli.conftest import Say

SLOW = {"asyncio", "asyncssh", "httpx", "jinja2", "msgspec", "pydantic", "sqlite3", "textual", "tree_sitter", "yaml"}
PROGRAM = """
import sys
from cockpit.cli.main import cockpit
try:
    cockpit(sys.argv[1:], prog_name="cockpit", standalone_mode=False)
except SystemExit:
    pass
print("\\n" + " ".join(sys.modules), file=sys.stderr)
"""


def imported(*arguments: str, **environment: str) -> set[str]:
    command_line = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command_line, check=True, capture_output=True, text=True, env=os.environ | environment)
    return {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}


def completing(words: str) -> dict[str, str]:
    return {"_COCKPIT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}


def test_help_imports_nothing_slow() -> None:
    assert not imported("--help") & SLOW


@pytest.mark.parametrize("words", ["cockpit ", "cockpit attach ", "cockpit run ", "cockpit doctor ", "cockpit lint "])
def test_completion_imports_nothing_slow(words: str) -> None:
    assert not imported(**completing(words)) & SLOW


@pytest.mark.parametrize("words", ["cockpit status ", "cockpit go ", "cockpit log "])
def test_completion_of_releases_imports_no_network_and_no_models(words: str) -> None:
    assert not imported(**completing(words)) & (SLOW - {"msgspec", "sqlite3", "asyncio", "jinja2"})


def test_version_is_told(say: Say) -> None:
    assert say("--version").out == f"cockpit, version {__version__}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_goes_to_stdout(say: Say, option: str) -> None:
    said = say(option)
    assert (said.code, said.err, said.out.startswith("Usage: cockpit")) == (0, "", True)
