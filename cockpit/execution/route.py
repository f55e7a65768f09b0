"""The way to a host as ssh_config has it, and which of its options we do not follow."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import asyncssh
import msgspec
from asyncssh.config import SSHClientConfig

from cockpit.execution.keys import KeyRing
from cockpit.execution.settings import Limits, Login
from cockpit.execution.trust import SYSTEM_FILES, USER_FILES, Gatekeeper, KnownHosts, matcher

CIPHERS: Final = "^aes128-gcm@openssh.com,aes256-gcm@openssh.com"
"""First those that cost the client least: half of the processor time a connection."""

WEAKENING: Final = {"stricthostkeychecking", "checkhostip", "nohostauthenticationforlocalhost", "userknownhostsfile"}
HARMLESS: Final = frozenset(
    {
        *("addkeystoagent", "batchmode", "controlmaster", "controlpath", "controlpersist", "escapechar", "ipqos"),
        *("exitonforwardfailure", "fingerprinthash", "forwardx11", "forwardx11timeout", "hashknownhosts"),
        *("ignoreunknown", "loglevel", "numberofpasswordprompts", "streamlocalbindmask", "streamlocalbindunlink"),
        *("syslogfacility", "updatehostkeys", "usekeychain", "verifyhostkeydns", "visualhostkey", "xauthlocation"),
    }
)
"""Options that change nothing of what we do."""


class Route(msgspec.Struct, frozen=True):
    """How to connect to a host: asyncssh's options, the jump hosts before it, and by what name its key is known."""

    host: str
    options: Mapping[str, object]
    jumps: tuple[str, ...]
    known: asyncssh.SSHKnownHosts
    name: str
    port: int


class Ignored(msgspec.Struct, frozen=True):
    """An option of ssh_config that has no effect here: file, line, option, its value, and what we do instead."""

    file: str
    line: int
    option: str
    value: str
    instead: str


class Routes:
    """Reads ssh_config anew for each connection; keys and known_hosts only when their files change."""

    def __init__(self, login: Login, limits: Limits) -> None:
        self.login, self._limits = login, limits
        self._known, self.keys = KnownHosts(), KeyRing()

    def of(self, host: str, gatekeeper: Gatekeeper, hop: str | None = None) -> Route:
        """The route to a host, or to a jump host `hop` (`[user@]host[:port]`). Raises ValueError or OSError."""
        user, name, port = split_hop(hop) if hop else (self.login.user, host, None)
        read = self._read(name, user, port)
        known = self._known.of(_known_files(read))
        options: dict[str, object] = {
            "config": self._paths(),
            "known_hosts": matcher(known),
            "client_factory": lambda: gatekeeper,
            "client_keys": self._pairs(read),
            "agent_identities": self._identities(read),
            "x509_trusted_certs": None,
            "connect_timeout": self._limits.connect,
            "login_timeout": self._limits.connect,
            "keepalive_interval": self._limits.keepalive,
            "keepalive_count_max": self._limits.probes,
            "request_pty": False,
        }
        options |= {"username": user} if user else {}
        options |= {"port": port} if port else {}
        options |= {"agent_path": self.login.agent} if self.login.agent and not read.get("IdentityAgent") else {}
        options |= {} if read.get("Ciphers") else {"encryption_algs": CIPHERS}
        alias = str(read.get("HostKeyAlias") or read.get("Hostname") or name)
        jumps = () if hop else self._chain(name, self._jumps(read, self.login.jump), (name,))
        return Route(name, options, jumps, known, alias, port or _number(read.get("Port")) or 22)

    def ignored(self) -> list[Ignored]:
        """What the ssh_config files say that is not followed, options that loosen the check of host keys among it."""
        return [found for path in self._paths() for found in _ignored(Path(path), frozenset())]

    def _read(self, name: str, user: str, port: int | None) -> SSHClientConfig:
        config = SSHClientConfig.load(
            None, self._paths(), False, False, False, getpass.getuser(), user or (), name, port or ()
        )
        assert isinstance(config, SSHClientConfig)
        return config

    def _paths(self) -> list[str]:
        if self.login.config:
            return [self.login.config]
        usual = (os.path.expanduser("~/.ssh/config"), "/etc/ssh/ssh_config")  # noqa: PTH111  asyncssh takes strings
        return [path for path in usual if os.access(path, os.R_OK)]

    def _pairs(self, read: SSHClientConfig) -> list[asyncssh.SSHKeyPair]:
        return self.keys.pairs(_texts(read.get("IdentityFile")), _texts(read.get("CertificateFile")))

    def _identities(self, read: SSHClientConfig) -> list[bytes] | None:
        return self.keys.identities(_texts(read.get("IdentityFile"))) if read.get("IdentitiesOnly") else None

    def _jumps(self, read: SSHClientConfig, instead: str = "") -> tuple[str, ...]:
        text = instead or str(read.get("ProxyJump") or "")
        return () if text == "none" else tuple(part.strip() for part in text.split(",") if part.strip())

    def _chain(self, name: str, jumps: tuple[str, ...], seen: tuple[str, ...]) -> tuple[str, ...]:
        """All jump hosts in order: the first may have jump hosts of its own. None of a host that would be its own."""
        if not jumps or split_hop(jumps[0])[1] == name:
            return ()
        user, first, port = split_hop(jumps[0])
        if first in seen:
            raise ValueError(f"the jump hosts of {seen[0]} go round in a circle: {' '.join((*seen, first))}")
        return (*self._chain(first, self._jumps(self._read(first, user, port)), (*seen, first)), *jumps)


def split_hop(hop: str) -> tuple[str, str, int | None]:
    """User (or empty), host and port (or None) of `[user@]host[:port]`."""
    user, _, rest = hop.rpartition("@")
    host, colon, port = rest.rpartition(":")
    if colon and port.isdecimal() and ("]" in host or ":" not in host):
        return user, host.strip("[]"), int(port)
    return user, rest.strip("[]"), None


def _known_files(read: SSHClientConfig) -> list[str]:
    """`none` and /dev/null mean that no key is known, and not that every key is good."""
    user, system = read.get("UserKnownHostsFile"), read.get("GlobalKnownHostsFile")
    return [
        *(USER_FILES if user is None else _texts(user)),
        *(SYSTEM_FILES if system is None else _texts(system)),
    ]


def _texts(value: object) -> Sequence[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _ignored(path: Path, seen: frozenset[Path]) -> Iterator[Ignored]:
    try:
        lines = path.expanduser().read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for number, line in enumerate(lines, 1):
        words = line.strip().replace("=", " ", 1).split(None, 1)
        if not words or words[0].startswith("#"):
            continue
        option, value = words[0].lower(), words[1].strip() if len(words) > 1 else ""
        if option == "include":
            for inner in _included(value):
                if inner not in seen:
                    yield from _ignored(inner, seen | {path})
        elif instead := _instead(option, value.lower()):
            yield Ignored(str(path), number, words[0], value, instead)


def _included(value: str) -> Iterator[Path]:
    for pattern in value.replace('"', "").split():
        path = Path(pattern).expanduser()
        base, rest = (Path("/"), str(path)[1:]) if path.is_absolute() else (Path.home() / ".ssh", str(path))
        yield from (found for found in sorted(base.glob(rest)) if found.is_file())


def _instead(option: str, value: str) -> str:
    if option == "userknownhostsfile":
        return "host keys are always checked: no host is known" if value in ("none", "/dev/null") else ""
    if option == "stricthostkeychecking":
        return "" if value in ("yes", "ask") else "host keys are always checked, and none is added"
    if option in WEAKENING:
        return "" if value == "no" else "host keys are always checked by name"
    return "" if option in HARMLESS or option in understood() else "not understood: it has no effect"


def understood() -> frozenset[str]:
    """The options of ssh_config that asyncssh follows, in lower case."""
    return frozenset(SSHClientConfig._handlers)  # noqa: SLF001  the library has no list of its own
