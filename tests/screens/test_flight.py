"""The flight screen under someone's hands."""

from __future__ import annotations

import pytest

from screens.flight import FlightScreen
from screens.journal import JournalScreen
from screens.output import OutputScreen
from tests.screens import release
from tests.screens.flying import flying

PRINTED = {"rest-web-2-run-1": b"Stopping orders\nStarting orders\n", "first-web-1-run-1": b"first says hello\n"}


async def test_output_of_the_current_step_is_shown() -> None:
    async with flying(release.deploying(), printed=PRINTED) as flight:
        await flight.until("web-2 │ Starting orders")


async def test_another_step_is_looked_at_and_left_again() -> None:
    async with flying(release.deploying(), printed=PRINTED) as flight:
        await flight.press("1", "k", "k", "enter")
        await flight.until("web-1 │ first says hello")
        assert "2 Deploy first" in flight.text
        await flight.press("escape")
        await flight.until("2 Deploy rest")
        await flight.until("web-2 │ Starting orders")


async def test_keys_change_panes_where_only_one_is_seen() -> None:
    async with flying(release.deploying(), size=(80, 24), printed=PRINTED) as flight:
        await flight.press("1")
        await flight.until("Timeline")
        assert "web-2 │" not in flight.text
        await flight.press("3")
        await flight.until("web-2 │ Starting orders")
        assert "Readiness" not in flight.text


@pytest.mark.parametrize("size", [(20, 5), (5, 3), (1, 1), (300, 90)])
async def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    async with flying(release.failed(), size=size) as flight:
        await flight.press("1", "2", "3", "w", "escape", "question_mark", "escape", "R", "escape")
        assert isinstance(flight.app.screen, FlightScreen)


async def test_a_tiny_screen_says_how_it_stands() -> None:
    async with flying(release.deploying(), size=(20, 5)) as flight:
        assert "▶ running" in flight.text
        assert "web-2" in flight.text


async def test_output_opens_on_the_whole_screen_and_is_searched() -> None:
    async with flying(release.deploying(), printed=PRINTED) as flight:
        await flight.press("o")
        await flight.until("Output · Deploy rest · web-2")
        await flight.until("Starting orders")
        await flight.press("slash")
        await flight.type("stopping")
        await flight.press("enter")
        assert isinstance(flight.app.screen, OutputScreen)
        await flight.press("escape")
        assert isinstance(flight.app.screen, FlightScreen)


async def test_roll_back_is_two_strokes_from_any_screen() -> None:
    async with flying(release.deploying(), printed=PRINTED) as flight:
        await flight.press("o", "R")
        await flight.until("Type orders-1.4.0 to roll back")


async def test_the_journal_tells_everything_and_is_searched() -> None:
    async with flying(release.deploying()) as flight:
        await flight.press("e")
        await flight.until("rest on web-2 started")
        await flight.press("slash")
        await flight.type("schema")
        await flight.press("enter")
        await flight.until("migration does not apply")
        assert isinstance(flight.app.screen, JournalScreen)


async def test_the_palette_finds_by_words_and_does_it() -> None:
    async with flying(release.deploying()) as flight:
        await flight.press("ctrl+p")
        await flight.type("rel hold")
        await flight.press("enter")
        await flight.until("Hold the release")


async def test_help_tells_the_keys_and_the_reasons() -> None:
    async with flying(release.deploying()) as flight:
        await flight.press("question_mark")
        await flight.until("not now: nothing is held")


async def test_keys_can_be_remapped() -> None:
    async with flying(release.deploying(), keymap={"hold": "f5"}) as flight:
        assert "[f5] hold" in flight.text
        await flight.press("f5")
        await flight.until("Hold the release")


async def test_markup_from_hosts_and_people_is_text() -> None:
    async with flying(
        release.holding(), printed={"rest-web-2-run-1": b"[bold]x[/bold] [@click=app.exit]y[/]\n"}
    ) as flight:
        await flight.until("[bold]x[/bold] [@click=app.exit]y[/]")


async def test_a_second_changes_only_what_tells_the_time() -> None:
    async with flying(release.deploying()) as flight:
        before = flight.text.splitlines()
        flight.later(1.0)
        await flight.until("13:06:02 UTC")
        changed = [number for number, line in enumerate(flight.text.splitlines()) if line != before[number]]
        assert len(changed) <= 4
