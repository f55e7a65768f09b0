"""Looks on the screens: due, late, missed, and the key that records one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.playbook.plan import Board, Guard, Look, Pace
from cockpit.release import events as happened
from cockpit.release.intents import Look as Looking
from screens.panes.guards import watching
from screens.panes.timeline import COLUMNS, timeline
from tests.screens import measured
from tests.screens.flying import flying
from tests.screens.measured import seen
from tests.screens.release import Script
from tests.screens.seen import lines, view

LOOK = Look(
    paces=(Pace(every=300.0, until=3600.0),),
    boards=(Board(title="Grafana", url="https://grafana/d/orders"),),
    owner=("sre",),
)
GUARD: Guard = replace(measured.GUARD, look=LOOK)


def looked(later: float = 0.0) -> Script:
    """A guard of eighteen minutes, looked at two minutes ago; so many seconds later."""
    script = measured.guarding(GUARD)
    script.after(0, happened.LookMissed(step="watch", due=script.at - 780, last=script.at - 480, count=2))
    script.after(0, happened.Looked(step="watch", by="chen", late=300.0))
    return script.after(120 + later, happened.LinkLost(host="web-3", reason="reset"))


@pytest.mark.parametrize(
    ("later", "text"),
    [
        (0, "look at Watch the release  ✔ next in 3:00, by 13:30:33 UTC · every 5m · last by chen at 13:25:33"),
        (100, "look at Watch the release  ◆ due in 1:20, at 13:30:33 UTC · [l] I have looked · every 5m"),
        (200, "look at Watch the release  ✖ late by 0:20, was due at 13:30:33 UTC · [l] I have looked · every 5m"),
    ],
)
def test_the_guard_screen_says_when_the_next_is_due(later: float, text: str) -> None:
    shown = "\n".join(lines(watching(view(looked(later))), width=200))
    assert text in shown
    assert shown.endswith("· 1 late · 2 missed")


def test_nobody_is_disturbed_before_it_is_time() -> None:
    early, late = view(looked(), login="chen"), view(looked(100), login="chen")
    assert "look" not in {one.what for one in early.mine}
    assert "look" in {one.what for one in late.mine}


def test_a_guard_waits_for_nobody_who_owes_a_look() -> None:
    assert "until 14:07:33" in "\n".join(lines(timeline(view(looked(200))), COLUMNS, 200))


async def test_one_key_and_a_note_record_a_look() -> None:
    script = looked(100)
    async with flying(script, login="chen", observer=True, **seen(script)) as flight:
        await flight.opened("l")
        assert "Grafana  https://grafana/d/orders" in flight.text
        await flight.press("tab")
        await flight.type("all flat")
        await flight.press("enter")
        assert await flight.until_asked() == Looking(what="watch", note="all flat")


async def test_the_same_key_again_records_it_without_a_note() -> None:
    script = looked(100)
    async with flying(script, login="chen", **seen(script)) as flight:
        await (await flight.opened("l")).press("l", "enter")
        assert await flight.until_asked() == Looking(what="watch")


async def test_who_owes_none_is_told_so() -> None:
    script = looked(100)
    async with flying(script, login="eli", **seen(script)) as flight:
        await flight.press("l")
        await flight.until("sre looks, and you are not")
