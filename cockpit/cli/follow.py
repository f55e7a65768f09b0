"""Following a release as lines, without a screen."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable

from cockpit.cli.console import OUTCOMES, leave, talk
from cockpit.cli.lines import Lines, records
from cockpit.engine.client import Client
from cockpit.engine.place import Place
from cockpit.engine.protocol import CaughtUp, Live, Records
from cockpit.errors import Exit, Unreachable
from cockpit.release.apply import fold
from cockpit.release.events import Record
from cockpit.release.state import State

RETRIES = 20
PAUSE = 0.5
"""How often an engine that went away is looked for again, and the seconds between: its supervisor restarts it."""

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def follow_to_end(place: Place, form: str) -> None:
    """Show what happens as lines until the release has ended, and exit with its outcome; a signal ends only this."""
    try:
        state = asyncio.run(_interruptible(place, Lines(form).show))
    except (asyncio.CancelledError, KeyboardInterrupt):
        talk(f"{place.release} goes on; `cockpit attach {place.release}` comes back to it")
        leave(Exit.INTERRUPTED)
    if state.end_reason:
        talk(f"{place.release}: {state.end_reason}")
    if state.rehearsal is not None:
        _tell_score(place)
    leave(OUTCOMES[state.end or "aborted"])


def _tell_score(place: Place) -> None:
    """Say what a rehearsal was good for."""
    from cockpit.report.score import score  # noqa: PLC0415  only a rehearsal has one
    from cockpit.report.score_text import score_lines  # noqa: PLC0415  the same

    for line in score_lines(score(records(place, 0))):
        talk(line)


async def _interruptible(place: Place, show: Callable[[Record], None]) -> State:
    task = asyncio.current_task()
    assert task is not None
    for number in INTERRUPTS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await follow(place, show, until_end=True)


async def follow(place: Place, show: Callable[[Record], None], *, until_end: bool = False) -> State:
    """Show every record and those to come, until the release is closed and cleaned up (or has ended); its last state.

    Unreachable when no engine answers for some time while the release is open.
    """
    state = State()
    failures = 0
    troubles = _Troubles(place.release)
    while True:
        try:
            async for found, caught_up in _arriving(place, state.seq, troubles):
                failures = 0
                state = fold(found, state)
                for record in found:
                    show(record)
                if until_end and caught_up and state.end is not None:
                    return state
        except Unreachable:
            if failures >= RETRIES:
                raise
        rest = tuple(records(place, state.seq))
        state = fold(rest, state)
        for record in rest:
            show(record)
        if state.closed or (until_end and state.end is not None):
            return state
        failures += 1
        await asyncio.sleep(PAUSE)


class _Troubles:
    """Says what the engine has no room for, once each time that it changes."""

    def __init__(self, release: str) -> None:
        self._release = release
        self._said = ""

    def heard(self, live: Live) -> None:
        """Take in what the engine says of itself."""
        if live.trouble != self._said:
            self._said = live.trouble
            talk(f"{self._release}: {live.trouble or 'the disk has room again'}")


async def _arriving(place: Place, after: int, troubles: _Troubles) -> AsyncIterator[tuple[tuple[Record, ...], bool]]:
    """Records as the engine tells them, and whether what follows happens now; ends when the engine is gone."""
    caught_up = False
    async with Client.connect(place, observe=True, after=after) as client:
        async for message in client:
            caught_up = caught_up or isinstance(message, CaughtUp)
            if isinstance(message, Live):
                troubles.heard(message)
            yield (message.records if isinstance(message, Records) else ()), caught_up
