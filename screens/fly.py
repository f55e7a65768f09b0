"""Opening the cockpit on a release."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cockpit.engine.client import Place
from cockpit.release.events import End
from screens.app import CockpitApp
from screens.engine_link import connecting


class _Played(msgspec.Struct, frozen=True):
    """What the screens need of a rehearsal's scenario."""

    ends: End = "done"


def fly(place: Place, *, observe: bool = False, keymap: Mapping[str, str] | None = None, theme: str = "") -> None:
    """Show the release at this place on this terminal until somebody leaves; the release goes on."""
    CockpitApp(connecting(place, observe=observe), keymap=keymap, theme=theme, expected=expected(place)).run()


def expected(place: Place) -> End | None:
    """How the rehearsal that lies there should end; None where there is none, or nobody can tell."""
    try:
        return msgspec.json.decode(place.scenario.read_bytes(), type=_Played).ends
    except (OSError, msgspec.MsgspecError):
        return None
