"""What a supervisor is started with: its environment, and systemd's command line where that is to keep it. Pure."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cockpit.engine.place import Place

_KEPT = {
    *("HOME", "PATH", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR"),
    *("SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "KRB5CCNAME", "KRB5_CONFIG"),
}
_KEPT_PREFIXES = ("LC_", "XDG_")
_PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}


def environment(captains: Mapping[str, str]) -> dict[str, str]:
    """What an engine gets of the captain's environment: what SSH and HTTP need, and no secret."""
    return {name: value for name, value in captains.items() if _is_kept(name, value)}


def _is_kept(name: str, value: str) -> bool:
    if name.upper() in _PROXIES:
        return "@" not in value  # an address may hold a password
    return name in _KEPT or name.startswith(_KEPT_PREFIXES)


def outlives_login(captains: Mapping[str, str], login: str, exists: Callable[[Path], bool] = Path.exists) -> bool:
    """Whether this login has a systemd of its own that goes on when the login ends (lingering)."""
    runtime = captains.get("XDG_RUNTIME_DIR", "")
    return (
        bool(runtime)
        and exists(Path(runtime, "systemd/private"))
        and exists(Path("/var/lib/systemd/linger", login))
        and shutil.which("systemd-run", path=captains.get("PATH")) is not None
    )


def systemd_run(place: Place, command: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """The command that has systemd run `command` with the variables of those names; values are in no argument."""
    mark = hashlib.sha256(os.fsencode(place.folder)).hexdigest()[:8]
    return (
        "systemd-run",
        "--user",
        "--quiet",
        "--collect",
        f"--unit=cockpit-{place.release}-{mark}",
        "--property=KillMode=mixed",
        "--property=WorkingDirectory=/",
        *(f"--setenv={name}" for name in names),
        "--",
        *command,
    )
