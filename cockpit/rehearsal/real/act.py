"""What a host runs instead of a playbook's command: a script that only prints, captures, waits and exits."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cockpit.execution.quote import enclosed
from cockpit.rehearsal.known import Habit

SCRIPT = "run"
"""The file with the script, beside which its long pieces are."""

LONG = 4096
"""Bytes from which on a piece has a file of its own."""

SHORTEST = 0.02
"""Seconds that a pause takes at least: starting `sleep` takes a good part of it."""

GATHERED = 0.1
"""Seconds in which what is printed comes in one piece, because nobody looks more often."""

NEVER = "while :; do sleep 86400; done\n"


class Act(msgspec.Struct, frozen=True):
    """A script, and the files that it shows, by name."""

    script: bytes
    files: dict[str, bytes]


def act(habit: Habit, pace: float, folder: str) -> Act:
    """The habit for `sh -u`, with so many of its seconds in one on the clock; `folder` is where its files will be.

    The folder is a shell word, as it stands.
    """
    lines: list[str] = []
    files: dict[str, bytes] = {}
    at = 0.0
    for second, data in _gathered(habit, pace):
        lines.append(_pause(second - at))
        at = second
        if len(data) < LONG:
            lines.append(f"printf %b '{_spelled(data)}'\n")
        else:
            name = str(len(files))
            files[name] = data
            lines.append(f"cat {folder}/{name}\n")
    lines.append(_end(habit, pace, at))
    return Act("".join(lines).encode(), files)


def _end(habit: Habit, pace: float, at: float) -> str:
    if habit.seconds is None:
        return NEVER
    captured = "".join(f"{name}={value}\n" for name, value in habit.captures.items()).encode()
    capture = f"printf %b '{_spelled(captured)}' >\"$COCKPIT_CAPTURE\"\n" if captured else ""
    return f"{_pause(habit.seconds / pace - at)}{capture}exit {habit.code % 256}\n"


def _gathered(habit: Habit, pace: float) -> Iterator[tuple[float, bytes]]:
    """Pieces in order, by seconds on the clock; those of one moment are one, which comes with the last of them."""
    first = last = 0.0
    parts: list[bytes] = []
    for second, data in sorted(habit.pieces, key=lambda piece: piece[0]):
        if parts and second / pace >= first + GATHERED:
            yield last, b"".join(parts)
            parts = []
        last = second / pace
        first = first if parts else last
        parts.append(data)
    if parts:
        yield last, b"".join(parts)


def _pause(seconds: float) -> str:
    return f"sleep {seconds:.3f}\n" if seconds >= SHORTEST else ""


def _spelled(data: bytes) -> str:
    return enclosed(data.decode("utf-8", "surrogateescape"))
