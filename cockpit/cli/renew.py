"""Rolling back a release whose journal is broken."""

from __future__ import annotations

import asyncio
import time

from cockpit.cli.begin import launch, supplies
from cockpit.cli.common import find, login
from cockpit.cli.console import talk
from cockpit.engine import supervisor
from cockpit.engine.renewal import broken, renew
from cockpit.errors import Refused


def roll_back_anew(release: str, confirm: str, note: str) -> None:
    """Stop the engine that may still use the broken journal, continue in a new one, and start an engine there."""
    if not note.strip():
        raise Refused("going on in a new journal needs a note", where=release, hint="say why, with --note")
    if confirm != release:
        hint = f"--confirm {release}"
        raise Refused("rolling back asks for the release's name to be typed", where=release, hint=hint)
    place = find(release)
    problem = broken(place)
    before = place.journal.name
    asyncio.run(supervisor.stop(place))
    state = renew(place, login(), confirm, note, time.time())
    talk(f"{release}: rolling back in {place.journal.name}; {before} is broken at event {problem.seq}: {problem.what}")
    asyncio.run(launch(place, supplies(state.the_plan)))
