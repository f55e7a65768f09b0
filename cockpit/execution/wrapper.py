"""The host's side of every call, put together from `host/*.sh` and passed on as one command."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, Literal

from cockpit.execution.quote import spell

Verb = Literal["reach", "start", "follow", "halt", "lock", "clean"]

PARTS: Final[dict[Verb, tuple[str, ...]]] = {
    "reach": ("common", "reach"),
    "start": ("common", "sweep", "follow", "start"),
    "follow": ("common", "sweep", "follow"),
    "halt": ("common", "sweep", "follow", "halt"),
    "lock": ("common", "lock"),
    "clean": ("common", "lock"),
}
BOOT: Final = '_w=$(printf %b "$1"); shift; eval "$_w"'


def command(token: str, verb: Verb, *arguments: str) -> str:
    """The command for a login shell of any kind: nothing in it that csh or fish would read otherwise."""
    words = [spelled(verb), *map(spell, (token, verb, *arguments))]
    return f"exec sh -c '{BOOT}' cockpit " + " ".join(f"'{word}'" for word in words)


def argv(token: str, verb: Verb, *arguments: str) -> list[str]:
    """The same as an argument list, without a login shell."""
    return ["sh", "-c", BOOT, "cockpit", spelled(verb), *map(spell, (token, verb, *arguments))]


@cache
def spelled(verb: Verb) -> str:
    """The text for a verb, spelled for `printf %b`."""
    return spell("".join(_part(name) for name in (*PARTS[verb], "run")))


def _part(name: str) -> str:
    text = files("cockpit.execution").joinpath("host", f"{name}.sh").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("#"))
