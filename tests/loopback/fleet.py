"""Several hosts, and the ssh_config by which they are reached."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from secrets import randbelow
from typing import Final, Self

from tests.loopback.keeper import Keeper
from tests.loopback.sshd import Host, Shell, make_key, program

NAMES: Final = ("web-1", "web-2", "web-3")
SHELLS: Final[tuple[Shell, ...]] = ("dash", "busybox ash", "bash")
FIRST: Final = 11

CONFIG: Final = """\
Host {name}
  HostName {address}
  Port {port}
  User {user}
  IdentityFile {folder}/client_key
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
  StrictHostKeyChecking yes

"""


class Fleet(Mapping[str, Host]):
    """Hosts by name, all below `folder`, each with an address of its own in `network` (such as "127.1.2").

    Entering starts them. Leaving ends them and whatever runs in their HOME folders; so does the end of this process.
    """

    def __init__(
        self,
        folder: Path,
        names: Sequence[str] = NAMES,
        shells: Sequence[Shell] = SHELLS,
        network: str | None = None,
    ) -> None:
        self.folder = folder
        self.ssh_config = folder / "ssh_config"
        self.known_hosts = folder / "known_hosts"
        self.client_key = folder / "client_key"
        self.user = pwd.getpwuid(os.getuid()).pw_name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_key(self.client_key, "captain")
        self._hosts = self._make_hosts(names, shells, network or some_network())
        self._write_client_files()
        self._keeper: Keeper | None = None

    def __getitem__(self, name: str) -> Host:
        return self._hosts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._hosts)

    def __len__(self) -> int:
        return len(self._hosts)

    def __enter__(self) -> Self:
        self._keeper = Keeper(self.folder)
        for host in self.values():
            host.start()
        return self

    def __exit__(self, *_: object) -> None:
        for host in self.values():
            host.kill()
        if self._keeper is not None:
            self._keeper.close()

    def client(self, name: str, command: str) -> list[str]:
        """The argument list of OpenSSH's client that runs a command on a host."""
        return [program("ssh"), "-F", str(self.ssh_config), "-o", "BatchMode=yes", name, command]

    def ssh(self, name: str, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command on a host, for at most a minute, whatever its exit status."""
        return subprocess.run(self.client(name, command), check=False, capture_output=True, text=True, timeout=60)

    def write_known_hosts(self) -> None:
        """Trust the key that each host has now."""
        self.known_hosts.write_text("".join(f"{host.key_line}\n" for host in self.values()))

    def _make_hosts(self, names: Sequence[str], shells: Sequence[Shell], network: str) -> dict[str, Host]:
        key = self.client_key.with_suffix(".pub").read_text().strip()
        return {
            name: Host(self.folder / name, name, f"{network}.{FIRST + index}", shells[index % len(shells)], key)
            for index, name in enumerate(names)
        }

    def _write_client_files(self) -> None:
        self.write_known_hosts()
        sections = [
            CONFIG.format(name=host.name, address=host.address, port=host.port, user=self.user, folder=self.folder)
            for host in self.values()
        ]
        self.ssh_config.write_text("".join(sections))


def some_network() -> str:
    """Three numbers of 127.0.0.0/8, so that fleets side by side can serve the same ports."""
    return f"127.{1 + randbelow(254)}.{1 + randbelow(254)}"
