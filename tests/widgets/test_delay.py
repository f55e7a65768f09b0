"""A call that is made later, or never."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App

from tests.screens.waiting import until
from widgets.delay import after


@pytest.mark.parametrize("seconds", [0.0, 1e-9, 0.01])
async def test_call_is_made_once_however_short_the_delay(seconds: float) -> None:
    called: list[float] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        after(seconds, app, lambda: called.append(seconds))
        await until(pilot, lambda: bool(called), "called")
        await pilot.pause()
    assert called == [seconds]


async def test_call_for_what_is_closed_is_not_made() -> None:
    called: list[int] = []
    app: App[None] = App()
    async with app.run_test():
        pass
    after(0.0, app, lambda: called.append(1))
    turn = asyncio.Event()
    asyncio.get_running_loop().call_later(0.0, turn.set)
    await turn.wait()
    assert not called
