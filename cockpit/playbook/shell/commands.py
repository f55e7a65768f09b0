"""The commands in a script, as a shell would start them: wrappers such as `sudo` or `timeout` taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec
from tree_sitter import Node

from cockpit.playbook.shell.parse import Script, literal, of_type, words

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "busybox"})
REMOTE = frozenset({"ssh", "autossh", "dbclient", "rsh", "mosh"})

_WRAPPERS: dict[str, tuple[str, int]] = {
    "sudo": ("CDghpRrTtUu", 0),
    "doas": ("Cu", 0),
    "env": ("uCS", 0),
    "nohup": ("", 0),
    "setsid": ("", 0),
    "exec": ("a", 0),
    "command": ("", 0),
    "builtin": ("", 0),
    "time": ("fo", 0),
    "nice": ("n", 0),
    "ionice": ("cnp", 0),
    "chrt": ("TPD", 1),
    "taskset": ("", 1),
    "stdbuf": ("ioe", 0),
    "timeout": ("ks", 1),
    "chroot": ("", 1),
    "flock": ("wE", 1),
    "unbuffer": ("", 0),
    "systemd-run": ("pHMEtu", 0),
    "setpriv": ("", 0),
    "nsenter": ("tSG", 0),
    "unshare": ("SGR", 0),
    "gosu": ("", 1),
    "su-exec": ("", 1),
    "xargs": ("aEdILnPs", 0),
}
"""Programs that start the program named after them: their short options with a value, and their own arguments."""


class Word(msgspec.Struct, frozen=True):
    """A word of a command: its node, and its text where that does not depend on variables."""

    node: Node
    text: str | None

    @property
    def name(self) -> str:
        """The program's name, without its folder."""
        return (self.text or "").rpartition("/")[2]

    @property
    def is_option(self) -> bool:
        return bool(self.text) and self.text is not None and self.text.startswith("-") and self.text != "-"


class Command(msgspec.Struct, frozen=True):
    """One command: all its words, the words of the program that does the work, and the wrappers around it."""

    node: Node
    all: tuple[Word, ...]
    words: tuple[Word, ...]
    wrappers: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.words[0].name if self.words else ""

    @property
    def arguments(self) -> tuple[Word, ...]:
        return self.words[1:]

    def has(self, *options: str) -> bool:
        """Whether one of these options is given: `-f` also in `-nf`, `--follow` also as `--follow=name`."""
        return any(_is_option(word.text, option) for word in self.arguments if word.text for option in options)


def _is_option(text: str, option: str) -> bool:
    if option.startswith("--"):
        return text == option or text.startswith(option + "=")
    return bool(re.fullmatch(rf"-[A-Za-z0-9]*{re.escape(option[1:])}[A-Za-z0-9]*", text))


@lru_cache(maxsize=2048)
def commands(script: Script) -> tuple[Command, ...]:
    """The commands of a script, inner ones too, in the order they are written."""
    return tuple(commands_at(script, script.root))


def commands_at(script: Script, root: Node) -> Iterator[Command]:
    """The commands at or below a node."""
    nodes = script.every("command") if root == script.root else of_type(root, "command")
    for node in nodes:
        found = tuple(Word(word, literal(script, word)) for word in words(node))
        if found:
            work, wrappers = _unwrapped(found)
            yield Command(node, found, work, wrappers)


def _unwrapped(found: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    wrappers: list[str] = []
    while found and found[0].name in _WRAPPERS:
        wrappers.append(found[0].name)
        found = _after_wrapper(found)
    return found, tuple(wrappers)


def _after_wrapper(found: tuple[Word, ...]) -> tuple[Word, ...]:
    name = found[0].name
    valued, own = _WRAPPERS[name]
    rest = after_options(found[1:], valued)
    if name in ("env", "sudo"):
        while rest and _ASSIGNMENT.match(rest[0].text or ""):
            rest = rest[1:]
    return rest[own:]


def after_options(
    found: Sequence[Word], valued: str = "", valued_long: frozenset[str] = frozenset()
) -> tuple[Word, ...]:
    """What follows the options; `valued` are the short options that take the next word."""
    rest = tuple(found)
    while rest and rest[0].is_option:
        text = rest[0].text or ""
        rest = rest[1:]
        if text == "--":
            break
        short = not text.startswith("--") and text[-1] in valued
        if (short or text in valued_long) and rest:
            rest = rest[1:]
    return rest
