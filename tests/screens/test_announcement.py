"""What will happen by itself is announced over every screen."""

from __future__ import annotations

import pytest

from cockpit.release import events as happened
from screens.announcement import Announcement, announcements
from screens.dialogs.rules import VetoDialog
from screens.link import Records
from screens.panes.call import call
from screens.panes.headline import strip
from screens.panes.outlook import outlook
from screens.view import View
from tests.screens import measured, release
from tests.screens.flying import flying
from tests.screens.measured import fields, seen
from tests.screens.seen import lines, view
from widgets.line import join
from widgets.rows import Bit

ROLLS = "↺ ROLLS BACK BY ITSELF in 0:22"


def said(one: View, room: int = 200) -> list[str]:
    found = announcements(one)
    return ["".join(bit.text for bit in (*join(each.parts, Bit(" · "), room), *each.key)) for each in found]


def counting(login: str = "ana", **more: object) -> View:
    script = measured.counting_down()
    return view(script, 8.0, login, **{**fields(script, 0.0), **more})


def test_a_rollback_says_when_why_and_the_key_that_vetoes_it() -> None:
    assert said(counting()) == [f"{ROLLS} · errors 7.2 %, above 5% for 5m · at 13:31:03 UTC[v] veto"]


def test_where_room_is_short_the_countdown_stays() -> None:
    assert said(counting(), 30) == [f"{ROLLS}[v] veto"]


def test_whoever_may_not_veto_is_told_who_may() -> None:
    assert said(counting("chen"))[0].endswith("ana may veto")
    assert said(counting(observer=True))[0].endswith("ana may veto")


def test_a_decision_says_its_deadline_and_its_default() -> None:
    script = measured.deciding()
    one = view(script, 8.0, "chen", **fields(script, 0.0))
    assert said(one)[0].startswith("◆ DECISION on slow: roll back in 9:52, if nobody decides")
    assert said(one)[0].endswith("[w] decide")
    assert "[w]" not in said(view(script, 8.0, "eli", **fields(script, 0.0)))[0]


def test_a_hold_by_rules_says_how_long_they_have_been_well() -> None:
    assert said(view(measured.held()))[0].startswith("‖ HELD BY RULES paged · well for 2:10 of 5:00")


@pytest.mark.parametrize("script", [release.deploying, release.holding, release.done, measured.guarding])
def test_without_anything_to_come_nothing_is_announced(script: object) -> None:
    assert announcements(view(script())) == ()  # type: ignore[operator]


def test_the_strip_and_the_outlook_say_it_too() -> None:
    one = counting()
    assert "✖ errors 7.2 % failing" in "".join(bit.text for part in strip(one) for bit in part.content)
    assert call(one)[0].text == "[v] vetoes"
    told = " ".join(" ".join(lines(outlook(one))).split())
    assert "rolls back by itself in 0:22 for errors, unless it is vetoed" in told


@pytest.mark.parametrize("keys", [(), ("m",), ("e",), ("question_mark",), ("colon",), ("h",), ("R",), ("slash",)])
@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])
async def test_it_is_on_every_screen(keys: tuple[str, ...], size: tuple[int, int]) -> None:
    script = measured.counting_down()
    async with flying(script, size=size, **seen(script, -6.0)) as flight:
        await flight.press(*keys)
        await flight.until(ROLLS)
        assert flight.text.splitlines()[0].lstrip().startswith(ROLLS)


async def test_it_comes_over_a_screen_that_is_open() -> None:
    script = measured.guarding()
    async with flying(script, **seen(script, 0.0)) as flight:
        await flight.press("e")
        before = len(script.records)
        script.after(5, measured.verdict("errors", "failing", 7.2))
        script.after(0, happened.RollbackAnnounced(guard="watch", rule="errors", due=script.at + 30))
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("ROLLS BACK BY ITSELF in 0:22")


async def test_it_goes_when_it_is_over() -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        await flight.until(ROLLS)
        before = len(script.records)
        script.after(1, happened.Vetoed(rule="errors", by="ana", note="a load test"))
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("vetoed by ana")
        assert not flight.app.screen.query_one(Announcement).display


@pytest.mark.parametrize("keys", [("h",), ("colon",), ("slash",), ("e",), ("question_mark",)])
async def test_one_key_vetoes_from_anywhere(keys: tuple[str, ...]) -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        await flight.press(*keys)
        await flight.press("f9")
        await flight.until("Veto · rollback by errors")


async def test_the_same_key_again_loses_nothing_that_was_typed() -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        await (await flight.opened("v")).press("tab")
        await flight.type("load")
        await flight.press("f9")
        assert isinstance(flight.app.screen, VetoDialog)
        assert flight.app.screen.said("note") == "load"
