"""The person's own keys: parsed once for all hosts."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import asyncssh

DEFAULT_FILES: Final = (
    "~/.ssh/id_ed25519",
    "~/.ssh/id_ecdsa",
    "~/.ssh/id_rsa",
    "~/.ssh/id_ed25519_sk",
    "~/.ssh/id_ecdsa_sk",
)


class KeyRing:
    """Key pairs by file. `unusable` says by file why a key that is there was passed over, for a refused login."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[Path, int, tuple[str, ...]], list[asyncssh.SSHKeyPair]] = {}
        self.unusable: dict[str, str] = {}

    def pairs(self, files: Sequence[str], certificates: Sequence[str]) -> list[asyncssh.SSHKeyPair]:
        """The pairs of these files (of ssh's usual ones when none are named), each alone and with its certificate.

        A connection chooses a signature's algorithm on the pair itself, so each gets a copy.
        """
        found = (pair for name in files or DEFAULT_FILES for pair in self._load(name, tuple(certificates)))
        return [copy.copy(pair) for pair in found]

    def identities(self, files: Sequence[str]) -> list[bytes]:
        """The public keys of these files, by which an agent's keys are chosen under IdentitiesOnly."""
        return [pair.public_data for pair in self.pairs(files, ())] + [
            key.public_data for name in files if (key := _public(f"{name}.pub")) is not None
        ]

    def _load(self, name: str, certificates: tuple[str, ...]) -> list[asyncssh.SSHKeyPair]:
        path = Path(name).expanduser()
        try:
            stamp = (path, path.stat().st_mtime_ns, certificates)
            if stamp not in self._pairs:
                self._pairs[stamp] = list(asyncssh.load_keypairs(path, certlist=[*filter(_exists, certificates)]))
        except FileNotFoundError:
            return []
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError, OSError) as error:
            self.unusable[name] = str(error)
            return []
        self.unusable.pop(name, None)
        return self._pairs[stamp]


def _exists(name: str) -> bool:
    return Path(name).expanduser().is_file()


def _public(name: str) -> asyncssh.SSHKey | None:
    try:
        return asyncssh.read_public_key(Path(name).expanduser())
    except (asyncssh.KeyImportError, OSError):
        return None
