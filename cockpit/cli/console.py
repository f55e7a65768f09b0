"""stdout, stderr and exit codes: no other module touches them. stdout is data, stderr is talk."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click
import msgspec

from cockpit.errors import CockpitError, Exit

OUTCOMES = {"done": Exit.DONE, "rolled_back": Exit.ROLLED_BACK, "aborted": Exit.FAILED, "failed": Exit.FAILED}
"""How a release ended, as an exit code."""


def out(text: str) -> None:
    """A line of data. Control characters in it are made harmless."""
    click.echo(harmless(text))


def out_bytes(data: bytes) -> None:
    """Data as it is, byte for byte."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def out_json(document: Any, *, stream: bool = False) -> None:
    """One JSON document, or one object a line of a stream."""
    encoded = msgspec.json.encode(document)
    click.echo(encoded if stream else msgspec.json.format(encoded, indent=2))


def talk(text: str) -> None:
    """A line for people."""
    click.echo(harmless(text), err=True)


def harmless(text: str) -> str:
    """Text whose control characters, but for line ends, are shown as escapes: what others wrote paints nothing."""
    return "".join(each if each.isprintable() or each == "\n" else f"\\x{ord(each):02x}" for each in text)


def ask_word(question: str, word: str) -> bool:
    """Whether the person at the terminal types this word; False where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return bool(click.prompt(f"{question} Type {word}", default="", show_default=False, err=True) == word)


def shows_stdout() -> bool:
    """Whether stdout is a terminal, which must not get a host's bytes as they are."""
    return sys.stdout.isatty()


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def leave(code: Exit) -> NoReturn:
    """End with this exit code."""
    sys.exit(int(code))


def guarded(command: Callable[[], object]) -> NoReturn:
    """Run the command line and end with its exit code; an error becomes a message, never a traceback."""
    try:
        command()
    except CockpitError as error:
        talk(f"cockpit: {error}")
        leave(error.exit)
    except click.ClickException as error:
        error.show()
        leave(Exit.USAGE)
    except (click.Abort, KeyboardInterrupt):
        leave(Exit.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        leave(Exit.DONE)
    leave(Exit.DONE)
