"""The colours: one theme for terminals with many, one for those with sixteen or none."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import BUILTIN_THEMES, Theme

OWN: Mapping[str, str] = {
    "quiet": "#93a1b0",
    "line": "#3a4654",
    "cursor": "#1f3247",
    "rehearsal": "#d2a8ff",
    "limit": "#c0655e",
}
"""Variables of ours, for themes that do not know them."""

NIGHT = Theme(
    name="cockpit",
    primary="#6cb6ff",
    secondary="#8ddb8c",
    accent="#96d0ff",
    success="#57ab5a",
    warning="#e5b94c",
    error="#ff7b72",
    foreground="#dbe2ea",
    background="#0e1318",
    surface="#0e1318",
    panel="#161d26",
    dark=True,
    variables={
        **OWN,
        "border": "#3a4654",
        "input-cursor-background": "#dbe2ea",
        "input-cursor-foreground": "#0e1318",
        "scrollbar": "#3a4654",
        "scrollbar-background": "#0e1318",
        "scrollbar-corner-color": "#0e1318",
    },
)

SIXTEEN = Theme(
    name="cockpit-16",
    ansi=True,
    primary="ansi_bright_blue",
    secondary="ansi_green",
    accent="ansi_bright_cyan",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_bright_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "quiet": "ansi_white",
        "line": "ansi_bright_black",
        "cursor": "ansi_blue",
        "rehearsal": "ansi_magenta",
        "limit": "ansi_red",
        "border": "ansi_bright_black",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_blue",
        "scrollbar": "ansi_bright_black",
        "scrollbar-background": "ansi_default",
        "scrollbar-corner-color": "ansi_default",
    },
)


def suited(color_system: str | None) -> str:
    """The name of the theme for what a terminal can show, as Rich names it."""
    return SIXTEEN.name if color_system in (None, "standard") else NIGHT.name
