"""The guard screen under someone's hands."""

from __future__ import annotations

import pytest

from cockpit.analysis.rule import Sample
from cockpit.engine.client import Measured
from cockpit.engine.place import Home
from screens.app import CockpitApp
from screens.engine_link import connecting
from screens.guard import ChartPane, GuardScreen
from screens.link import Metered
from screens.panes.guards import page
from tests.engine.memory import serving
from tests.screens import measured, release
from tests.screens.flying import Flight, flying
from tests.screens.measured import seen
from tests.screens.seen import screen
from tests.screens.waiting import until
from widgets.chart import Chart


async def charted(flight: Flight) -> Flight:
    """Open it, and wait until everything seen is drawn."""
    await flight.press("m")
    await until(flight.pilot, lambda: bool(drawn(flight)) and all(drawn(flight)), "charts are drawn")
    return flight


def drawn(flight: Flight) -> list[int]:
    return [chart.drawn for chart in flight.app.screen.query(Chart)]


async def test_a_key_opens_charts_rules_and_the_countdown() -> None:
    script = measured.nearing()
    given = seen(script, -6.0, {"errors": (130.0, 300.0)}, error_rate=6.1)
    async with flying(script, **given) as flight:
        await charted(flight)
        for text in (
            "▶ 41:52 of 1:00:00 left",
            "▰▰▰▱▱▱ 2:10 of 5:00 above 5%",
            "errors fails above 5 %",
            "cutover",
            "before: median 0.12, p95 0.31, spread 0.08 %, n 360",
        ):
            assert text in flight.text
        await flight.press("escape")
        assert not isinstance(flight.app.screen, GuardScreen)


@pytest.mark.parametrize(("size", "count"), [((80, 24), 1), ((120, 36), 2), ((200, 60), 6)])
async def test_as_many_charts_as_there_is_room_for(size: tuple[int, int], count: int) -> None:
    script = measured.guarding()
    async with flying(script, size=size, **seen(script, 0.0)) as flight:
        await charted(flight)
        assert len(flight.app.screen.query(ChartPane)) == count


async def test_the_rule_under_the_cursor_brings_its_chart() -> None:
    script = measured.guarding()
    async with flying(script, size=(80, 24), **seen(script, 0.0)) as flight:
        await charted(flight)
        await flight.press("j", "j", "j", "j")
        await flight.until("Orders · ")


def test_charts_come_in_pages() -> None:
    names = ("a", "b", "c", "d", "e")
    assert page(names, "c", 2) == ("c", "d")
    assert page(names, "e", 2) == ("d", "e")
    assert page(names, "", 9) == names


@pytest.mark.parametrize("size", [(20, 5), (5, 3), (1, 1), (300, 90)])
async def test_any_size_is_drawn(size: tuple[int, int]) -> None:
    script = measured.counting_down()
    async with flying(script, size=size, **seen(script, -6.0)) as flight:
        await flight.press("m", "j", "k", "end")
        assert isinstance(flight.app.screen, GuardScreen)


async def test_a_playbook_without_rules_has_no_guard_screen() -> None:
    async with flying(release.deploying()) as flight:
        await flight.press("m")
        await flight.until("this playbook has no rules")


async def test_only_what_changed_is_drawn_again() -> None:
    script = measured.guarding()
    async with flying(script, size=(200, 60), **seen(script, 0.0)) as flight:
        await charted(flight)
        before = drawn(flight)
        flight.link.send(Metered((Measured("latency", "", script.at + 5, 300.0),), measured.judged(script)))
        await until(flight.pilot, lambda: drawn(flight) != before, "drawn again")
        assert [after - each for each, after in zip(before, drawn(flight), strict=True)] == [0, 1, 0, 0, 0, 0]


async def test_a_clock_alone_draws_no_chart() -> None:
    script = measured.guarding()
    async with flying(script, **seen(script, 0.0)) as flight:
        await charted(flight)
        before = drawn(flight)
        flight.later(1.0)
        await flight.until("13:25:42 UTC")
        assert drawn(flight) == before


async def test_enter_on_a_rule_acts_on_it() -> None:
    script = measured.counting_down()
    async with flying(script, **seen(script, -6.0)) as flight:
        await charted(flight)
        await flight.press("enter")
        await flight.until("Veto · rollback by errors")


async def test_history_and_news_come_from_a_real_server() -> None:
    place = Home.default().create("orders-1.4.0")
    script = measured.guarding()
    async with serving(place) as (memory, server):
        memory.record(*(record.event for record in script.records))
        memory.readings["latency", ""] = tuple(Sample(script.at - 5.0 * back, 200.0) for back in range(60, 0, -1))
        server.measured((Measured("latency", "", script.at, 210.0),), measured.judged(script))
        app = CockpitApp(connecting(place), theme="cockpit", clock=lambda: script.at + 1, ticking=False)
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: "p95 latency  210 ms" in screen(app), "the latest")
            await until(pilot, lambda: len(app.view.traces["latency", ""].moments) == 61, "the history")
