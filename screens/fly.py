"""Opening the cockpit on a release."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.engine.client import Place
from screens.app import CockpitApp
from screens.engine_link import connecting


def fly(place: Place, *, observe: bool = False, keymap: Mapping[str, str] | None = None, theme: str = "") -> None:
    """Show the release at this place on this terminal until somebody leaves; the release goes on."""
    CockpitApp(connecting(place, observe=observe), keymap=keymap, theme=theme).run()
