"""Commands by hand: which one, its question, and the word that answers it."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.release.intents import RunManual
from tests.screens import asked, measured
from tests.screens.flying import flying


async def test_every_command_of_many_can_be_reached() -> None:
    async with flying(asked.manual()) as flight:
        await flight.opened("M")
        assert all(each.ask[:30] in flight.text for each in asked.MANUAL)
        await flight.press("a", "enter")
        await flight.until("By hand · Reset breaker")
        assert "$ redis-cli SET cb:state OPEN" in flight.text
        assert flight.link.asked == []


async def test_it_runs_after_the_word_and_a_reason() -> None:
    async with flying(asked.manual()) as flight:
        await flight.opened("M")
        await flight.press("a", "enter")
        await flight.until("By hand · ")
        await flight.until("enter chooses")
        await flight.press("r", "enter")
        await flight.type("FALSE ALARM")
        await flight.press("tab")
        await flight.type("probe was wrong")
        await flight.press("enter")
        wanted = RunManual(command="reset-breaker", confirm="FALSE ALARM", note="probe was wrong")
        assert await flight.until_asked() == wanted


async def test_one_command_alone_is_asked_about_at_once() -> None:
    logs = asked.MANUAL[0]
    plan = replace(measured.plan(), manual={logs.step.id: logs})
    async with flying(asked.again(measured.guarding(), plan)) as flight:
        await flight.opened("M")
        assert "By hand · Show logs" in flight.text
