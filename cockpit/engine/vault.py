"""The secrets of one release: in the engine's memory only, never written, never shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from cockpit.playbook.plan import Secret

_DEADLINE = 30.0


class Vault:
    """Values by name. `repr` tells the names only."""

    def __init__(self, declared: Mapping[str, Secret]) -> None:
        self._declared = declared
        self._values: dict[str, str] = {}
        self._supplied = asyncio.Event()

    def __repr__(self) -> str:
        return f"Vault({', '.join(sorted(self._values))})"

    def supply(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Take values of declared secrets; the names that were taken."""
        taken = {name: value for name, value in values.items() if name in self._declared and value}
        self._values |= taken
        self._supplied.set()
        return tuple(sorted(taken))

    async def all_of(self, names: Iterable[str]) -> None:
        """Wait until every one of these declared secrets has a value."""
        while any(name in self._declared and name not in self._values for name in names):
            self._supplied.clear()
            await self._supplied.wait()

    async def fetch(self) -> None:
        """Read the secrets that come from files and commands of this machine; those from variables must be supplied."""
        for name, secret in self._declared.items():
            if name not in self._values and (value := await read(secret)):
                self._values[name] = value

    def pick(self, names: Iterable[str]) -> dict[str, str]:
        """The values of these names, as far as they are here."""
        return {name: self._values[name] for name in names if name in self._values}

    @property
    def missing(self) -> tuple[str, ...]:
        """The declared names without a value."""
        return tuple(sorted(set(self._declared) - set(self._values)))

    @property
    def values(self) -> tuple[str, ...]:
        """Every value, to be kept out of what is stored."""
        return tuple(self._values.values())


async def read(secret: Secret) -> str:
    """A secret's value from this machine, without its final line end; empty where its source gives none.

    Variables belong to the captain's session and not to the engine: they are always empty here.
    """
    match secret.kind:
        case "env":
            return ""
        case "file":
            return await asyncio.to_thread(_file, secret.source[0])
        case "command":
            return await _command(secret.source)


def _file(path: str) -> str:
    try:
        return Path(path).expanduser().read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        return ""


async def _command(words: tuple[str, ...]) -> str:
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*words, stdin=null, stdout=pipe, stderr=null)
    except OSError:
        return ""
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _DEADLINE)
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return output.decode(errors="replace").rstrip("\r\n") if process.returncode == 0 else ""
