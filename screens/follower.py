"""Staying in touch with the engine: events and output are posted as they come, and a lost engine is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import assert_never

from textual.message import Message

from cockpit.errors import CockpitError
from cockpit.release.intents import AnyIntent, Refusal
from screens.link import CaughtUp, Connect, Greeted, Heard, Link, Metered, Records, Timed, Update, Watchers
from screens.view import Reach

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""Seconds before the first and between later attempts to reach a lost engine."""


class Arrived(Message):
    """Something came from the engine."""

    def __init__(self, update: Update) -> None:
        super().__init__()
        self.update = update


class Reached(Message):
    """How the engine is reached changed."""

    def __init__(self, reach: Reach, trouble: str = "") -> None:
        super().__init__()
        self.reach: Reach = reach
        self.trouble = trouble


class Printed(Message):
    """An attempt printed something."""

    def __init__(self, attempt: str, host: str, data: bytes) -> None:
        super().__init__()
        self.attempt = attempt
        self.host = host
        self.data = data
        self.turn = 0


Post = Callable[[Message], object]
Pause = Callable[[float], Awaitable[object]]


class Follower:
    """Keeps one link open and posts what comes. `seq` is the number of the last event seen."""

    def __init__(self, connect: Connect, post: Post, pause: Pause = asyncio.sleep) -> None:
        self._connect = connect
        self._post = post
        self._pause = pause
        self._link: Link | None = None
        self._there = asyncio.Event()
        self.seq = 0

    async def run(self) -> None:
        """Follow until cancelled; after a loss go on behind the last event seen, with growing pauses."""
        pause = FIRST_PAUSE
        while True:
            before = self.seq
            trouble = await self._follow()
            self._link = None
            self._there.clear()
            self._post(Reached("lost", trouble))
            pause = FIRST_PAUSE if self.seq > before else min(pause * 2, LONGEST_PAUSE)
            await self._pause(pause)

    async def _follow(self) -> str:
        try:
            self._link = await self._connect(self.seq)
            self._post(Reached("catching up"))
            self._there.set()
            async for update in self._link.updates():
                self._take(update)
        except (OSError, EOFError) as error:
            return str(error) or type(error).__name__
        except CockpitError as error:
            return error.what
        finally:
            if self._link is not None:
                with suppress(OSError, CockpitError):
                    await self._link.close()
        return "it closed the connection"

    def _take(self, update: Update) -> None:
        match update:
            case Records():
                self.seq = update.records[-1].seq if update.records else self.seq
                self._post(Arrived(update))
            case CaughtUp():
                self._post(Reached("live"))
            case Greeted() | Watchers() | Heard() | Metered() | Timed():
                self._post(Arrived(update))
            case _:
                assert_never(update)

    async def ask(self, intent: AnyIntent, played: str = "") -> Refusal | None:
        """Ask the engine, as oneself or as somebody who is played; a lost one refuses."""
        if self._link is None:
            return Refusal("the engine is lost", "it is being tried again; nothing was asked")
        try:
            return await self._link.ask(intent, played)
        except (OSError, EOFError, CockpitError) as error:
            return Refusal(f"no answer from the engine: {error}", "look at the journal before you ask again")

    async def series(self, metric: str, host: str, since: float) -> tuple[tuple[float, float | None], ...]:
        """What was measured from a moment on, as far as it can be had now."""
        if self._link is not None:
            with suppress(OSError, EOFError, CockpitError):
                return await self._link.series(metric, host, since)
        return ()

    async def output(self, attempt: str, host: str, offset: int, post: Post) -> None:
        """Post what an attempt prints from byte `offset` on, across lost links, until it has ended."""
        while True:
            await self._there.wait()
            link = self._link
            if link is None:
                continue
            with suppress(OSError, EOFError, CockpitError):
                async for data in link.output(attempt, offset):
                    offset += len(data)
                    post(Printed(attempt, host, data))
                return
            await self._pause(FIRST_PAUSE)
