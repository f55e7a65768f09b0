from __future__ import annotations

import asyncio
import os
import pwd
from typing import TypeVar

import pytest

from cockpit.engine.client import Client, ask_once, greeting
from cockpit.engine.live import Pulse
from cockpit.engine.place import Place
from cockpit.engine.protocol import Bye, CaughtUp, FromEngine, Live, Records, Watchers
from cockpit.engine.server import Server
from cockpit.errors import Unreachable
from cockpit.release.events import Held, Resumed
from cockpit.release.intents import Done, Go, Hold, RollBack, Sign, Tick
from tests.engine.memory import REFUSAL, Memory, serving

ME = pwd.getpwuid(os.geteuid()).pw_name

MessageT = TypeVar("MessageT", bound=FromEngine)


async def next_of(client: Client, kind: type[MessageT]) -> MessageT:
    """The next message of that kind."""
    async with asyncio.timeout(10):
        async for message in client:
            if isinstance(message, kind):
                return message
    raise AssertionError(f"no {kind.__name__} came")


async def seqs_until_caught_up(client: Client) -> list[int]:
    """The numbers of the records that come before `CaughtUp`."""
    seqs = []
    async with asyncio.timeout(10):
        async for message in client:
            if isinstance(message, Records):
                seqs += [record.seq for record in message.records]
            if isinstance(message, CaughtUp):
                assert message.seq == (seqs or [0])[-1]
                return seqs
    raise AssertionError("never caught up")


async def test_welcome_says_who_is_who(place: Place, memory: Memory) -> None:
    memory.record(Held(by="ada"))
    async with Client.connect(place) as client:
        welcome = client.welcome
    assert (welcome.release, welcome.login, welcome.role, welcome.pid) == ("shop-1.2", ME, "driver", os.getpid())
    assert (welcome.epoch, welcome.last) == (3, 1)


async def test_every_record_comes_in_order(place: Place, memory: Memory) -> None:
    memory.record(*[Held(by="ada")] * 1000)
    async with Client.connect(place) as client:
        assert await seqs_until_caught_up(client) == list(range(1, 1001))


async def test_records_come_from_where_the_client_left(place: Place, memory: Memory) -> None:
    memory.record(*[Held(by="ada")] * 10)
    async with Client.connect(place, after=7) as client:
        assert await seqs_until_caught_up(client) == [8, 9, 10]


async def test_records_too_large_for_one_message_come_in_several(place: Place, memory: Memory) -> None:
    memory.record(*[Held(by="ada", note="x" * (1 << 20))] * 20)
    async with Client.connect(place) as client:
        assert await seqs_until_caught_up(client) == list(range(1, 21))


async def test_client_that_wants_no_records_gets_none(place: Place, memory: Memory) -> None:
    memory.record(Held(by="ada"))
    async with Client.connect(place, records=False) as client:
        assert await client.ping() == 1
        assert (await next_of(client, Watchers)).logins == {}


async def test_client_that_knows_more_than_the_engine_is_told(place: Place, memory: Memory) -> None:
    with pytest.raises(Exception, match="more records than this engine has"):
        async with Client.connect(place, after=1):
            pass


async def test_new_record_reaches_every_client(place: Place, memory: Memory) -> None:
    async with Client.connect(place) as first, Client.connect(place) as second:
        await seqs_until_caught_up(first)
        await seqs_until_caught_up(second)
        assert await first.ask(Hold(note="wait")) is None
        for client in (first, second):
            (record,) = (await next_of(client, Records)).records
            assert record.event == Held(by=ME, note="wait")


async def test_refusal_comes_back(place: Place, memory: Memory) -> None:
    async with Client.connect(place) as client:
        assert await client.ask(Go(gate="first")) == REFUSAL


async def test_answer_says_up_to_which_record_its_events_go(place: Place, memory: Memory) -> None:
    memory.record(Held(by="ada"), Resumed(by="ada"))
    async with Client.connect(place) as client:
        assert (await client.ask_for_answer(Hold())).seq == 3


async def test_many_questions_at_once_are_all_answered(place: Place, memory: Memory) -> None:
    async with Client.connect(place, records=False) as client:
        answers = await asyncio.gather(*(client.ask(Hold()) for _ in range(500)))
    assert (set(answers), memory.last) == ({None}, 500)


@pytest.mark.parametrize(
    "intent",
    [
        Sign(gate="first", role="sre", yes=True, covers="ff"),
        Tick(step="check", item="a"),
        Done(step="call"),
    ],
)
async def test_observer_may_sign_and_tick(place: Place, memory: Memory, intent: Sign | Tick | Done) -> None:
    async with Client.connect(place, observe=True) as client:
        assert client.welcome.role == "observer"
        await client.ask(intent)
    assert memory.asked == [(ME, intent)]


@pytest.mark.parametrize("intent", [Hold(), Go(gate="first"), RollBack(confirm="shop-1.2")])
async def test_observer_drives_nothing(place: Place, memory: Memory, intent: Hold | Go | RollBack) -> None:
    async with Client.connect(place, observe=True) as client:
        refusal = await client.ask(intent)
    assert refusal
    assert "observer" in refusal.reason
    assert not memory.asked


async def test_secrets_reach_the_engine(place: Place, memory: Memory) -> None:
    async with Client.connect(place) as client:
        assert await client.supply({"token": "hunter2"}, "/run/agent") is None
    assert memory.supplied == [(ME, {"token": "hunter2"}, "/run/agent")]


async def test_observer_supplies_nothing(place: Place, memory: Memory) -> None:
    async with Client.connect(place, observe=True) as client:
        assert await client.supply({"token": "hunter2"})
    assert not memory.supplied


async def test_output_comes_back_byte_for_byte(place: Place, memory: Memory) -> None:
    memory.outputs["ab"] = os.urandom(3 << 20)
    memory.ended.add("ab")
    async with Client.connect(place) as client:
        assert b"".join([piece async for piece in client.output("ab")]) == memory.outputs["ab"]


async def test_output_is_followed_until_its_end(place: Place, memory: Memory, server: Server) -> None:
    memory.outputs["ab"] = b"one "
    async with Client.connect(place) as client:
        pieces = client.output("ab")
        assert await anext(pieces) == b"one "
        waiting = asyncio.ensure_future(anext(pieces))
        await client.ping()
        assert not waiting.done()
        memory.outputs["ab"] += b"two"
        memory.ended.add("ab")
        server.printed("ab")
        assert await waiting == b"two"
        with pytest.raises(StopAsyncIteration):
            await anext(pieces)


async def test_end_without_more_output_ends_following(place: Place, memory: Memory, server: Server) -> None:
    memory.outputs["ab"] = b""
    async with Client.connect(place) as client:
        waiting = asyncio.ensure_future(anext(client.output("ab")))
        await client.ping()
        memory.ended.add("ab")
        server.printed("ab")
        with pytest.raises(StopAsyncIteration):
            await waiting


async def test_end_of_an_attempt_is_an_event_and_ends_following(place: Place, memory: Memory) -> None:
    memory.outputs["ab"] = b""
    async with Client.connect(place) as client:
        waiting = asyncio.ensure_future(anext(client.output("ab")))
        await client.ping()
        memory.ended.add("ab")
        memory.record(Held(by="ada"))
        with pytest.raises(StopAsyncIteration):
            await waiting


async def test_output_that_cannot_be_read_says_why(place: Place, memory: Memory) -> None:
    async with Client.connect(place) as client:
        with pytest.raises(Unreachable, match="no such attempt"):
            await anext(client.output("cd"))


async def test_watchers_are_counted_by_login(place: Place, memory: Memory) -> None:
    async with Client.connect(place) as first:
        async with Client.connect(place, observe=True):
            while (await next_of(first, Watchers)).logins != {ME: 2}:
                pass
        while (await next_of(first, Watchers)).logins != {ME: 1}:
            pass


async def test_pulses_reach_clients_and_only_the_latest_counts(place: Place, memory: Memory, server: Server) -> None:
    async with Client.connect(place) as client:
        for size in range(1000):
            server.show((Pulse("ab", size, 2.0),))
        while not (live := await next_of(client, Live)).pulses:
            pass
    assert live.pulses == (Pulse("ab", 999, 2.0),)


async def test_engine_that_goes_says_why(place: Place) -> None:
    async with serving(place) as (_, server), Client.connect(place) as client:
        await seqs_until_caught_up(client)
        await server.close("the release is closed")
        assert (await next_of(client, Bye)).reason == "the release is closed"
        with pytest.raises(Unreachable, match="the release is closed"):
            await client.ask(Hold())


async def test_last_record_and_answer_come_before_the_engine_goes(place: Place) -> None:
    async with serving(place) as (_, server), Client.connect(place) as client, Client.connect(place) as other:
        await seqs_until_caught_up(other)
        asking = asyncio.ensure_future(client.ask(Hold()))
        await next_of(other, Records)
        await server.close("the release is closed")
        assert await asking is None
        assert (await next_of(client, Records)).records[0].seq == 1


async def test_last_records_come_before_the_engine_goes(place: Place) -> None:
    async with serving(place) as (memory, server), Client.connect(place) as client:
        memory.record(*[Held(by="ada")] * 3000)
        await server.close("the release is closed")
        pages = [message.records async for message in client if isinstance(message, Records)]
    assert sum(map(len, pages)) == 3000


async def test_question_is_not_left_open_when_the_engine_goes(place: Place) -> None:
    async with serving(place) as (memory, server), Client.connect(place) as client:
        memory.outputs["ab"] = b""
        waiting = asyncio.ensure_future(client.read_output("ab", 0, wait=True))
        await client.ping()
        await server.close("the engine stops")
        with pytest.raises(Unreachable, match="the engine stops"):
            await waiting


async def test_nobody_answers_where_there_is_no_engine(place: Place) -> None:
    with pytest.raises(Unreachable, match=r"(?s)no engine answers for shop-1\.2.*hint: `cockpit attach shop-1\.2`"):
        async with Client.connect(place):
            pass
    assert await greeting(place) is None


async def test_nobody_answers_at_the_socket_of_a_dead_engine(place: Place) -> None:
    async with serving(place):
        place.socket.rename(place.folder / "kept")
    (place.folder / "kept").rename(place.socket)
    assert await greeting(place) is None


async def test_asking_once_needs_no_event_loop(place: Place, memory: Memory) -> None:
    assert await asyncio.to_thread(ask_once, place, Hold(note="wait")) is None
    assert memory.asked == [(ME, Hold(note="wait"))]


async def test_greeting_is_the_welcome(place: Place, memory: Memory) -> None:
    welcome = await greeting(place)
    assert welcome
    assert welcome.release == "shop-1.2"
