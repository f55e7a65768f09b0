"""`make fly`: release the quickstart to three OpenSSH servers on this machine.

python -m tests.loopback.fly                    in a terminal, open the cockpit; without one, answer by the command line
python -m tests.loopback.fly --version 1.2.0    the same, with the version that is rolled back by itself
python -m tests.loopback.fly --serve            only serve the hosts, until interrupted
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from tests.loopback.fleet import FIRST, NAMES, SHELLS, Fleet, some_network
from tests.loopback.keeper import ROOT, Keeper
from tests.loopback.load import Load
from tests.loopback.pilot import ENDED, Cockpit, Pilot
from tests.loopback.processes import sweep
from tests.loopback.service import PORT, VERSIONS, Service
from tests.loopback.sshd import Shell, is_free

NETWORK: Final = "127.0.0"
SETTINGS: Final = 'ssh_config = "{}"\n'

WRAPPER: Final = """\
#!/bin/sh
# The cockpit with the state and the settings of make fly.
{exports}
exec {program} "$@"
"""


@dataclass(frozen=True)
class Ground:
    """The folder where it happens, with the hosts and their service at work for customers."""

    folder: Path
    fleet: Fleet
    service: Service

    @property
    def environment(self) -> dict[str, str]:
        return {"XDG_STATE_HOME": str(self.folder / "state"), "XDG_CONFIG_HOME": str(self.folder / "config")}

    @property
    def command(self) -> Path:
        """The cockpit, for other terminals."""
        return self.folder / "cockpit"

    def write_command(self) -> None:
        """Make `command`."""
        exports = "\n".join(f"export {name}={shlex.quote(value)}" for name, value in self.environment.items())
        self.command.write_text(WRAPPER.format(exports=exports, program=shlex.join(Cockpit({}).command())))
        self.command.chmod(0o700)


@contextmanager
def ground(folder: Path, network: str) -> Iterator[Ground]:
    """Build the folder anew and start everything in it; at the end nothing of it goes on."""
    with alone_in(folder.parent):
        sweep(folder)
        shutil.rmtree(folder, ignore_errors=True)
        settings = folder / "config" / "cockpit"
        for path in (folder, folder / "state", folder / "config", settings):
            path.mkdir(mode=0o700)
        keeper = Keeper(folder)
        try:
            hosts = Fleet(folder / "hosts", shells=shells(), network=network)
            with hosts as fleet, Service(fleet) as service, Load(service):
                (settings / "settings.toml").write_text(SETTINGS.format(fleet.ssh_config))
                where = Ground(folder, fleet, service)
                where.write_command()
                yield where
        finally:
            keeper.close()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep a second run out of the folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"another one is flying in {folder}")
    try:
        yield
    finally:
        os.close(descriptor)


def usual_network() -> str:
    """The usual addresses, or others where somebody serves on those."""
    usual = [f"{NETWORK}.{FIRST + index}" for index in range(len(NAMES))]
    return NETWORK if all(is_free(address, PORT) for address in usual) else some_network()


def shells() -> tuple[Shell, ...]:
    """The usual login shells, or those of them that are installed."""
    return SHELLS if shutil.which("busybox") else tuple(shell for shell in SHELLS if shell != "busybox ash")


def serve(where: Ground) -> int:
    """Say how to use the hosts, and wait to be interrupted."""
    for name, value in where.environment.items():
        print(f"export {name}={value}")
    show_versions(where)
    sys.stdout.flush()
    signal.pause()
    return 0


def fly(where: Ground, version: str) -> int:
    """Run the release to its end, and close it. Its outcome, as an exit status."""
    cockpit, release = Cockpit(where.environment), f"quickstart-{version}"
    params = ("-p", f"version={version}", "-p", f"previous={VERSIONS[0]}")
    start = ("run", str(ROOT / "playbooks" / "quickstart.yaml"), "--release", release, *params)
    if sys.stdin.isatty() and sys.stdout.isatty():
        outcome = by_hand(where, cockpit, release, start)
    else:
        outcome = Pilot(cockpit, release).fly(cockpit.open(*start, "--headless"))
    show_versions(where)
    close(cockpit, release)
    return outcome


def by_hand(where: Ground, cockpit: Cockpit, release: str, start: tuple[str, ...]) -> int:
    """Open the cockpit, and again as often as it is left before the release has ended."""
    outcome = cockpit.open(*start).wait()
    while (status := cockpit.status(release)) and status["state"] not in ENDED:
        print(f"{release} is {status['state']}. From another terminal: {where.command} attach {release}")
        if not goes_on():
            cockpit.ask("abort", release, "--note", "make fly was left")
            return 1
        outcome = cockpit.open("attach", release).wait()
    return outcome


def goes_on() -> bool:
    """Whether the person at the terminal wants to come back."""
    try:
        return input("Enter comes back to it, q ends it and its hosts: ").strip().lower() != "q"
    except EOFError:
        print()
        return False


def close(cockpit: Cockpit, release: str) -> None:
    """Say how the release has ended, and close it."""
    status = cockpit.status(release)
    if status is None:
        return
    print(f"{release} is {status['state'].replace('_', ' ')}")
    if status["state"] == "closed":
        return
    said = cockpit.ask("close", release, "--note", "make fly is over")
    print(said.stderr.strip(), file=sys.stderr)


def show_versions(where: Ground) -> None:
    """What each host serves now."""
    for name, host in where.fleet.items():
        try:
            says = where.service.get(name)
        except httpx.HTTPError as error:
            says = f"no answer: {error}"
        print(f"# {name} ({host.shell}) {where.service.url(name)} {says}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback.fly", description="Release the quickstart.")
    parser.add_argument("--version", choices=VERSIONS[1:], default=VERSIONS[1], help="what is released")
    parser.add_argument("--serve", action="store_true", help="only serve the hosts, until interrupted")
    parser.add_argument("--folder", type=Path, default=ROOT / ".fly", help="where it all happens; made anew")
    parser.add_argument("--network", help="the first three numbers of the hosts' addresses, such as 127.1.2")
    chosen = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # in its place among what the cockpit says
    try:
        with ground(chosen.folder.absolute(), chosen.network or usual_network()) as where:
            return serve(where) if chosen.serve else fly(where, chosen.version)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
