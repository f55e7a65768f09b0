"""What is looked at again and again outside of a release: a file that must stay as it is, a rehearsal of its plan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from cockpit.engine.rehearsed import Finder
from cockpit.release.effects import FindRehearsal, WatchFile
from cockpit.release.events import FileSeen, RehearsalFound

LOOK_AGAIN = 30.0
"""Seconds until a rehearsal that a gate asks for is looked for again."""

Look = Callable[[str, str], Awaitable[tuple[str, str]]]
"""From a path, and the step for which it is looked at, to the file's SHA-256, or to nothing and the reason."""


async def nowhere(_digest: str, _within: float) -> None:
    """Knows of no rehearsal."""


async def changed(look: Look, pause: float, watched: WatchFile) -> FileSeen:
    """Look every so many seconds until the file is another than when it was seen last; that makes another effect."""
    while True:
        sha256, reason = await look(watched.path, watched.step)
        if (sha256 or reason) != watched.seen:
            return FileSeen(step=watched.step, path=watched.path, sha256=sha256, was=watched.was, reason=reason)
        await asyncio.sleep(pause)


async def rehearsals(find: Finder, digest: str, wanted: FindRehearsal) -> AsyncIterator[RehearsalFound]:
    """Look for one until it is known: one that is held meanwhile counts too."""
    while True:
        if found := await find(digest, wanted.within):
            yield RehearsalFound(gate=wanted.gate, release=found[0], at=found[1])
        await asyncio.sleep(LOOK_AGAIN)
