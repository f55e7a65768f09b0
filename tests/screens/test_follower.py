"""Staying in touch with the engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from textual.message import Message

from cockpit.errors import Unreachable
from cockpit.release.intents import Hold
from screens.follower import FIRST_PAUSE, LONGEST_PAUSE, Follower, Reached
from screens.link import Records
from tests.screens import release
from tests.screens.flying import flying
from tests.screens.link import ScriptedLink
from tests.screens.waiting import until


class Pauses:
    """Pauses that last no time; after so many the follower is stopped."""

    def __init__(self, most: int) -> None:
        self.seconds: list[float] = []
        self._most = most

    async def __call__(self, seconds: float) -> None:
        """Keep how long it would be."""
        self.seconds.append(seconds)
        if len(self.seconds) == self._most:
            raise asyncio.CancelledError


async def run(follower: Follower) -> None:
    try:
        await follower.run()
    except asyncio.CancelledError:
        return


async def test_an_engine_that_is_not_there_is_tried_with_growing_pauses() -> None:
    async def nobody(after: int) -> ScriptedLink:
        raise Unreachable("no engine answers")

    posted: list[Message] = []
    pauses = Pauses(8)
    await run(Follower(nobody, posted.append, pauses))
    assert pauses.seconds[:3] == [2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses.seconds[-1] == LONGEST_PAUSE
    assert all(isinstance(one, Reached) and one.trouble == "no engine answers" for one in posted)


async def test_after_a_loss_it_goes_on_behind_the_last_event() -> None:
    script = release.deploying()
    async with flying(script) as flight:
        before = len(script.records)
        flight.link.cut()
        await flight.until("✖ engine lost")
        assert "Deploy rest" in flight.text
        script.run("rest", "web-3", 4)
        await until(flight.pilot, lambda: len(flight.link.after) == 2, "connected again")
        assert flight.link.after == [0, before]
        await flight.until("● engine")


async def test_a_lost_engine_refuses() -> None:
    refusal = await Follower(None, print).ask(Hold())  # type: ignore[arg-type]  # never connected
    assert refusal is not None
    assert refusal.reason == "the engine is lost"


async def test_news_reach_the_screen() -> None:
    script = release.deploying()
    async with flying(script) as flight:
        before = len(script.records)
        script.end("rest-web-2-run-1", "failed", 7, "exit 7", took=3)
        flight.link.send(Records(tuple(script.records[before:])))
        await flight.until("3.0 s    7")


class Breaking(ScriptedLink):
    """A link that breaks once in the middle of some output."""

    broken = False

    async def output(self, attempt: str, offset: int) -> AsyncIterator[bytes]:
        """Half of it, then a loss; then the rest."""
        data = self.printed[attempt]
        if not self.broken:
            self.broken = True
            yield data[offset : len(data) // 2]
            raise ConnectionResetError
        yield data[offset:]


async def test_output_goes_on_at_the_next_byte_after_a_loss() -> None:
    link = Breaking([], printed={"a": b"0123456789"})
    await link.connect(0)
    got: list[bytes] = []
    follower = Follower(link.connect, lambda _: None, Pauses(9))
    follower._link = link
    follower._there.set()
    await follower.output("a", "web-1", 0, lambda message: got.append(message.data))  # type: ignore[attr-defined]
    assert b"".join(got) == b"0123456789"
