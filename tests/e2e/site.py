"""Where a release takes place: three hosts with the quickstart's service and its customers, and what happened there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENXIO
from pathlib import Path
from typing import Any, Final

from cockpit.cli.common import login
from cockpit.playbook import load
from cockpit.playbook.plan import Run
from tests.loopback import processes
from tests.loopback.fleet import Fleet
from tests.loopback.keeper import ROOT
from tests.loopback.pilot import Cockpit
from tests.loopback.service import Service
from tests.loopback.waiting import wait_until

PLAYBOOK: Final = ROOT / "playbooks" / "quickstart.yaml"
HURRIED: Final = "quickstart.yaml"
"""The same with shorter periods, in the folder that every command is run in."""
SHORTER: Final = {
    "wait: 10s": "wait: 4s",
    "samples: 5": "samples: 3",
    "value: 20": "value: 5",
    "for: 30s": "for: 4s",
    "for: 20s": "for: 3s",
}
RELEASE: Final = "orders-1.1.0"
RUN: Final = ("run", HURRIED, "--release", RELEASE, "-p", "version=1.1.0", "-p", "previous=1.0.0")
PLAN: Final = load.plan(PLAYBOOK, {"version": "1.1.0", "previous": "1.0.0"}, login())
STEPS: Final = {step.id: step for step in (*PLAN.steps, *(PLAN.rollback or ()))}

HOOK: Final = """\
#!/bin/sh
cat VERSION >>"$HOME/checkouts"
[ ! -p "$HOME/pause" ] || read -r _ <"$HOME/pause"
"""


@dataclass(frozen=True)
class Site:
    """The hosts and the service on them; `cockpit` runs the command line. The hosts write each checkout down."""

    fleet: Fleet
    service: Service
    cockpit: Cockpit
    release: str = RELEASE

    def command(self, *arguments: str) -> list[str]:
        """A command line for a terminal."""
        return self.cockpit.command(*arguments)

    def serve(self) -> dict[str, Any]:
        """What each host answers to `/health`."""
        return {name: self.service.get(name) for name in self.fleet}

    def versions(self) -> list[str]:
        """What each host serves, in order."""
        return [health["version"] for health in self.serve().values()]

    def orders(self) -> dict[str, Any]:
        """The data of each host."""
        return {name: self.service.get(name, "/orders") for name in self.fleet}

    def checkouts(self) -> dict[str, list[str]]:
        """The versions that were checked out on each host, as the host wrote them down."""
        records = {name: host.home / "checkouts" for name, host in self.fleet.items()}
        return {name: path.read_text().split() if path.exists() else [] for name, path in records.items()}

    def claims(self) -> dict[str, set[str]]:
        """The attempts that each host knows."""
        return {
            name: {path.name for path in host.home.glob(".cockpit/releases/*/claims/*")}
            for name, host in self.fleet.items()
        }

    def traces(self) -> list[Path]:
        """What the cockpit has left on the hosts: run folders and locks."""
        return [path for host in self.fleet.values() for path in host.home.glob(".cockpit/**/*")]

    def log(self, kind: str) -> list[dict[str, Any]]:
        """The journal's events of a kind, such as `attempt-started`."""
        said = self.cockpit.ask("log", self.release, "--format", "json")
        events = [json.loads(line)["event"] for line in said.stdout.splitlines()]
        return [event for event in events if event["event"] == kind]

    def assert_once(self, *versions: str) -> None:
        """No command ran twice: the hosts' own record, the claims on them and the journal agree on that."""
        assert self.checkouts() == {name: list(versions) for name in self.fleet}
        tries = [event for event in self.log("attempt-started") if is_command(event)]
        assert len({(event["step"], event["host"]) for event in tries}) == len(tries)
        journaled = {name: {event["id"] for event in tries if event["host"] == name} for name in self.fleet}
        assert journaled == self.claims()

    def kill_engine(self, *, with_parent: bool = False) -> None:
        """Kill the engine, after its supervisor where that is asked for."""
        engine = processes.look(self.log("engine-started")[-1]["pid"])
        assert engine is not None
        parent = processes.look(engine.parent)
        assert parent is not None
        processes.kill([parent, engine] if with_parent else [engine])

    def status(self) -> dict[str, Any]:
        """Where the release stands."""
        found = self.cockpit.status(self.release)
        assert found is not None, "cockpit status says nothing"
        return dict(found)

    @contextmanager
    def paused(self, name: str) -> Iterator[Pause]:
        """Let the next checkout on a host wait in the middle until it is told to go on, at the latest at the end."""
        fifo = self.fleet[name].home / "pause"
        os.mkfifo(fifo)
        pause = Pause(name, fifo)
        try:
            yield pause
        finally:
            pause.end()


def playbook(other: Mapping[str, str]) -> str:
    """The quickstart with other words here and there, each of which it has."""
    text = PLAYBOOK.read_text()
    for word, instead in other.items():
        assert word in text, word
        text = text.replace(word, instead)
    return text


class Pause:
    """A command on a host that waits for a line."""

    def __init__(self, name: str, fifo: Path) -> None:
        self._name = name
        self._fifo = fifo
        self._descriptor = -1

    def reached(self) -> None:
        """Wait until the command is there."""
        wait_until(self._open, f"a checkout on {self._name} is in the middle", 60)

    def _open(self) -> bool:
        try:
            self._descriptor = os.open(self._fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != ENXIO:
                raise
            return False
        return True

    def end(self) -> None:
        """Let it go on, and hold no other."""
        self._fifo.unlink(missing_ok=True)
        if self._descriptor >= 0:
            os.write(self._descriptor, b"go on\n")
            os.close(self._descriptor)
            self._descriptor = -1


def write_hooks(fleet: Fleet) -> None:
    """Have every host write its checkouts down."""
    for host in fleet.values():
        hook = host.home / "app" / ".git" / "hooks" / "post-checkout"
        hook.write_text(HOOK)
        hook.chmod(0o700)


def is_command(event: dict[str, Any]) -> bool:
    """Whether the attempt that started is that of a command on a host, and not a check or a request."""
    return event["part"] == "run" and isinstance(STEPS[event["step"]], Run)
