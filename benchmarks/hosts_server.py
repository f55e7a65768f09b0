"""One OpenSSH server that stands for many hosts, each a name of its own in ssh_config."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.loopback import processes
from tests.loopback.sshd import RUN_FOLDER, free_port, is_free, make_key, program
from tests.loopback.waiting import wait_until

ADDRESS: Final = "127.0.0.1"
SHARED: Final = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
SERVER: Final = """\
ListenAddress {address}:{port}
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/client_key.pub
AuthenticationMethods publickey
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
UseDNS no
MaxStartups 2000
MaxSessions 100
LogLevel ERROR
SetEnv "HOME={folder}/home"
"""
CLIENT: Final = """\
Host {prefix}*
  HostName {address}
  Port {port}
  User {user}
  IdentityFile {folder}/client_key
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
"""


class Server:
    """An sshd below `folder` with one HOME; every name that begins with `app-` leads to it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.home, self.port = folder, folder / "home", port
        self.client_key, self.known_hosts, self.config = (
            folder / "client_key",
            folder / "known_hosts",
            folder / "config",
        )
        self.user = getpass.getuser()

    @classmethod
    def make(cls, folder: Path) -> Server:
        """Set one up."""
        made = cls(folder, free_port(ADDRESS))
        made.home.mkdir(mode=0o700)
        make_key(made.client_key, "benchmark")
        make_key(folder / "host_key", "host")
        values = {"folder": folder, "address": ADDRESS, "port": made.port, "user": made.user, "prefix": "app-"}
        (folder / "sshd_config").write_text(SERVER.format(**values))
        made.config.write_text(CLIENT.format(**values))
        kind, key = (folder / "host_key.pub").read_text().split()[:2]
        made.known_hosts.write_text(f"[{ADDRESS}]:{made.port} {kind} {key}\n")
        return made

    @classmethod
    def at(cls, folder: Path) -> Server:
        """The one that another process has set up there."""
        line = (folder / "known_hosts").read_text()
        return cls(folder, int(line.partition("]:")[2].split()[0]))

    @staticmethod
    def names(count: int) -> list[str]:
        """So many hosts."""
        return [f"app-{number:04}" for number in range(count)]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listen, and end with every session."""
        if os.geteuid() == 0:
            RUN_FOLDER.mkdir(mode=0o755, exist_ok=True)
        listener = subprocess.Popen(
            [program("sshd"), "-D", "-e", "-f", self.folder / "sshd_config"], stdin=subprocess.DEVNULL
        )
        try:
            wait_until(lambda: not is_free(ADDRESS, self.port), "the server listens")
            yield
        finally:
            processes.kill(processes.sessions_of([listener.pid]))
            listener.terminate()
            listener.wait()
            processes.sweep(self.folder)


@contextmanager
def server() -> Iterator[Server]:
    """A server in a folder of its own, which is removed: below BENCH_FOLDER, or in memory.

    On a disk that others delete files from, ext4 spends more on finding a free inode than all the rest takes.
    """
    memory = SHARED if os.access(SHARED, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="cockpit-bench-", dir=os.environ.get("BENCH_FOLDER", memory)))
    try:
        made = Server.make(folder)
        with made.running():
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
