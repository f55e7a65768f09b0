"""What a host reads to start an attempt: a program of values only, which its detached shell evaluates."""

from __future__ import annotations

import hashlib
import re

from cockpit.execution.contract import Order
from cockpit.execution.quote import line, quote

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)
SHELLS = ("sh", "bash")
LONGEST = 120_000
"""Bytes of one argument or variable: Linux takes 128 KiB with its name (MAX_ARG_STRLEN)."""
MOST = 1_000_000
"""Bytes of all variables and the script: Linux takes a quarter of an 8 MiB stack."""


def folder_of(order_id: str) -> str:
    """The name of an attempt's folder: its id, or a digest of an id that is no plain file name."""
    return order_id if PLAIN_ID.fullmatch(order_id) else hashlib.sha256(order_id.encode()).hexdigest()[:40]


def mark_of(nonce: str, order_id: str) -> str:
    """The mark behind the attempt's last output byte: no command ever sees it, and a restart finds the same."""
    return _digest("mark", nonce, order_id)


def spot_of(nonce: str, order_id: str) -> str:
    """The ending of a folder's name in /tmp, where another user's command leaves its captures: nobody can guess it."""
    return _digest("spot", nonce, order_id)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def refusal(order: Order) -> str:
    """Why an order cannot be started at all; empty when it can."""
    values = {**order.exports, **order.secrets}
    texts = [order.script, order.directory, *values.values()]
    if odd := next((name for name in values if not NAME.fullmatch(name)), None):
        return f"{odd!r} is no name of a shell variable"
    if any("\0" in text for text in texts):
        return "a value or the script holds a NUL character, which no command can be given"
    sizes = [len(text.encode("utf-8", "surrogateescape")) for text in texts]
    if max(sizes) > LONGEST or sum(sizes) > MOST:
        return f"the script or a value is too long for a command line ({LONGEST:,} bytes each, {MOST:,} in all)"
    if order.user and not USER.fullmatch(order.user):
        return f"{order.user!r} is no login name"
    return "" if order.shell in SHELLS else f"{order.shell!r} is none of the shells {', '.join(SHELLS)}"


def program(order: Order) -> str:
    """Shell text that sets `$1` shell, `$2` script and `$3` folder, then exports every value."""
    exports = "".join(f"; export {name}={quote(value)}" for name, value in {**order.exports, **order.secrets}.items())
    return f"set -- {quote(order.shell)} {quote(order.script)} {_folder(order.directory)}{exports}"


def payload(order: Order, nonce: str) -> bytes:
    """The three lines that `start` reads; without the last one nothing is started."""
    first = f"{mark_of(nonce, order.id)} {spot_of(nonce, order.id)}"
    return f"{first}\n{line(program(order))}\nend {folder_of(order.id)}\n".encode()


def _folder(directory: str) -> str:
    if directory == "~" or directory.startswith("~/"):
        return '"$HOME"' + quote(directory[1:])
    return quote(directory if not directory or directory.startswith("/") else f"./{directory}")
