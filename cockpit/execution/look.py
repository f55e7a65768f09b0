"""Commands that only look: run at once, not detached, not journaled, and killed when they take too long."""

from __future__ import annotations

import asyncio
import math
from typing import Final

from cockpit.execution.contract import NotReached, Question
from cockpit.execution.machine import MOST, Machine
from cockpit.execution.quote import quote

_READ: Final = 's=$(cat); exec </dev/null; eval "$s"'
_KILLED: Final = frozenset({124, 137, -9})
_LIMITED: Final = (
    'n=$1; shift; if command -v timeout >/dev/null 2>&1 && timeout 5 true; then exec timeout -s KILL "$n" "$@"; '
    'else exec "$@"; fi'
)


async def look(machine: Machine, question: Question) -> bytes | str:
    """See `contract.Transport.ask`."""
    try:
        async with asyncio.timeout(question.seconds + 1):
            said = await machine.ask(words(question), stdin(question))
    except TimeoutError:
        return _too_long(question)
    if isinstance(said, NotReached):
        return f"{question.host} is not reached: {said.reason}"
    if len(said.out) > MOST:
        return f"it printed more than {MOST:,} bytes"
    if said.exit == 0:
        return said.out
    if said.exit in _KILLED:
        return _too_long(question)
    last = said.err.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
    how = "no exit status" if said.exit is None else f"exit status {said.exit}"
    return f"{how}: {last}" if last else how


def words(question: Question) -> list[str]:
    """The words that run what comes by standard input, and kill it in time where the host has `timeout`."""
    become = ["sudo", "-n", "-H", "-u", question.user, "--"] if question.user else []
    run = [*become, question.shell, "-c", _READ]
    return ["sh", "-c", _LIMITED, "cockpit", str(math.ceil(question.seconds)), *run]


def stdin(question: Question) -> bytes:
    """The command behind its values; every value is quoted."""
    values = {**question.exports, **question.secrets}
    before = [f"export {name}={quote(value)}" for name, value in values.items()]
    if question.directory:
        before.append(_enter(question.directory))
    return "\n".join(["set -u", *before, question.script]).encode("utf-8", "surrogateescape")


def _enter(directory: str) -> str:
    home, rest = ('"$HOME"', directory[1:]) if directory == "~" or directory.startswith("~/") else ("", directory)
    return f"cd -- {home}{quote(rest) if rest else ''} || exit"


def _too_long(question: Question) -> str:
    return f"no output in {question.seconds:g} s"
