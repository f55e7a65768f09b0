"""Plain `cockpit`: releases and playbooks to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cockpit.cli.common import read_state
from cockpit.cli.console import is_terminal, talk
from cockpit.engine.place import Home
from cockpit.errors import CockpitError, UsageError
from cockpit.release.standing import current, standing

PLAYBOOKS = Path("playbooks")
"""Where playbooks are looked for, below the folder that the cockpit is opened in."""


def choose() -> None:
    """Open the chooser, and then what was chosen; UsageError without a terminal."""
    if not is_terminal():
        raise UsageError("the cockpit needs a terminal", hint="cockpit --help lists what works without one")
    from screens.chooser import PlaybookLine, ReleaseLine  # noqa: PLC0415  the screens are imported only when they open
    from screens.chooser import choose as ask_which  # noqa: PLC0415

    releases = [ReleaseLine(*line) for line in release_lines()]
    chosen = ask_which(releases, [PlaybookLine(str(path), "") for path in playbooks()])
    if chosen is None:
        return
    if chosen.kind == "playbook":
        talk(f"cockpit run {chosen.name} --release NAME -p …    (cockpit plan {chosen.name} shows what it does)")
        return
    from cockpit.cli.watch import attach  # noqa: PLC0415  what opens the screens

    attach.main([chosen.name], standalone_mode=False)


def release_lines() -> Iterator[tuple[str, str, str, str, str, bool]]:
    """Every release: name, standing, step, captain, since when, whether it is a rehearsal; the newest first."""
    found = []
    for place in Home.default().releases():
        try:
            found.append((place, read_state(place)))
        except CockpitError as error:
            yield place.release, "unreadable", error.what, "", "", False
    for place, state in sorted(found, key=lambda each: each[1].opened, reverse=True):
        one = current(state)
        step = one.step.id if one and state.end is None else ""
        since = f"{datetime.fromtimestamp(state.opened, UTC):%Y-%m-%d %H:%M}"
        yield place.release, standing(state), step, state.captain, since, state.mode == "rehearsal"


def playbooks() -> tuple[Path, ...]:
    """The playbooks in this folder's `playbooks/`."""
    return tuple(sorted(PLAYBOOKS.glob("*.yaml")))
