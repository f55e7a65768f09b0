"""Following a release as lines, without a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cockpit.engine.client import Client
from cockpit.engine.place import Place
from cockpit.engine.protocol import Bye, Records
from cockpit.errors import Unreachable
from cockpit.release.apply import apply
from cockpit.release.events import Closed, Ended, Record
from cockpit.release.state import State

RETRIES = 20
"""How often an engine that went away is looked for again, half a second apart: its supervisor restarts it."""


async def follow(place: Place, show: Callable[[Record], None], *, after: int = 0, until_end: bool = False) -> State:
    """Show every record behind `after`, and those to come until the release is closed (or ended); the last state."""
    state = State()
    failures = 0
    while True:
        try:
            async with Client.connect(place, observe=True, after=state.seq) as client:
                failures = 0
                async for message in client:
                    if isinstance(message, Bye):
                        break
                    for record in message.records if isinstance(message, Records) else ():
                        state = apply(state, record)
                        if record.seq > after:
                            show(record)
                        if isinstance(record.event, Closed) or (until_end and isinstance(record.event, Ended)):
                            return state
        except Unreachable:
            if failures >= RETRIES:
                raise
        failures += 1
        await asyncio.sleep(0.5)
