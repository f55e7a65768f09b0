"""A journal that breaks while its machine is down: rolled back by the command line, in a new journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Home
from tests.journal.damage import flip
from tests.loopback import processes
from tests.loopback.fleet import Fleet
from tests.loopback.pilot import Cockpit
from tests.loopback.waiting import wait_until

RELEASE = "shop-2"
BOOK = """\
playbook: shop
title: Shop
roles: {captain: {people: ['{{ login }}']}}
hosts: {web: 'web-[1:2]'}
phases:
  - phase: main
    steps:
      - {id: deploy, on: web, run: 'echo deploy >> ~/ran; echo deployed'}
      - {id: look, do: Look at it}
      - {id: migrate, on: web-1, run: 'echo migrate >> ~/ran; until test -e ~/go; do sleep 0.05; done'}
rollback:
  steps:
    - {id: undo, on: web, when: deploy.passed, run: 'echo undo >> ~/ran'}
"""


@pytest.fixture
def web(hosts: Callable[..., Fleet], home: Home) -> Fleet:
    fleet = hosts(["web-1", "web-2"], ["dash", "busybox ash"])
    folder = home.config / "cockpit"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text(f'ssh_config = "{fleet.ssh_config}"\n')
    (home.user / "shop.yaml").write_text(BOOK)
    return fleet


@pytest.fixture
def cockpit(web: Fleet, home: Home) -> Cockpit:
    """With the release in the middle of its migration, and no engine any more."""
    cockpit = Cockpit({})
    follower = cockpit.open("run", str(home.user / "shop.yaml"), "--release", RELEASE, "--headless")
    wait_until(lambda: waits_for(cockpit) == ["step"], "it waits for a person", 60)
    assert cockpit.ask("done", RELEASE, "look").returncode == 0
    wait_until(lambda: ran(web)["web-1"] == ["deploy", "migrate"], "it migrates", 60)
    wait_until(lambda: bool(events(cockpit, "attempt-started")), "that is recorded", 60)
    engine = processes.look(events(cockpit, "engine-started")[-1]["event"]["pid"])
    assert engine is not None
    parent = processes.look(engine.parent)
    assert parent is not None
    processes.kill([parent, engine])
    follower.terminate()
    follower.wait(10)
    return cockpit


def waits_for(cockpit: Cockpit) -> list[str]:
    status = cockpit.status(RELEASE)
    return [entry["what"] for entry in status["waiting_for"]] if status else []


def events(cockpit: Cockpit, kind: str) -> list[dict[str, Any]]:
    said = cockpit.ask("log", RELEASE, "--format", "json")
    records = [json.loads(line) for line in said.stdout.splitlines()]
    return [record for record in records if record["event"]["event"] == kind]


def ran(web: Fleet) -> dict[str, list[str]]:
    paths = {name: host.home / "ran" for name, host in web.items()}
    return {name: path.read_text().split() if path.exists() else [] for name, path in paths.items()}


def folder(home: Home) -> Path:
    return home.state / "cockpit" / "releases" / RELEASE


@pytest.fixture
def bad(cockpit: Cockpit, home: Home) -> int:
    """The number of the event that was damaged: that a person had looked."""
    found = events(cockpit, "step-done")[-1]["seq"]
    assert isinstance(found, int)
    flip(folder(home) / "journal.db", found)
    return found


def test_broken_journal_is_named_by_every_command(cockpit: Cockpit, bad: int) -> None:
    said = cockpit.ask("verify", RELEASE, "--format", "json")
    assert (said.returncode, json.loads(said.stdout)["first_bad"]) == (1, bad)
    for words in (("status",), ("attach",), ("hold",), ("abort",), ("rollback", "--confirm", RELEASE), ("log",)):
        said = cockpit.ask(words[0], RELEASE, *words[1:])
        assert said.returncode == 1, words
        assert f"event {bad} does not fit its hash" in said.stderr, words
        assert f"cockpit rollback {RELEASE} --in-new-journal --note" in said.stderr, words


def test_release_is_rolled_back_in_a_new_journal(cockpit: Cockpit, bad: int, web: Fleet, home: Home) -> None:
    before = hashlib.sha256((folder(home) / "journal.db").read_bytes()).hexdigest()
    said = cockpit.ask("rollback", RELEASE, "--in-new-journal", "--confirm", RELEASE, "--note", "a bad disk")
    assert said.returncode == 0, said.stderr
    assert f"journal.db is broken at event {bad}" in said.stderr
    wait_until(lambda: (cockpit.status(RELEASE) or {})["state"] == "rolled_back", "it is rolled back", 60)
    assert ran(web) == {"web-1": ["deploy", "migrate", "undo"], "web-2": ["deploy", "undo"]}
    assert f"continues journal.db, broken at event {bad}" in cockpit.ask("status", RELEASE).stdout
    verified = cockpit.ask("verify", RELEASE)
    assert verified.returncode == 0
    assert f"it continues journal.db, which is broken at event {bad}" in verified.stdout
    assert f"continues journal.db, which is broken at event {bad}" in cockpit.ask("log", RELEASE).stdout
    assert cockpit.ask("output", RELEASE, "deploy", "web-1").stdout == "deployed\n"
    assert cockpit.ask("attach", RELEASE).returncode == 5
    assert cockpit.ask("close", RELEASE).returncode == 0
    wait_until(lambda: not any((host.home / ".cockpit").exists() for host in web.values()), "hosts are clean", 60)
    assert hashlib.sha256((folder(home) / "journal.db").read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("--confirm", RELEASE), 3, "needs a note"),
        (("--note", "why"), 3, f"--confirm {RELEASE}"),
    ],
)
def test_rolling_back_in_a_new_journal_asks_for_name_and_note(
    cockpit: Cockpit, bad: int, home: Home, words: tuple[str, ...], code: int, reason: str
) -> None:
    said = cockpit.ask("rollback", RELEASE, "--in-new-journal", *words)
    assert (said.returncode, reason in said.stderr) == (code, True)
    assert not (folder(home) / "journal-2.db").exists()
