"""What a command wrote to `$COCKPIT_CAPTURE`: lines `name=value`."""

from __future__ import annotations

import re

from cockpit.execution.ear import MOST_CAPTURED
from cockpit.playbook.reserved import is_reserved

NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


def read_captures(data: bytes) -> dict[str, str] | str:
    """Variables by name (the last line of a name counts), or what is wrong with the file."""
    if len(data) > MOST_CAPTURED:
        return f"$COCKPIT_CAPTURE holds more than {MOST_CAPTURED:,} bytes"
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return "$COCKPIT_CAPTURE is not UTF-8 text"
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if problem := _problem(name, equals, value):
            return f"line {number} of $COCKPIT_CAPTURE {problem}"
        found[name] = value.removesuffix("\r")
    return found


def _problem(name: str, equals: str, value: str) -> str:
    if not equals:
        return "is not name=value"
    if not NAME.fullmatch(name):
        return f"sets {name[:40]!r}, which is no name of a variable (a-z, 0-9 and _)"
    if "\0" in value:
        return "holds a NUL character"
    return f"sets {name!r}, which the cockpit sets itself" if is_reserved(name) else ""
