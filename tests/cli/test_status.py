"""Where releases stand."""

from __future__ import annotations

import json
import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.books import HERE, write
from tests.cli.conftest import Flight, Say
from tests.conftest import Home
from tests.journal.tmpfs import fill, mounted
from tests.loopback.waiting import wait_until

PROMISED = {
    *("release", "playbook", "digest", "mode", "state", "step", "captain", "waiting_for", "verdicts"),
    *("started_at", "ended_at"),
}
LOGIN = pwd.getpwuid(os.geteuid()).pw_name


def test_json_has_what_is_promised(waiting: Flight) -> None:
    status = json.loads(waiting.ask("status", waiting.release, "--format", "json"))
    assert status.keys() >= PROMISED
    assert (status["mode"], status["state"], status["step"], status["captain"]) == ("live", "waiting", "ready", LOGIN)
    assert (status["started_at"].endswith("Z"), status["ended_at"]) == (True, None)


def test_what_is_waited_for_says_from_whom(waiting: Flight) -> None:
    status = json.loads(waiting.ask("status", waiting.release, "--format", "json"))
    assert [(entry["what"], entry["item"], entry["from"]) for entry in status["waiting_for"]] == [
        ("item", "disk-space", [LOGIN]),
        ("item", "tests-passed", [LOGIN]),
    ]


def test_text_gives_the_command_that_answers(waiting: Flight) -> None:
    lines = waiting.ask("status", waiting.release).splitlines()
    assert lines[0] == f"here-1  ◆ waiting at ready  LIVE  {LOGIN} drives"
    assert lines[-4:] == [
        f"    {LOGIN}: tick in Ready: Disk space",
        "      cockpit tick here-1 disk-space --evidence TEXT",
        f"    {LOGIN}: tick in Ready: Tests passed",
        "      cockpit tick here-1 tests-passed --evidence TEXT",
    ]


def test_list_has_a_line_a_release(waiting: Flight) -> None:
    (line,) = waiting.ask("status").splitlines()
    assert line.startswith("here-1  ◆ waiting  LIVE  ready  20")
    assert line.endswith(f"{LOGIN}: tick in Ready: Disk space (and 1 more)")


def test_list_of_json_is_a_list(waiting: Flight) -> None:
    assert [each["release"] for each in json.loads(waiting.ask("status", "--format", "json"))] == ["here-1"]


WATCHED = """\
playbook: watched
roles: {captain: ['{{ login }}']}
metrics:
  load: {command: 'echo 7', on: here, unit: '%', every: 300ms, no_data: hold}
rules:
  high: {metric: load, bad: above 5%}
  low: {metric: load, bad: below 5%}
phases:
  - phase: only
    steps: [{id: go, gate: Go}]
"""


def test_verdict_of_every_rule_is_told(flight: Flight) -> None:
    flight.start(text=WATCHED)
    wait_until(lambda: verdicts(flight) == {"high": "failing", "low": "passing"}, "both are judged", 30)
    shown = flight.ask("status", flight.release)
    assert [line.split() for line in shown.splitlines() if "bad" in line] == [
        ["high", "✖", "failing", "7", "%", "bad", "above", "5%"],
        ["low", "✔", "passing", "7", "%", "bad", "below", "5%"],
    ]


def verdicts(flight: Flight) -> dict[str, str | None]:
    found = json.loads(flight.ask("status", flight.release, "--format", "json"))["verdicts"]
    assert isinstance(found, dict)
    return found


@pytest.fixture
def full(done: Flight, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flight]:
    """The release that is done, on a disk without any room."""
    with mounted(home.state / "small", megabytes=12) as disk:
        shutil.copytree(done.folder / "state" / "cockpit", disk / "cockpit", ignore=shutil.ignore_patterns("socket*"))
        monkeypatch.setenv("XDG_STATE_HOME", str(disk))
        fill(disk)
        yield done


def test_full_disk_is_said_and_hides_nothing(full: Flight, say: Say) -> None:
    status = json.loads(say("status", full.release, "--format", "json").out)
    assert (status["state"], status["disk"]) == ("closed", "full")
    assert "disk      ✖ full: what is left of" in say("status", full.release).out


def test_full_disk_starts_no_release_and_keeps_its_name_free(full: Flight, say: Say, home: Home) -> None:
    said = say("run", str(write(home.user, HERE)), "--release", "here-9", "--headless")
    assert said.code in (1, 2)
    assert "here-9" not in say("status").out
    (Path(os.environ["XDG_STATE_HOME"]) / "ballast").unlink()
    assert not (Path(os.environ["XDG_STATE_HOME"]) / "cockpit/releases/here-9/journal.db").exists()


def test_closed_release_needs_no_engine(there: Flight, say: Say) -> None:
    status = json.loads(say("status", there.release, "--format", "json").out)
    assert (status["state"], status["engine"], status["waiting_for"]) == ("closed", "gone", [])


def test_broken_journal_is_named_and_the_others_are_listed(home: Home, say: Say, done: Flight) -> None:
    releases = home.state / "cockpit" / "releases"
    for name in ("bad-1", "empty-1", "good-1"):
        (releases / name).mkdir(parents=True, mode=0o700)
    (releases / "bad-1" / "journal.db").write_bytes(b"no journal at all")
    (releases / "empty-1" / "journal.db").touch()
    good = done.folder / "state" / "cockpit" / "releases" / "here-1" / "journal.db"
    (releases / "good-1" / "journal.db").write_bytes(good.read_bytes())
    said = say("status")
    assert (said.code, len(said.out.splitlines()), said.out.startswith("here-1  □ closed")) == (1, 1, True)
    assert ("cockpit: bad-1: " in said.err, "cockpit: empty-1: " in said.err) == (True, True)


def test_no_releases_are_no_error(say: Say) -> None:
    said = say("status")
    assert (said.code, said.out, said.err) == (0, "", "no releases yet; `cockpit run` starts one\n")


def test_unknown_release_names_those_there_are(there: Flight, say: Say) -> None:
    said = say("status", "here-2")
    assert (said.code, "hint: there are here-1" in said.err) == (2, True)


@pytest.mark.parametrize("command", ["status", "log", "verify"])
def test_folder_that_others_may_read_is_refused(home: Home, say: Say, command: str) -> None:
    folder = home.state / "cockpit" / "releases" / "open-1"
    folder.mkdir(parents=True)
    (folder / "journal.db").touch()
    folder.chmod(0o755)
    assert say(command, "open-1").code == 3


def test_text_holds_no_control_characters(done: Flight) -> None:
    assert all(line.isprintable() for line in done.ask("status", "here-1").splitlines())
    assert Path(done.folder).exists()
