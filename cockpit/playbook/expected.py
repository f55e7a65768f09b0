"""Whether an HTTP answer is what a request expects: the same for steps, checks and probes."""

from __future__ import annotations

import json
from typing import Final

from cockpit.playbook.plan import Expect

SHOWN: Final = 300


def unexpected(expect: Expect, status: int, line: str, body: bytes, *, whole: bool) -> str:
    """What is not as expected; empty when all is. `line` shows the status, `body` may be cut off (not `whole`)."""
    if status not in expect.status:
        return f"answered {line}, expected {' or '.join(map(str, expect.status))}"
    if expect.contains and expect.contains.encode() not in body:
        return f"{expect.contains!r} is not in the answer"
    if not expect.json:
        return ""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return "the answer is not JSON" if whole else f"the answer is longer than {len(body):,} bytes"
    problems = (_differs(document, path, expected) for path, expected in expect.json.items())
    return "; ".join(filter(None, problems))


def _differs(document: object, path: str, expected: str) -> str:
    value: object = document
    for part in path.split("."):
        match value:
            case dict() if part in value:
                value = value[part]
            case list() if part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            case _:
                return f"{path} is not in the answer, expected {expected!r}"
    shown = value if isinstance(value, str) else json.dumps(value)
    if shown == expected or _same(value, expected):
        return ""
    return f"{path} is {_plain(shown)!r}, expected {expected!r}"


def _same(value: object, expected: str) -> bool:
    """Whether a number, a truth value or a list is the one that is written in `expected`."""
    try:
        meant = json.loads(expected)
    except ValueError:
        return False
    return isinstance(value, bool) == isinstance(meant, bool) and not isinstance(value, str) and bool(meant == value)


def _plain(text: str) -> str:
    """Foreign words on one line, without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:SHOWN]
