"""The quickstart's service, at work on the hosts of a fleet."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final, Self

import httpx

from tests.loopback.fleet import Fleet
from tests.loopback.keeper import ROOT
from tests.loopback.sshd import Host, program

SOURCES: Final = ROOT / "playbooks" / "quickstart"
VERSIONS: Final = ("1.0.0", "1.1.0", "1.2.0")
PORT: Final = 8700
ORDERS: Final = ("a kite", "two balls of string", "a map of the harbour")


class Service:
    """A git repository (`origin`) with a tag for each version, cloned as `~/app` on each host.

    Entering starts the first version on every host, with three orders in its data. Leaving stops it.
    """

    def __init__(self, fleet: Fleet, port: int = PORT) -> None:
        self.fleet, self.port = fleet, port
        self.origin = fleet.folder / "origin"

    def __enter__(self) -> Self:
        self._publish(VERSIONS[0])
        for host in self.fleet.values():
            self._install(host)
        for version in VERSIONS[1:]:
            self._publish(version)
        return self

    def __exit__(self, *_: object) -> None:
        for host in self.fleet.values():
            command_line = [str(host.home / "app" / "service"), "stop"]
            subprocess.run(command_line, check=True, capture_output=True, env=os.environ | {"HOME": str(host.home)})

    def url(self, name: str, path: str = "/health") -> str:
        """Where a host answers."""
        return f"http://{self.fleet[name].address}:{self.port}{path}"

    def get(self, name: str, path: str = "/health") -> Any:
        """What a host answers, decoded from JSON. Raises httpx.TransportError when it does not."""
        return httpx.get(self.url(name, path), timeout=5, trust_env=False).raise_for_status().json()

    def add_order(self, name: str, item: str) -> None:
        """Order an item from a host."""
        httpx.post(self.url(name, "/orders"), content=item, timeout=5, trust_env=False).raise_for_status()

    def control(self, name: str, command: str) -> subprocess.CompletedProcess[str]:
        """Run `./service COMMAND` on a host, over SSH."""
        return self.fleet.ssh(name, f"cd app && ./service {command}")

    def _publish(self, version: str) -> None:
        if not self.origin.exists():
            git("init", "--quiet", "--initial-branch", "main", str(self.origin))
        # Times of change are not copied: git takes a file of the same size and time for unchanged.
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(SOURCES / version, self.origin, dirs_exist_ok=True, ignore=ignored, copy_function=shutil.copy)
        (self.origin / "service").chmod(0o755)
        git("add", ".", folder=self.origin)
        git("commit", "--quiet", "--message", f"Version {version}", folder=self.origin)
        git("tag", version, folder=self.origin)

    def _install(self, host: Host) -> None:
        quietly = ["--quiet", "--config", "advice.detachedHead=false"]
        git("clone", *quietly, "--branch", VERSIONS[0], str(self.origin), str(host.home / "app"))
        (host.home / "service.conf").write_text(f"address={host.address}\nport={self.port}\n")
        started = self.control(host.name, "start")
        if started.returncode != 0:
            raise RuntimeError(f"the service does not start on {host.name}: {started.stderr}")
        for item in ORDERS:
            self.add_order(host.name, item)


def git(*arguments: str, folder: Path | None = None) -> None:
    """Run git as nobody in particular, whatever this user has configured."""
    person = {"GIT_AUTHOR_NAME": "Quickstart", "GIT_AUTHOR_EMAIL": "quickstart@example.invalid"}
    person |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in person.items()}
    unconfigured = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run([program("git"), *arguments], check=True, cwd=folder, env=clean | person | unconfigured)
