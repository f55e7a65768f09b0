"""A link without an engine: it plays records, takes intents, and has output to read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from cockpit.release.events import Record
from cockpit.release.intents import AnyIntent, Refusal
from screens.app import CockpitApp
from screens.link import CaughtUp, Greeted, Metered, Records, Timed, Update, Watchers
from tests.screens.release import Script


class ScriptedLink:
    """Plays records to whoever connects, and keeps the intents that it was asked for."""

    def __init__(
        self,
        records: list[Record],
        *,
        login: str = "ana",
        observer: bool = False,
        connected: Mapping[str, int] | None = None,
        printed: Mapping[str, bytes] | None = None,
        metered: Metered | None = None,
        stored: Mapping[tuple[str, str], tuple[tuple[float, float | None], ...]] | None = None,
        timed: Timed | None = None,
        answer: Callable[[AnyIntent], Refusal | None] = lambda _: None,
    ) -> None:
        self.records = records
        self.login = login
        self.observer = observer
        self.connected = connected or {"ana": 1, "chen": 1, "dee": 1}
        self.printed = dict(printed or {})
        self.metered = metered
        self.stored = dict(stored or {})
        self.asked: list[AnyIntent] = []
        self.played: list[str] = []
        self.after: list[int] = []
        self.timed = timed
        self._answer = answer
        self._news: asyncio.Queue[Update | None] = asyncio.Queue()

    async def connect(self, after: int) -> ScriptedLink:
        """Be there, from now on."""
        self.after.append(after)
        return self

    async def updates(self) -> AsyncIterator[Update]:
        """Everything so far, then what is sent; ends when the link is cut."""
        yield Greeted(self.login, self.observer)
        yield Watchers(self.connected)
        yield Records(tuple(record for record in self.records if record.seq > self.after[-1]))
        if self.metered is not None:
            yield self.metered
        if self.timed is not None:
            yield self.timed
        yield CaughtUp()
        while (update := await self._news.get()) is not None:
            yield update

    def send(self, update: Update) -> None:
        """More happens."""
        self._news.put_nowait(update)

    def cut(self) -> None:
        """The engine goes away."""
        self._news.put_nowait(None)

    async def ask(self, intent: AnyIntent, played: str = "") -> Refusal | None:
        """Keep the intent; answer as told."""
        self.asked.append(intent)
        self.played.append(played)
        return self._answer(intent)

    async def output(self, attempt: str, offset: int) -> AsyncIterator[bytes]:
        """What the attempt printed."""
        if data := self.printed.get(attempt, b"")[offset:]:
            yield data

    async def series(self, metric: str, host: str, since: float) -> tuple[tuple[float, float | None], ...]:
        """What was measured."""
        return tuple(point for point in self.stored.get((metric, host), ()) if point[0] >= since)

    async def close(self) -> None:
        """Leave."""


def app_on(
    script: Script,
    later: float = 0.0,
    theme: str = "cockpit",
    keymap: Mapping[str, str] | None = None,
    **link: Any,
) -> tuple[CockpitApp, ScriptedLink]:
    """An app that follows a script, so many seconds after its last event; its clock stands still."""
    scripted = ScriptedLink(script.records, **link)
    app = CockpitApp(
        scripted.connect,
        clock=lambda: script.at + later,
        theme=theme,
        keymap=keymap,
        calm=0.0,
        ticking=False,
    )
    return app, scripted
