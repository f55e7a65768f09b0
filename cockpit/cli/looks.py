"""Glyphs, which always stand beside their word, and columns of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

STANDING: Final = {
    "running": "▶",
    "waiting": "◆",
    "holding": "‖",
    "rolling_back": "↺",
    "done": "✔",
    "rolled_back": "↺",
    "aborted": "■",
    "failed": "✖",
    "closed": "□",
}
"""Of `state` in `cockpit status`."""

HOST: Final = {
    "waiting": "·",
    "running": "▶",
    "checking": "▷",
    "passed": "✔",
    "failed": "✖",
    "error": "!",
    "stopped": "■",
    "unknown": "?",
    "skipped": "↷",
    "dropped": "⊘",
}
"""Of a host in a step."""

VERDICT: Final = {"passing": "✔", "failing": "✖", "inconclusive": "~", "no data": "?", "error": "!"}
"""Of a rule."""

WIDEST: Final = 60
"""No column but the last is padded beyond this."""


def looked(word: str, glyphs: dict[str, str]) -> str:
    """A word behind its glyph."""
    return f"{glyphs.get(word, '·')} {word.replace('_', ' ')}"


def columns(rows: Sequence[Sequence[str]], indent: str = "") -> Iterator[str]:
    """Rows of equally many cells as aligned lines."""
    widths = [min(WIDEST, max(len(row[index]) for row in rows)) for index in range(len(rows[0]) - 1)] if rows else []
    for row in rows:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield (indent + "  ".join([*padded, row[-1]])).rstrip()
