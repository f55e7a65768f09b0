"""An app on a script, caught up and painted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from screens.app import CockpitApp
from screens.dialogs.dialog import Dialog
from tests.screens.link import ScriptedLink, app_on
from tests.screens.release import Script
from tests.screens.seen import screen
from tests.screens.waiting import until


@dataclass
class Flight:
    """The app, its link, and a hand on its keys."""

    app: CockpitApp
    link: ScriptedLink
    pilot: Pilot[None]

    async def opened(self, key: str) -> Flight:
        """Press a key that opens a dialog, and wait until it listens."""
        await self.pilot.press(key)
        await until(self.pilot, lambda: isinstance(self.app.screen, Dialog), f"{key} opens a dialog")
        await until(self.pilot, lambda: "enter chooses" in self.text, "the dialog listens")
        return self

    async def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*("space" if char == " " else char for char in text))

    async def until(self, text: str) -> None:
        """Wait until this is on the screen."""
        await until(self.pilot, lambda: text in self.text, f"on the screen: {text}\n{self.text}")

    def later(self, seconds: float) -> None:
        """Let the clock on the wall go on by that."""
        wall = self.app._practice.wall
        moment = wall._real() + seconds
        wall._real = lambda: moment
        self.app._tick()

    async def until_asked(self) -> Any:
        """The first intent that was asked for."""
        await until(self.pilot, lambda: bool(self.link.asked), "something was asked")
        return self.link.asked[0]

    @property
    def text(self) -> str:
        """What is on the screen."""
        return screen(self.app)


@asynccontextmanager
async def flying(
    script: Script, later: float = 8.0, size: tuple[int, int] = (120, 36), **link: Any
) -> AsyncIterator[Flight]:
    """An app on this script, live and painted."""
    app, scripted = app_on(script, later, **link)
    async with app.run_test(size=size, notifications=True) as pilot:
        flight = Flight(app, scripted, pilot)
        await until(pilot, lambda: app.view.reach == "live" and app.view.ready, "live")
        await pilot.pause()
        yield flight
