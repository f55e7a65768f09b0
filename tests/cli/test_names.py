"""What the shell completes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cockpit.cli.names import playbooks_at
from tests.cli.conftest import Flight
from tests.loopback.pilot import Cockpit


def completed(words: str, shell: str = "bash", environment: dict[str, str] | None = None) -> list[str]:
    """The values that the shell is given for the last word."""
    asked = {"_COCKPIT_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    if shell == "fish":
        asked["COMP_CWORD"] = words.rpartition(" ")[2]
    said = Cockpit({**(environment or {}), **asked}).ask().stdout
    return [line for line in said.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cockpit st", ["plain,status", "plain,stop"]),
        ("cockpit status ", ["plain,here-1"]),
        ("cockpit go here-1 ", ["plain,go"]),
        ("cockpit tick here-1 ", ["plain,disk-space", "plain,tests-passed"]),
        ("cockpit output here-1 ", ["plain,hello", "plain,bye", "plain,undo", "plain,proof"]),
        ("cockpit output here-1 hello ", ["plain,here"]),
        ("cockpit retry here-1 hello --host ", ["plain,here"]),
        ("cockpit sign here-1 go yes --role ", ["plain,captain"]),
        ("cockpit sign here-1 go y", ["plain,yes"]),
        ("cockpit go no-such-release ", []),
    ],
)
def test_names_are_completed(there: Flight, words: str, found: list[str]) -> None:
    assert completed(words, environment=dict(there.cockpit.environment)) == found


def test_zsh_and_fish_complete_too(there: Flight) -> None:
    environment = dict(there.cockpit.environment)
    assert completed("cockpit status ", "zsh", environment) == ["plain", "here-1", "_"]
    assert completed("cockpit status ", "fish", environment) == ["plain,here-1"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_for_the_shell_is_given(shell: str) -> None:
    assert "_COCKPIT_COMPLETE" in Cockpit({"_COCKPIT_COMPLETE": f"{shell}_source"}).ask().stdout


def test_playbooks_are_completed_through_the_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("playbooks/shop.yaml", "playbooks/orders.yml", "playbooks/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert playbooks_at("pl") == ["playbooks/orders.yml", "playbooks/shop.yaml"]


def test_folder_that_cannot_be_read_is_left_to_the_shell() -> None:
    assert completed("cockpit plan /no/such/") == ["file,/no/such/"]
    assert not os.path.exists("/no/such/")  # noqa: PTH110
