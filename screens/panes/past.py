"""What happened: the last events in a line, and more of them where there is room."""

from __future__ import annotations

from cockpit.units import clock
from screens.chronicle import Entry
from screens.view import View
from widgets.line import Part
from widgets.rows import Bit, Row, cell, text_row

INDENT = 9


def newest(view: View) -> tuple[Part, ...]:
    """The last events that are worth a line, the newest first."""
    told = [one for one in reversed(view.entries) if one.tone != "quiet"][:4]
    return tuple(
        Part(cell(Bit(f"{clock(one.at)} ", "quiet"), Bit(one.text, one.tone)), index) for index, one in enumerate(told)
    )


def past(view: View, most: int = 60) -> tuple[Row, ...]:
    """The last events, the newest first."""
    return tuple(entry_row(one) for one in reversed(view.entries[-most:]))


def entry_row(one: Entry, *, numbered: bool = False) -> Row:
    """An event in a line: moment, and what happened."""
    number = Bit(f"{one.seq:>5}  ", "quiet") if numbered else Bit("")
    return text_row(
        number,
        Bit(f"{clock(one.at)} ", "quiet"),
        Bit(one.text, one.tone),
        key=str(one.seq) if numbered else "",
        indent=INDENT + 7 * numbered,
    )
