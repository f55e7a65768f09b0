"""stdout, stderr and exit codes: no other module touches them. stdout is data, stderr is talk."""

from __future__ import annotations

import io
import os
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Any, Final, NoReturn

import click

from cockpit.errors import CockpitError, Exit, PlaybookError, UsageError

OUTCOMES: Final = {
    "done": Exit.DONE,
    "rolled_back": Exit.ROLLED_BACK,
    "aborted": Exit.FAILED,
    "failed": Exit.FAILED,
}
"""How a release ended, as an exit code."""


def out(text: str) -> None:
    """One line of data. Whatever is in it, it stays one line and paints nothing."""
    click.echo(harmless(text, keep=""))


def out_bytes(data: bytes) -> None:
    """Data as it is, byte for byte."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


class Shown:
    """What a command printed, made harmless for a terminal, piece by piece."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        click.echo(harmless(self._decoder.decode(data).replace("\r\n", "\n"), keep="\n\t"), nl=False)


def out_json(document: Any, *, stream: bool = False) -> None:
    """One JSON document, or one object a line of a stream."""
    import msgspec  # noqa: PLC0415  help and completion are faster without

    encoded = msgspec.json.encode(document)
    text = (encoded if stream else msgspec.json.format(encoded, indent=2)).decode()
    click.echo("\n".join(line if line.isprintable() else "".join(map(_of_json, line)) for line in text.split("\n")))


def talk(text: str) -> None:
    """Lines for people."""
    click.echo(harmless(text), err=True)


def harmless(text: str, keep: str = "\n") -> str:
    """Text whose control characters, but for those to keep, are shown as escapes: what others wrote paints nothing."""
    return "".join(each if each.isprintable() or each in keep else _escaped(each) for each in text)


def _escaped(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as Python carries it
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _of_json(sign: str) -> str:
    """A character of JSON, as its escape where a terminal would obey it."""
    if sign.isprintable():
        return sign
    units = sign.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def ask_word(question: str, word: str) -> bool:
    """Whether the person at the terminal types this word; False where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    asked = harmless(f"{question} Type {word}", keep="")
    return bool(click.prompt(asked, default="", show_default=False, err=True) == word)


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
    """Run the command line and end with its exit code; whatever goes wrong becomes a message, never a traceback."""
    _tolerate()
    try:
        _refuse_bytes(sys.argv[1:])
        command()
    except CockpitError as error:
        _say(error)
        leave(error.exit)
    except click.ClickException as error:
        talk(_usage(error))
        leave(Exit.USAGE)
    except (click.Abort, KeyboardInterrupt):
        leave(Exit.INTERRUPTED)
    except BrokenPipeError:
        leave_unread()
    except OSError as error:
        _say(_system(error))
        leave(Exit.USAGE)
    except Exception as error:  # noqa: BLE001  the last line of defence
        talk(_unforeseen(error))
        leave(Exit.FAILED)
    leave(Exit.DONE)


def heed_signals() -> None:
    """Let SIGTERM and SIGHUP end this command as Ctrl-C does, unless they are ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _say(error: CockpitError) -> None:
    talk(str(error) if isinstance(error, PlaybookError) else f"cockpit: {error}")


def _tolerate() -> None:
    """A terminal that cannot show a letter gets an escape for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _refuse_bytes(arguments: list[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise UsageError(f"not UTF-8: {argument}", hint="names, notes and paths are UTF-8") from None


def _usage(error: click.ClickException) -> str:
    """What click says, in our form."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = error.format_message().rstrip(".")
    lines = [f"cockpit: {message[:1].lower()}{message[1:]}"]
    return "\n".join([*lines, f"hint: {context.command_path} --help"] if context else lines)


def _system(error: OSError) -> CockpitError:
    return UsageError(error.strerror or str(error), where=os.fsdecode(error.filename) if error.filename else "")


def _unforeseen(error: Exception) -> str:
    """A message for a fault of our own; the traceback goes to a private file."""
    import tempfile  # noqa: PLC0415  seldom needed
    import traceback  # noqa: PLC0415  the same

    text = "".join(traceback.format_exception(error))
    what = f"cockpit: this should not happen: {type(error).__name__}"
    try:
        descriptor, path = tempfile.mkstemp(prefix="cockpit-", suffix=".log")
        with os.fdopen(descriptor, "w", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return f"{what}: {error}"
    return f"{what}\nhint: the details are in {path}; releases go on, `cockpit status` shows them"


def leave_unread() -> NoReturn:
    """Nobody reads any more: what is still to be flushed goes nowhere, and this counts as interrupted."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    leave(Exit.INTERRUPTED)
