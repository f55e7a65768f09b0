"""Where a character of a value stands in the text that it was written as, folded over lines or with escapes."""

from __future__ import annotations

import re

_BLANK = " \t\n"
_FOLD = re.compile(r"[ \t]*\n[ \t\n]*")
_CONTINUED = re.compile(r"\\[ \t]*\n[ \t]*")
_ESCAPE = re.compile(r"\\(?:x.{2}|u.{4}|U.{8}|[^xuU\n])", re.DOTALL)


def offset_in(written: str, value: str, style: str, wanted: int) -> int | None:
    """The offset in what is written of the character at offset `wanted` of the value; None where it cannot be told.

    `written` is a scalar from its first sign to its last, `style` its quote or block sign.
    """
    at, here = _begin(written, value, style)
    while here < wanted:
        if at >= len(written):
            return None
        if style == '"' and (continued := _CONTINUED.match(written, at)):
            at = continued.end()
        elif fold := _FOLD.match(written, at):
            at, here = fold.end(), _past_blanks(value, here)
        elif style == '"' and (escape := _ESCAPE.match(written, at)):
            at, here = escape.end(), here + 1
        elif style == "'" and written.startswith("''", at):
            at, here = at + 2, here + 1
        elif written[at] == value[here]:
            at, here = at + 1, here + 1
        else:
            return None
    return at


def _begin(written: str, value: str, style: str) -> tuple[int, int]:
    """The offset of the first sign that is not blank, in what is written and in the value."""
    if style == ">" and (header := _FOLD.search(written)):
        return header.end(), _past_blanks(value, 0)
    return (1 if style in ("'", '"') else 0), 0


def _past_blanks(value: str, start: int) -> int:
    end = start
    while end < len(value) and value[end] in _BLANK:
        end += 1
    return end
