"""What a person would see: rows as text, and views of scripts."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual.app import App

from screens.chronicle import entries
from screens.view import View
from tests.screens.release import Script
from widgets.looks import TONES
from widgets.rows import Column, Row, lay_out, paint

INKS = {tone: Style() for tone in TONES}


def view(script: Script, later: float = 0.0, login: str = "ana", **fields: Any) -> View:
    """A live view of a script, so many seconds after its last event."""
    told = tuple(entries(script.records, {}))
    return View(script.state, script.at + later, login, entries=told, reach="live", **fields)


def lines(rows: tuple[Row, ...], columns: tuple[Column, ...] = (Column(),), width: int = 100) -> list[str]:
    """The rows as text, without blanks at the ends."""
    return [
        paint(content, width, INKS, Style()).text.rstrip() for row in rows for content in lay_out(row, columns, width)
    ]


def screen(app: App[Any]) -> str:
    """Everything on the screen as text."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips[:height]) if width else ""
