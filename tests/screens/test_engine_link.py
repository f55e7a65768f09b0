"""The screens on a real server of an engine, over its socket."""

from __future__ import annotations

import os
import pwd

from cockpit.engine.place import Home
from cockpit.release.intents import Hold, Resume
from screens.app import CockpitApp
from screens.engine_link import connecting
from tests.engine.memory import REFUSAL, Memory, serving
from tests.screens import rehearsed, release
from tests.screens.release import Script
from tests.screens.seen import screen
from tests.screens.waiting import until

ME = pwd.getpwuid(os.geteuid()).pw_name


def put(memory: Memory, script: Script) -> None:
    """What happened in a script."""
    memory.record(*(record.event for record in script.records))


async def test_a_release_is_followed_and_its_output_read() -> None:
    place = Home.default().create("orders-1.4.0")
    async with serving(place) as (memory, _):
        put(memory, release.deploying())
        memory.outputs["rest-web-2-run-1"] = b"Stopping orders\n"
        app = CockpitApp(connecting(place), theme="cockpit")
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: "● engine" in screen(app), "live")
            await until(pilot, lambda: "web-2 │ Stopping orders" in screen(app), "output")
            assert (app.view.login, app.view.observer, dict(app.view.connected)) == (ME, False, {ME: 1})


async def test_an_engine_that_goes_and_comes_is_found_again() -> None:
    place = Home.default().create("orders-1.4.0")
    app = CockpitApp(connecting(place), theme="cockpit")
    async with app.run_test(size=(120, 36)) as pilot:
        async with serving(place) as (memory, _):
            put(memory, release.deploying())
            await until(pilot, lambda: app.view.reach == "live" and app.view.ready, "live")
        await until(pilot, lambda: "✖ engine lost" in screen(app), "lost")
        assert "Deploy rest" in screen(app)
        async with serving(place) as (memory, _):
            put(memory, release.failed())
            await until(pilot, lambda: "failed on web-2" in screen(app), "the rest")


async def test_an_intent_is_asked_and_refused() -> None:
    place = Home.default().create("orders-1.4.0")
    async with serving(place) as (memory, _):
        put(memory, release.deploying())
        link = await connecting(place)(0)
        assert await link.ask(Hold(note="x")) is None
        assert await link.ask(Resume()) == REFUSAL
        await link.close()
        assert memory.asked[0][1] == Hold(note="x")


async def test_somebody_is_played_over_the_socket() -> None:
    place = Home.default().create("orders-1.4.0")
    async with serving(place) as (memory, _):
        put(memory, release.deploying())
        link = await connecting(place)(0)
        await link.ask(Hold(), "chen")
        await link.ask(Hold())
        await link.close()
        assert memory.played == ["chen", ""]


async def test_the_time_of_a_rehearsal_comes_over_the_socket() -> None:
    place = Home.default().create("orders-1.4.0")
    script = rehearsed.deploying()
    async with serving(place) as (memory, server):
        put(memory, script)
        server.timed((script.at + 60.0, 10.0))
        app = CockpitApp(connecting(place), theme="cockpit")
        async with app.run_test(size=(120, 36)) as pilot:
            await until(pilot, lambda: app.view.pace == 10.0, "the time is told")
            assert app.view.now >= script.at + 60.0
