"""The host's side of every call, put together from `host/*.sh` and passed on as one command."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, Literal

from cockpit.execution.quote import enclosed, quote, spell

Verb = Literal["reach", "start", "follow", "halt", "lock", "clean"]
Text = Literal["common", "rare"]

PARTS: Final[dict[Text, tuple[str, ...]]] = {
    "common": ("common", "sweep", "follow", "start", "reach"),
    "rare": ("common", "clock", "sweep", "follow", "halt", "lock"),
}
"""What is sent to a shell that is kept for many calls, and what to one for the others."""

DETACHED: Final = ("clock", "attend")
RARE: Final[frozenset[Verb]] = frozenset({"halt", "lock", "clean"})
BOOT: Final = 'eval "$(printf %b "$1")"'


def text_of(verb: Verb) -> Text:
    """Which text knows the verb."""
    return "rare" if verb in RARE else "common"


@cache
def command(text: Text) -> str:
    """The command for a login shell of any kind: nothing in it that csh or fish would read otherwise."""
    return f"exec sh -c '{BOOT}' cockpit '{spelled(text)}'"


def once(script: str) -> str:
    """A script of our own as a command for a login shell of any kind."""
    return f"exec sh -c '{BOOT}' cockpit '{enclosed(script)}'"


def argv(text: Text) -> list[str]:
    """The same as an argument list, without a login shell."""
    return ["sh", "-c", BOOT, "cockpit", spelled(text)]


def request(token: str, verb: Verb, *arguments: str) -> bytes:
    """The line that makes the wrapper carry out a verb. An argument that is empty is a dash there."""
    return (" ".join((token, verb, *(spell(argument) or "-" for argument in arguments))) + "\n").encode()


@cache
def spelled(text: Text) -> str:
    """A text, spelled for `printf %b`."""
    parts = "".join(map(_part, PARTS[text]))
    if text == "common":
        parts += f"_attend={quote(''.join(map(_part, DETACHED)))}\n"
    return enclosed(parts + _part("run")).replace("\\0012", "\\n")


def _part(name: str) -> str:
    text = files("cockpit.execution").joinpath("host", f"{name}.sh").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("#"))
