"""A host of a rehearsal: its folder, what it is known by, and its SSH server."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import asyncssh

from cockpit.rehearsal.real.files import make_folder, write
from cockpit.rehearsal.real.program import Program
from cockpit.rehearsal.real.session import REAL_BOOT_ID, Session

ADDRESS: Final = "127.0.0.1"
KIND: Final = "ssh-ed25519"
PATH: Final = "/usr/bin:/bin"
HOME: Final = "home"
BOOT: Final = "boot"


class Host:
    """A host by its name, all below `folder`, which a later object of the same folder finds as it was.

    `down` says that it takes no connections, `full` that its disk is; what is sent to it comes `pause` seconds late.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.home = make_folder(folder / HOME)
        self.environment: Mapping[str, str] = environment_of(self.home)
        self.key = kept_key(folder / "host_key")
        self.pause = 0.0
        self.full = False
        self.programs: set[Program] = set()
        self.starting: set[asyncio.Task[None]] = set()
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._acceptor: asyncssh.SSHAcceptor | None = None
        if self._restarted():
            self.restart()

    @property
    def down(self) -> bool:
        """Whether it takes no connections."""
        return self._acceptor is None

    @property
    def port(self) -> int:
        """Where it listens, another one each time; a port where nobody can listen while it is down."""
        return self._acceptor.get_port() if self._acceptor else 1

    async def listen(self, client: asyncssh.SSHKey) -> None:
        """Take connections, on loopback alone, from whoever holds this key."""
        if self._acceptor is None:
            self._acceptor = await asyncssh.listen(
                ADDRESS,
                0,
                server_factory=lambda: Door(self, self._connections, client.convert_to_public()),
                server_host_keys=[self.key],
                kex_algs=["curve25519-sha256"],
                encryption_algs=["aes128-gcm@openssh.com"],
                compression_algs=None,
                gss_host=None,
                allow_pty=False,
                line_editor=False,
                x11_forwarding=False,
                agent_forwarding=False,
                encoding=None,
            )

    def deafen(self) -> None:
        """Take no more connections; those that are open stay."""
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None

    def cut(self) -> list[asyncssh.SSHServerConnection]:
        """Drop every connection, without a word to the other end; commands go on."""
        dropped = list(self._connections)
        for connection in dropped:
            connection.abort()
        return dropped

    def fill(self, *, full: bool) -> None:
        """Let nothing more be written there; what runs already is not met."""
        self.full = full
        for program in self.programs:
            program.limit(full=full)

    def restart(self) -> None:
        """Be booted anew, as the boot id has it."""
        write(self.folder / BOOT, f"{uuid.uuid4()}\n{_booted()}".encode())

    def _restarted(self) -> bool:
        """Whether it was never booted, or the machine that it is on was restarted since."""
        try:
            return (self.folder / BOOT).read_text().partition("\n")[2] != _booted()
        except FileNotFoundError:
            return True


class Door(asyncssh.SSHServer):
    """Lets in who holds the one key, and gives nothing but sessions."""

    def __init__(self, host: Host, connections: set[asyncssh.SSHServerConnection], client: asyncssh.SSHKey) -> None:
        self._host, self._connections, self._client = host, connections, client
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody knocks."""
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """And is gone."""
        del exc
        if self._connection is not None:
            self._connections.discard(self._connection)

    def public_key_auth_supported(self) -> bool:
        """The only way in."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether it is the one key."""
        del username
        return key == self._client

    def session_requested(self) -> Session:
        """A channel for a command."""
        return Session(self._host)


def environment_of(home: Path) -> Mapping[str, str]:
    """All that a process on a host knows of where it is."""
    return {"HOME": str(home), "PATH": PATH, "LANG": "C.UTF-8"}


def kept_key(path: Path) -> asyncssh.SSHKey:
    """The key in this file, made if there is none."""
    if not path.exists():
        write(path, asyncssh.generate_private_key(KIND).export_private_key())
    return asyncssh.read_private_key(path)


def _booted() -> str:
    try:
        return Path(REAL_BOOT_ID).read_text().strip()
    except OSError:
        return ""
