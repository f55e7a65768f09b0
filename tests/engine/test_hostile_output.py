"""Output and captures that would take over a terminal, from a host to every place that shows them."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

import pytest

from tests.conftest import Home
from tests.engine.driven import playbook
from tests.engine.lives import Lived, living, settle_in
from tests.loopback.fleet import Fleet
from tests.loopback.pilot import Cockpit

HOSTILE: Final = {
    "clipboard (OSC 52)": b"\x1b]52;c;cHduZWQ=\x07",
    "link (OSC 8)": b"\x1b]8;;http://evil.invalid\x1b\\click\x1b]8;;\x1b\\",
    "title (OSC 0)": b"\x1b]0;pwned\x07",
    "device string (DCS)": b"\x1bP+q544e\x1b\\",
    "private message (PM, APC, SOS)": b"\x1b^pwned\x1b\\\x1b_pwned\x1b\\\x1bXpwned\x1b\\",
    "move and erase (CSI)": b"\x1b[2J\x1b[H\x1b[6n\x1b[?1049h",
    "answerback and identity": b"\x05\x1b[c\x1bZ",
    "reset (RIS)": b"\x1bc",
    "8-bit controls, bare": b"\x9b31m\x9d52;c;eA==\x9c\x90q\x9c",
    "8-bit controls, as UTF-8": b"\xc2\x9b31m\xc2\x9d0;pwned\xc2\x9c",
    "overwriting": b"rm -rf /\rls       \x08\x08",
    "bell and charset": b"\x07\x0e\x0f\x1b(0",
    "not UTF-8": b"\xff\xfe\xc0\xaf\xed\xa0\x80\xf5",
    "other direction": "safe\u202egnp.exe\u2066x\u2069".encode(),
    "nothing to see": "a\u200bb\u200d\ufeffc\u2028d\u2029e\u00ad".encode(),
}
END: Final = b"THE-END"
PRINTED: Final = b"".join(piece + b"\n" for piece in HOSTILE.values()) + END + b"\n"
HARMFUL: Final = (
    *(b"\x1b]52", b"\x1b]8;", b"\x1b]0;", b"\x1bP", b"\x1b^", b"\x1b_", b"\x1bX", b"\x1b[6n", b"\x1b[c", b"\x1bZ"),
    *(b"\x1bc", b"\x07", b"\x05", b"\x0e", b"\xff", b"\xc0\xaf", b"\xc2\x9b", b"\xc2\x9d", b"\xc2\x90"),
    *(text.encode() for text in "\u202e\u2066\u2069\u200b\u200d\ufeff\u2028\u2029\u00ad"),
)
"""What no terminal may be sent: nothing of it is in what the screens paint of their own."""

POINTER: Final = b"\x1b]22;default\x07"
"""The screens' own word about the shape of the mouse pointer."""

CAPTURED: Final = b"\x1b]52;c;cHduZWQ=\x07\xc2\x9b31m\xe2\x80\xaegnp"


def printing(data: bytes) -> str:
    """A shell command that prints these bytes."""
    return "printf '{}'".format("".join(f"\\{byte:03o}" for byte in data))


COMMANDS: Final = (
    ("output", "rel", "say"),
    ("output", "rel", "say", "--follow"),
    ("log", "rel"),
    ("log", "rel", "--format", "json"),
    ("status", "rel"),
    ("status", "rel", "--format", "json"),
)


@pytest.fixture
async def release(fleet: Fleet, home: Home) -> AsyncIterator[Lived]:
    """A release that has printed all of it, captured some of it, and waits."""
    settle_in(fleet, home)
    capture = f'{{ printf value=; {printing(CAPTURED)}; }} >> "$COCKPIT_CAPTURE"'
    command = json.dumps(f"{printing(PRINTED)}; {capture}; exit 3")
    text = playbook(f"{{id: say, on: web, run: {command}, captures: [value]}}", head="hosts: {web: [web-1]}")
    async with living(text) as flying:
        await flying.waits("answer", "say")
        yield flying


@contextmanager
def terminal(*arguments: str) -> Iterator[int]:
    """A command on a terminal of its own; the other end of that."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 180, 0, 0))
    own = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}  # the runner's
    environment = {**own, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    command = Cockpit({}).command(*arguments)
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        try:
            yield master
        finally:
            process.kill()
            os.close(master)


def painted(master: int, until: bytes, seconds: float = 60.0) -> bytes:
    """Everything that is sent to a terminal, up to the first that holds `until`, or to the end where that is empty."""
    seen, deadline = b"", monotonic() + seconds
    while not until or until not in seen:
        left = deadline - monotonic()
        assert left > 0, seen[-4000:]
        if select.select([master], [], [], left)[0]:
            try:
                seen += os.read(master, 1 << 16)
            except OSError:
                break
    return seen


def harm(seen: bytes) -> list[bytes]:
    """What of it must not have reached a terminal."""
    return [each for each in HARMFUL if each in seen]


async def test_output_is_stored_and_handed_on_byte_for_byte(release: Lived) -> None:
    assert release.output("say", "web-1") == PRINTED
    command = Cockpit({}).command("output", "rel", "say")
    assert await asyncio.to_thread(subprocess.check_output, command) == PRINTED


async def test_command_line_sends_a_terminal_nothing_but_text(release: Lived) -> None:
    for command in COMMANDS:
        with terminal(*command) as master:
            seen = await asyncio.to_thread(painted, master, b"")
        assert seen.decode().replace("\r\n", "").replace("\t", "").isprintable(), command
        assert (END if command[0] == "output" else b"say") in seen


async def test_captured_value_stays_what_it_was(release: Lived) -> None:
    said = await asyncio.to_thread(subprocess.check_output, Cockpit({}).command("log", "rel", "--format", "json"))
    events = [json.loads(line)["event"] for line in said.splitlines()]
    (captures,) = [event["captures"] for event in events if event.get("captures")]
    assert captures == {"value": CAPTURED.decode()}


async def test_screens_send_a_terminal_nothing_of_it(release: Lived) -> None:
    with terminal("attach", "rel", "--observe") as master:
        seen = await asyncio.to_thread(painted, master, END)
        os.write(master, b"o")  # the output on the whole screen
        seen += await asyncio.to_thread(painted, master, END)
    assert harm(seen.replace(POINTER, b"")) == []
