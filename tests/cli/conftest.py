"""The command line in this process, and releases that real engines drive on this machine."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cockpit.cli.main import main
from cockpit.engine.place import Home, Place
from tests.cli.books import HERE, write
from tests.loopback.pilot import Cockpit, Pilot
from tests.loopback.waiting import wait_until

numbers = itertools.count(1)


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit status."""

    code: int
    out: str
    err: str


Say = Callable[..., Said]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run the command line here: `say("status", "shop-1")`."""

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["cockpit", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        found = capsys.readouterr()
        return Said(int(left.value.code or 0), found.out, found.err)

    return run


class Prompt(Cockpit):
    """The `cockpit` command, which must answer within a minute."""

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command_line = self.command(*arguments)
        environment = os.environ | self.environment
        return subprocess.run(command_line, check=False, capture_output=True, text=True, env=environment, timeout=240)


@dataclass(frozen=True)
class Flight:
    """A release on this machine, driven by the command of its own process."""

    cockpit: Cockpit
    release: str
    folder: Path

    def waits_for(self, what: str) -> None:
        """Until the release waits for such a thing."""
        wait_until(lambda: what in self.waiting(), f"{self.release} waits for {what}", 30)

    def waiting(self) -> list[str]:
        status = self.cockpit.status(self.release)
        return [entry["what"] for entry in status["waiting_for"]] if status else []

    def place(self, release: str) -> Place:
        """Where a release lies."""
        return Home(Path(self.cockpit.environment["XDG_STATE_HOME"]) / "cockpit" / "releases").place(release)

    def ask(self, *arguments: str) -> str:
        """Run a command that must succeed; its stdout."""
        done = self.cockpit.ask(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *params: str, text: str = HERE, until: str = "") -> None:
        """Begin the release, and let its follower go once it waits for that, or for anything."""
        book = write(self.folder, text)
        follower = self.cockpit.open("run", str(book), "--release", self.release, "--headless", *params)
        wait_until(lambda: any(until in ("", what) for what in self.waiting()), f"{self.release} waits", 30)
        follower.terminate()
        assert follower.wait(10) == 130


def following(flight: Flight, *arguments: str) -> subprocess.Popen[str]:
    """A follower of the release, which waits for its checklist."""
    command_line = flight.cockpit.command(*arguments)
    pipe = subprocess.PIPE
    environment = os.environ | flight.cockpit.environment
    follower = subprocess.Popen(command_line, env=environment, stdout=pipe, stderr=pipe, text=True)
    assert follower.stdout is not None
    assert any("ready started" in line for line in follower.stdout)
    return follower


def a_flight(ground: Path) -> Flight:
    """A place for a release of its own."""
    folder = ground / f"cli-{next(numbers)}"
    for path in (folder, folder / "home", folder / "state", folder / "config"):
        path.mkdir(mode=0o700)
    names = {"HOME": "home", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
    return Flight(Prompt({name: str(folder / where) for name, where in names.items()}), "here-1", folder)


@pytest.fixture
def flight(ground: Path) -> Flight:
    """A release that is not begun yet."""
    return a_flight(ground)


@pytest.fixture(scope="session")
def waiting(ground: Path) -> Flight:
    """A release that waits for its checklist: to be looked at only."""
    made = a_flight(ground)
    made.start()
    return made


@pytest.fixture(scope="session")
def done(ground: Path) -> Flight:
    """A release that is done and closed."""
    made = a_flight(ground)
    book = write(made.folder, HERE)
    follower = made.cockpit.open("run", str(book), "--release", made.release, "--headless")
    assert Pilot(made.cockpit, made.release).fly(follower, 40) == 0
    made.ask("close", made.release)
    made.ask("log", made.release, "--follow")
    return made


@pytest.fixture
def there(done: Flight, monkeypatch: pytest.MonkeyPatch) -> Flight:
    """The release that is done, as this process sees it."""
    for name, value in done.cockpit.environment.items():
        monkeypatch.setenv(name, value)
    return done
