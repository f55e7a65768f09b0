"""The hosts of `make fly`, served without the cockpit."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.loopback.fleet import some_network
from tests.loopback.keeper import ROOT
from tests.loopback.processes import living_in
from tests.loopback.waiting import wait_until


@dataclass(frozen=True)
class Served:
    """A running `--serve`: its process, its folder and what it has said until it was ready."""

    process: subprocess.Popen[str]
    folder: Path
    lines: list[str]


def command(folder: Path) -> list[str]:
    network = ["--network", some_network()]
    return [sys.executable, "-m", "tests.loopback.fly", "--serve", "--folder", str(folder), *network]


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    with subprocess.Popen(command(folder), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Served(process, folder, [process.stdout.readline() for _ in range(5)])
        process.kill()


@pytest.fixture(scope="module")
def served(ground: Path) -> Iterator[Served]:
    with serving(ground / "fly") as running:
        yield running


def test_environment_is_exported(served: Served) -> None:
    assert served.lines[:2] == [
        f"export XDG_STATE_HOME={served.folder}/state\n",
        f"export XDG_CONFIG_HOME={served.folder}/config\n",
    ]


def test_hosts_serve_the_first_version(served: Served) -> None:
    urls = [word for line in served.lines[2:] for word in line.split() if word.startswith("http")]
    assert [httpx.get(url, trust_env=False).json()["version"] for url in urls] == ["1.0.0"] * 3


def test_settings_name_the_ssh_config(served: Served) -> None:
    settings = tomllib.loads((served.folder / "config" / "cockpit" / "settings.toml").read_text())
    assert Path(settings["ssh_config"]).read_text().startswith("Host web-1\n")


def test_command_for_other_terminals_has_the_state_of_the_flight(served: Served) -> None:
    said = subprocess.run([served.folder / "cockpit", "status", "x"], check=False, capture_output=True, text=True)
    assert (said.returncode, str(served.folder / "state") in said.stderr) == (2, True)


def test_second_one_is_kept_out(served: Served) -> None:
    again = command(served.folder)
    second = subprocess.run(again, check=False, cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert (second.returncode, "another one is flying" in second.stderr) == (1, True)


def test_interrupt_ends_everything(ground: Path) -> None:
    (ground / "interrupted").mkdir()
    with serving(ground / "interrupted" / "fly") as running:
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 130
        assert living_in(running.folder) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_outlives_an_interrupted_flight(ground: Path, number: signal.Signals) -> None:
    folder = ground / f"flight-{number.name}"
    folder.mkdir()
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    words = [word for word in command(folder / "fly") if word != "--serve"]
    with subprocess.Popen(words, cwd=ROOT, stdin=null, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert next(line for line in process.stdout if line.startswith("$ cockpit tick"))
        assert len(living_in(folder)) > 5  # hosts, services, engine, supervisor
        process.send_signal(number)
        process.wait(30)
    wait_until(lambda: living_in(folder) == [], "nothing of the flight goes on", 30)
