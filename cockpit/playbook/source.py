"""Bytes of a file to a tree with places, or what keeps it from being read."""

from __future__ import annotations

import re
from pathlib import Path

from cockpit.playbook.compose import compose
from cockpit.playbook.node import Node, Scalar, Table
from cockpit.playbook.problem import START, Finding, Position

MAX_BYTES = 512 * 1024

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters
    "\u2028\u2029\ufeff\ufffe\uffff"  # line breaks and marks that no editor shows
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn text around
    "\u00ad\u180e\u200b\u2060-\u2064\U000e0000-\U000e007f]"  # take up no room
)


def read(path: Path, what: str = "playbook") -> tuple[Node | None, list[Finding]]:
    """The tree of a file; None when there is nothing to go on with. Never raises for what a file may hold.

    `what` it is to be is also the key that such a file begins with.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return None, [Finding(START, "P001", f"cannot be read: {_reason(error)}", f"give the path of a {what}")]
    return parse(content, what)


def parse(content: bytes, what: str = "playbook") -> tuple[Node | None, list[Finding]]:
    """The tree of a file's bytes."""
    if len(content) > MAX_BYTES:
        return None, [
            Finding(
                START, "P002", f"larger than {MAX_BYTES // 1024} KB", f"a {what} this long cannot be flown: split it"
            )
        ]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(content, error.object, error.start)]
    if hidden := _HIDDEN.search(text):
        return None, [_control(text, hidden)]
    if not text.strip():
        return None, [Finding(START, "P006", "the file is empty", _begin(what))]
    return _a_table(*compose(text.replace("\r\n", "\n")), what)


def _a_table(root: Node | None, findings: list[Finding], what: str) -> tuple[Node | None, list[Finding]]:
    if isinstance(root, Table):
        return root, findings + _nul(root)
    if not findings:
        empty = root is None or (isinstance(root, Scalar) and root.data is None)
        code, message = (
            ("P006", "there is nothing in the file")
            if empty
            else ("P013", "the file is not a mapping of keys to values")
        )
        findings = [Finding(START if root is None else root.at, code, message, _begin(what))]
    return None, findings


def _begin(what: str) -> str:
    return f"a {what} starts with `{what}: name`"


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "not a path"


def _not_utf8(content: bytes, decoded: bytes, offset: int) -> Finding:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Finding(START, "P003", "the file is UTF-16, not UTF-8", "save it as UTF-8")
    before = decoded[:offset].decode()
    return Finding(_place(before), "P003", f"not UTF-8: byte 0x{decoded[offset]:02x}", "save the file as UTF-8")


def _control(text: str, hidden: re.Match[str]) -> Finding:
    at = _place(text[: hidden.start()])
    return Finding(at, "P004", f"control or invisible character U+{ord(hidden[0]):04X}", "remove it")


def _place(before: str) -> Position:
    lines = re.split(r"\r\n|\r|\n", before)
    return Position(len(lines), len(lines[-1]) + 1)


def _nul(root: Node) -> list[Finding]:
    """NUL can still come in by an escape in a quoted scalar."""
    findings: list[Finding] = []
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Scalar():
                if "\0" in node.value:
                    findings.append(
                        Finding(node.at, "P004", "the value holds NUL", "no command can take it: remove \\0")
                    )
            case Table():
                findings += [Finding(at, "P004", "the key holds NUL") for key, at in node.keys.items() if "\0" in key]
                stack += node.values.values()
            case _:
                stack += node.items
    return findings
