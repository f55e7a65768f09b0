"""A key from before a dialog was painted does nothing."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from screens.dialogs.dialog import Dialog
from screens.dialogs.interrupts import AbortDialog, HoldDialog
from screens.view import View
from tests.screens import release
from tests.screens.flying import flying


def painted(dialog: HoldDialog, moment: float) -> HoldDialog:
    dialog._quiet_since = moment
    return dialog


def test_nothing_is_heard_before_it_is_painted() -> None:
    assert HoldDialog(View(), calm=0.2).ignores(1e9)


def test_nothing_is_heard_until_it_was_calm() -> None:
    dialog = painted(HoldDialog(View(), calm=0.2), 100.0)
    assert dialog.ignores(100.1)
    assert not dialog.ignores(100.4)


def test_leaning_on_a_key_makes_the_wait_begin_anew() -> None:
    dialog = painted(HoldDialog(View(), calm=0.2), 100.0)
    assert all(dialog.ignores(100.0 + number * 0.1) for number in range(1, 20))
    assert not dialog.ignores(102.2)


def test_abort_hears_everything() -> None:
    assert not AbortDialog(View()).ignores(0.0)


async def test_a_burst_of_keys_decides_nothing() -> None:
    async with flying(release.ready_to_go()) as flight:
        flight.app._calm = 60.0
        await flight.press("g", "g", "enter", "tab", "1", "enter")
        assert flight.link.asked == []
        assert "enter chooses" not in flight.text


async def test_letters_go_into_the_word_at_once() -> None:
    async with flying(release.at_second_gate()) as flight:
        await (await flight.opened("g")).type("orders")
        assert flight.app.screen.query_one("#word", Input).value == "orders"


async def test_an_unfinished_word_is_no_answer() -> None:
    async with flying(release.at_second_gate()) as flight:
        await (await flight.opened("g")).type("orders")
        await flight.press("enter")
        assert "type orders-1.4.0 above" in flight.text
        assert isinstance(flight.app.screen, Dialog)


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_keys_that_end_other_programs_ask_whether_to_leave(key: str) -> None:
    async with flying(release.deploying()) as flight:
        await flight.opened("h")
        await flight.press(key)
        await flight.until("The release goes on without this screen.")
