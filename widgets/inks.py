"""The style of each tone, in the colours of a theme: one for all widgets, for a style of each is dear to compute."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from rich.style import Style
from textual.color import Color

from widgets.looks import TONES, Tone

Inks = Mapping[Tone, Style]

COLOURS: Mapping[Tone, str] = {
    "quiet": "quiet",
    "title": "primary",
    "good": "success",
    "bad": "error",
    "warn": "warning",
    "busy": "accent",
    "limit": "limit",
    "played": "rehearsal",
}
"""The variable of the theme that has the colour of a tone; the others have that of the text."""

BOLD: frozenset[Tone] = frozenset({"strong", "title", "bad", "busy", "played"})


def inks(variables: Mapping[str, str]) -> Inks:
    """The style of each tone, with the variables of a theme."""
    return _inks(tuple(variables[COLOURS[tone]] if tone in COLOURS else "" for tone in TONES))


def cursor(variables: Mapping[str, str]) -> Style:
    """The style of the line under the cursor, with the variables of a theme."""
    return _paper(variables["cursor"])


@lru_cache(maxsize=8)
def _inks(colours: tuple[str, ...]) -> Inks:
    return MappingProxyType({tone: _ink(tone, colour) for tone, colour in zip(TONES, colours, strict=True)})


def _ink(tone: Tone, colour: str) -> Style:
    return Style(color=Color.parse(colour).rich_color if colour else None, bold=True if tone in BOLD else None)


@lru_cache(maxsize=8)
def _paper(colour: str) -> Style:
    return Style(bgcolor=Color.parse(colour).rich_color)
