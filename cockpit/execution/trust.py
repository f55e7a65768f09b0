"""Host keys: known_hosts read once for all hosts, and why a key is not trusted. Nothing switches this off."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import asyncssh

from cockpit.execution.foreign import KNOWN_HOSTS_HINT, Meaning

USER_FILES: Final = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
SYSTEM_FILES: Final = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")

Found = tuple[Sequence[object], ...]


class KnownHosts:
    """Several known_hosts files as one, read again when one of them changes."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, ...], tuple[object, asyncssh.SSHKnownHosts]] = {}

    def of(self, files: Sequence[str]) -> asyncssh.SSHKnownHosts:
        """The keys in these files. A missing one has none; a line that cannot be read is passed over, as by ssh."""
        paths = tuple(os.path.expanduser(name) for name in files)  # noqa: PTH111  a str is the key
        stamp = tuple(map(_stamp, paths))
        known = self._read.get(paths)
        if known is None or known[0] != stamp:
            known = self._read[paths] = (stamp, _load(paths))
        return known[1]


class Gatekeeper(asyncssh.SSHClient):
    """Asked by asyncssh only about a key that is not trusted: remembers it, and refuses."""

    def __init__(self) -> None:
        self.presented: asyncssh.SSHKey | None = None
        self.connected = False

    def connection_made(self, _conn: asyncssh.SSHClientConnection) -> None:
        """The host is there; it has not said anything yet."""
        self.connected = True

    def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        """Never trusts."""
        self.presented = key
        return False

    def validate_host_ca_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        """Never trusts."""
        self.presented = key
        return False


def matcher(known: asyncssh.SSHKnownHosts) -> Callable[[str, str, int | None], Found]:
    """The keys of a host by its name alone, as ssh has it since 8.5: an address that another host had is no proof."""
    return lambda host, _, port: known.match(host, "", port)


def distrust(
    known: asyncssh.SSHKnownHosts, host: str, port: int, presented: asyncssh.SSHKey | None, error: Exception
) -> Meaning:
    """Why a host key is refused: revoked, another than known, or never seen; and what to do."""
    print_of = presented.get_fingerprint() if presented else "unknown"
    place = host if port == 22 else f"[{host}]:{port}"
    if "revoked" in str(error):
        return Meaning("its host key is revoked in known_hosts", "do not connect; ask who revoked it", final=True)
    keys, authorities = known.match(host, "", None if port == 22 else port)[:2]
    if keys:
        reason = f"its host key has CHANGED: it shows {print_of}, known_hosts has another for {place}"
        new = f"if the host was set up anew, {KNOWN_HOSTS_HINT}, then ssh-keygen -R '{place}' and add it"
        hint = f"somebody may be listening in; {new}"
        return Meaning(reason, hint, final=True)
    what = "certificate authority" if authorities else "host key"
    port_option = "" if port == 22 else f"-p {port} "
    hint = f"{KNOWN_HOSTS_HINT}, then ssh-keyscan {port_option}{host} >> ~/.ssh/known_hosts"
    return Meaning(f"its {what} {print_of} is not in known_hosts", hint, final=True)


def _load(paths: Sequence[str]) -> asyncssh.SSHKnownHosts:
    known = asyncssh.SSHKnownHosts()
    for path in paths:
        try:
            lines = Path(path).read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        for line in lines:
            try:
                known.load(line)
            except ValueError:
                continue
    return known


def _stamp(path: str) -> object:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
