"""Plain `cockpit`: releases and playbooks to choose from."""

from __future__ import annotations

from pathlib import Path

from cockpit.cli.common import read_state
from cockpit.cli.console import is_terminal, talk
from cockpit.engine.place import Home
from cockpit.errors import CockpitError, UsageError
from cockpit.release.standing import standing

PLAYBOOKS = Path("playbooks")
"""Where playbooks are looked for, below the folder that the cockpit is opened in."""


def choose() -> None:
    """Open the chooser, and then what was chosen; UsageError without a terminal."""
    if not is_terminal():
        raise UsageError("the cockpit needs a terminal", hint="cockpit --help lists what works without one")
    from screens.choose import choose as ask_which  # noqa: PLC0415  the screens are imported only when they open

    chosen = ask_which(releases(), playbooks())
    if chosen is not None:
        open_chosen(chosen)


def releases() -> dict[str, str]:
    """Every release with the word for where it stands, or why its journal cannot be read."""
    found: dict[str, str] = {}
    for place in Home.default().releases():
        try:
            found[place.release] = standing(read_state(place))
        except CockpitError as error:
            found[place.release] = error.what
    return found


def playbooks() -> tuple[Path, ...]:
    """The playbooks in this folder's `playbooks/`."""
    return tuple(sorted(PLAYBOOKS.glob("*.yaml")))


def open_chosen(chosen: str | Path) -> None:
    """Attach to a release, or say how a playbook is started."""
    if isinstance(chosen, Path):
        talk(f"cockpit run {chosen} --release NAME -p …    (cockpit plan {chosen} shows what it does)")
        return
    from cockpit.cli.watch import attach  # noqa: PLC0415  what opens the screens

    attach.main([chosen], standalone_mode=False)
