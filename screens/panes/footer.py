"""The footer: what can be done now comes first; what cannot be done is quiet, or left out where room is short."""

from __future__ import annotations

from screens.view import View
from widgets.keybar import Key

LAST = "help"
ALWAYS = ("hold", "rollback", "abort", "output", "journal", "leave", "palette", "help")
"""Shown even when they cannot be done now, so that nothing moves."""

STAY = ("rollback", "abort", "leave", "help")
"""Shown where room is short, before all others."""


def footer(view: View) -> tuple[Key, ...]:
    """The keys of a view, the heaviest first; help stays at the end."""
    keys = [(one, not one.why_not(view.state, view.login, view.observer)) for one in view.actions if one.weight]
    shown = [(one, can) for one, can in keys if can or one.id in ALWAYS]
    shown.sort(key=lambda pair: (pair[0].id == LAST, -pair[0].weight))
    return tuple(Key(f"[{one.key}]", one.label, one.id, can, one.id in STAY) for one, can in shown)
