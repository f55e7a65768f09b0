"""Text on its way through shells: quoted for one, or written in letters that no shell minds."""

from __future__ import annotations

import re
import string

SAFE = frozenset((string.ascii_letters + string.digits + "_./:=,@%+-").encode())
ESCAPE = re.compile(r"\\0([0-7]{3})")


def quote(text: str) -> str:
    """One word of a POSIX shell that means exactly `text`."""
    if "\0" in text:
        raise ValueError("a NUL character cannot be given to a command")
    return "'" + text.replace("'", "'\\''") + "'"


def enclosed(text: str) -> str:
    """`text` for `printf %b` within single quotes: spelled is what a login shell would read its own way even there."""
    return "".join(ENCLOSED[byte] for byte in text.encode("utf-8", "surrogateescape"))


def spell(text: str) -> str:
    """`text` in letters, digits and `\\0ooo`: every login shell passes that on, `printf %b` turns it into UTF-8."""
    return "".join(LETTERS[byte] for byte in text.encode("utf-8", "surrogateescape"))


def line(text: str) -> str:
    """`text` on one line for `read -r`; `printf %b` is needed only when there is a backslash in it."""
    return "".join(PLAIN[byte] for byte in text.encode("utf-8", "surrogateescape"))


def unspell(word: str) -> str:
    """What `spell` was given."""
    raw = ESCAPE.sub(lambda found: chr(int(found[1], 8)), word)
    return raw.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


PRINTABLE = frozenset(range(32, 127)) - frozenset(b"\\")

LETTERS = tuple(chr(byte) if byte in SAFE else f"\\0{byte:03o}" for byte in range(256))
PLAIN = tuple(chr(byte) if byte in PRINTABLE else f"\\0{byte:03o}" for byte in range(256))
ENCLOSED = tuple(chr(byte) if byte in PRINTABLE and byte not in b"'!" else f"\\0{byte:03o}" for byte in range(256))
