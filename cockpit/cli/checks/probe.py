"""What is asked of a host by one command, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

SCRIPT: Final = r"""
echo "login $(id -un)"
echo "shell ${SHELL-}"
command -v setsid >/dev/null && echo "setsid yes"
command -v bash >/dev/null && echo "bash yes"
df -Pk "$HOME" | { read -r _; read -r _ _ _ free _; echo "free $free"; }
[ ! -e "$HOME/.cockpit/lock" ] || echo "lock yes"
printf '%s' "$users" | while IFS= read -r user; do
  said=$(sudo -n -H -u "$user" -- sh -c : 2>&1 </dev/null) && echo "sudo $user" || echo "no-sudo $user $said"
done
"""
"""A command in POSIX sh; `$users` has a login a line."""


class Told(msgspec.Struct, frozen=True):
    """What a host told of itself. `free` are bytes where HOME is, if it said; `refused` why sudo does not."""

    login: str = ""
    shell: str = ""
    setsid: bool = False
    bash: bool = False
    locked: bool = False
    free: int | None = None
    sudo: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


def exports(users: Sequence[str]) -> dict[str, str]:
    """The variables that the command is given."""
    return {"users": "".join(f"{user}\n" for user in users)}


def told(output: bytes) -> Told:
    """Read the command's output; lines that it did not write are passed over."""
    lines = [line.partition(" ")[::2] for line in output.decode("utf-8", "replace").splitlines()]
    found = dict(lines)
    free = found.get("free", "")
    return Told(
        login=found.get("login", ""),
        shell=found.get("shell", ""),
        setsid="setsid" in found,
        bash="bash" in found,
        locked="lock" in found,
        free=int(free) * 1024 if free.isdecimal() else None,
        sudo=tuple(rest for word, rest in lines if word == "sudo"),
        refused=tuple((rest.split(" ")[0], rest.partition(" ")[2]) for word, rest in lines if word == "no-sudo"),
    )
