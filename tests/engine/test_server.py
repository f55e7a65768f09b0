from __future__ import annotations

import asyncio
import logging
import os
import random
import socket
import stat
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.engine import address, protocol
from cockpit.engine.client import Client, greeting
from cockpit.engine.peer import login_of, uid_of
from cockpit.engine.place import Home, Place
from cockpit.engine.protocol import Bye, FromEngine, Hello, Ping, Supply, Welcome
from cockpit.engine.server import Server
from cockpit.errors import ProtocolError
from cockpit.release.events import Held
from tests.engine.memory import Memory, serving

WATCH = protocol.encode(Hello(oldest=1, newest=1), protocol.TO_ENGINE)
HELLO = protocol.encode(Hello(oldest=1, newest=1, records=False), protocol.TO_ENGINE)

SEEN_BY_NOBODY = """
import socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.settimeout(10)
connection.connect(sys.argv[1])
sys.stdout.buffer.write(connection.recv(65536))
"""


@asynccontextmanager
async def raw(place: Place) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection on which anything can be written."""
    reader, writer = await asyncio.open_unix_connection(sock=address.connect(place.socket))
    try:
        yield reader, writer
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def said(reader: asyncio.StreamReader) -> list[FromEngine]:
    """Every message until the engine closes."""
    content = bytearray()
    async with asyncio.timeout(10):
        try:
            while piece := await reader.read(65536):
                content += piece
        except ConnectionResetError:
            pass
    messages = []
    while content:
        size = 4 + struct.unpack(">I", content[:4])[0]
        messages.append(msgspec.msgpack.decode(content[4:size], type=FromEngine))
        del content[:size]
    return messages


async def answer_to(place: Place, *frames: bytes) -> list[FromEngine]:
    """What the engine says to these bytes until it closes."""
    async with raw(place) as (reader, writer):
        for frame in frames:
            writer.write(frame)
        writer.write_eof()
        return await said(reader)


def framed(content: bytes) -> bytes:
    """A frame of any content."""
    return struct.pack(">I", len(content)) + content


def test_socket_is_private_whatever_the_umask(place: Place) -> None:
    before = os.umask(0)
    address.listen(place.socket, place.file_mode).close()
    os.umask(before)
    assert stat.S_IMODE(place.socket.lstat().st_mode) == 0o600


async def test_socket_of_a_dead_engine_is_replaced(place: Place) -> None:
    address.listen(place.socket, 0o600).close()
    async with serving(place):
        assert await greeting(place)


async def test_socket_is_removed_at_the_end(place: Place) -> None:
    async with serving(place):
        assert place.socket.exists()
    assert not place.socket.exists()


async def test_socket_of_the_next_engine_is_left_alone(place: Place) -> None:
    async with serving(place) as (_, first), serving(place):
        await first.close("replaced")
        assert await greeting(place)


async def test_path_may_be_longer_than_the_kernel_takes(tmp_path: Path) -> None:
    place = Home(tmp_path / ("x" * 120) / "releases").create("y" * 80)
    async with serving(place):
        welcome = await greeting(place)
    assert welcome
    assert welcome.release == "y" * 80


async def test_other_version_is_told_which_is_spoken(place: Place, memory: Memory) -> None:
    (bye,) = await answer_to(place, protocol.encode(Hello(oldest=7, newest=9), 1000))
    assert isinstance(bye, Bye)
    assert bye.reason == "this engine speaks versions 1 to 1, the client 7 to 9"


async def test_newer_client_is_welcome_when_it_speaks_an_older_version_too(place: Place, memory: Memory) -> None:
    hello = {"message": "hello", "oldest": 1, "newest": 9, "records": False, "colour": "green"}
    welcome, *_ = await answer_to(place, framed(msgspec.msgpack.encode(hello)))
    assert isinstance(welcome, Welcome)
    assert welcome.version == 1


async def test_first_message_must_be_hello(place: Place, memory: Memory) -> None:
    assert await answer_to(place, protocol.encode(Ping(id=1), 1000)) == []


async def test_second_hello_ends_the_connection(place: Place, memory: Memory) -> None:
    assert (await answer_to(place, HELLO, HELLO))[-1] == Bye(reason="a second hello")


async def test_message_of_no_kind_ends_the_connection(place: Place, memory: Memory) -> None:
    messages = await answer_to(place, HELLO, framed(msgspec.msgpack.encode({"message": "teleport"})))
    assert messages[-1] == Bye(reason="a message that cannot be understood")


async def test_huge_frame_ends_the_connection_before_it_is_read(place: Place, memory: Memory) -> None:
    messages = await answer_to(place, HELLO, struct.pack(">I", 2**32 - 1))
    assert messages[-1] == Bye(reason="a frame of 4294967295 bytes, and 1048576 are allowed")


async def test_cut_frame_ends_the_connection(place: Place, memory: Memory) -> None:
    assert (await answer_to(place, HELLO, struct.pack(">I", 100) + b"x"))[-1] == Bye(
        reason="the connection ended in the middle of a message"
    )


async def test_intent_that_is_not_known_is_refused_and_the_connection_lives(place: Place, memory: Memory) -> None:
    ask = {"message": "ask", "id": 4, "intent": {"intent": "teleport"}}
    ping = protocol.encode(Ping(id=5), 1000)
    messages = await answer_to(place, HELLO, framed(msgspec.msgpack.encode(ask)), ping)
    answers = [message for message in messages if isinstance(message, protocol.Answer)]
    assert [answer.id for answer in answers] == [4, 5]
    assert answers[0].refusal
    assert "does not know that intent" in answers[0].refusal.reason


@settings(max_examples=25)
@given(garbage=st.lists(st.binary(max_size=200), max_size=4), greet=st.booleans(), frame=st.booleans())
def test_garbage_harms_nobody_else(garbage: list[bytes], greet: bool, frame: bool) -> None:
    home = Home.default()
    place = home.place("shop-1.2")
    if not place.folder.exists():
        home.create("shop-1.2")

    async def scenario() -> None:
        async with serving(place), Client.connect(place) as other:
            await answer_to(place, *[HELLO][: greet * 1], *(framed(each) if frame else each for each in garbage))
            assert await other.ping() == 0

    asyncio.run(scenario())


async def test_random_stream_harms_nobody_else(place: Place, memory: Memory) -> None:
    stream = random.Random(7)  # noqa: S311  repeatable noise
    async with Client.connect(place) as other:
        for _ in range(40):
            await answer_to(place, HELLO, stream.randbytes(stream.randrange(5000)))
        assert await other.ping() == 0


async def test_secrets_of_a_broken_message_are_in_no_log(
    place: Place, memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="cockpit")
    broken = {"message": "supply", "id": "x", "values": {"token": "hunter2"}}
    messages = await answer_to(place, HELLO, framed(msgspec.msgpack.encode(broken)))
    cut = protocol.encode(Supply(id=1, values={"token": "hunter2"}), 1000)[:-3]
    messages += await answer_to(place, HELLO, cut)
    assert "hunter2" not in caplog.text + repr(messages)
    assert "dropped" in caplog.text


async def test_client_that_takes_nothing_is_dropped_and_others_are_served(place: Place) -> None:
    async with serving(place, stall=0.3) as (memory, _), Client.connect(place, records=False) as other:
        memory.record(*[Held(by="ada", note="x" * 10_000)] * 2000)
        with address.connect(place.socket) as silent:
            silent.send(protocol.encode(Hello(oldest=1, newest=1), 1000))
            await until_watched(other, 1)
            await until_watched(other, 0)
            assert await other.ping() == 2000


async def test_client_that_asks_and_never_listens_is_not_served_ahead(place: Place, memory: Memory) -> None:
    memory.outputs["ab"] = bytes(protocol.CHUNK)
    request = protocol.encode(protocol.OutputRequest(id=1, attempt="ab", offset=0), 1000)
    async with Client.connect(place, records=False) as other:
        with address.connect(place.socket) as silent:
            silent.send(WATCH)
            asking = asyncio.create_task(asyncio.get_running_loop().sock_sendall(silent, request * 50_000))
            await until_watched(other, 1)
            for _ in range(200):
                await other.ping()
            assert memory.reads < 100
            asking.cancel()


async def until_watched(client: Client, number: int) -> None:
    """Wait until so many clients watch."""
    async with asyncio.timeout(10):
        async for message in client:
            if isinstance(message, protocol.Watchers) and sum(message.logins.values()) == number:
                return


async def test_client_that_vanishes_leaves_nothing_open(place: Place, memory: Memory) -> None:
    async with Client.connect(place, records=False) as other:
        before = open_files()
        for _ in range(30):
            async with raw(place) as (_, writer):
                writer.write(WATCH)
                await until_watched(other, 1)
        await until_watched(other, 0)
        async with asyncio.timeout(10):
            while open_files() > before:
                await other.ping()


async def test_served_clients_leave_nothing_open(place: Place) -> None:
    before = open_files()
    async with serving(place) as (memory, _):
        memory.record(Held(by="ada"))
        for _ in range(30):
            async with Client.connect(place) as client:
                await client.ping()
    assert open_files() == before


def open_files() -> int:
    """How many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another login")
@pytest.mark.parametrize("open_up", [False, True])
async def test_another_login_is_refused(place: Place, memory: Memory, ground: Path, open_up: bool) -> None:
    """By the folder's mode, and, were that opened up, by what the kernel says of the peer."""
    if open_up:
        for folder in (place.folder, *place.folder.parents):
            if folder.is_relative_to(ground):
                folder.chmod(0o755)
        place.socket.chmod(0o777)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
    command = [*nobody, "/usr/bin/python3", "-c", SEEN_BY_NOBODY, str(place.socket)]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    if open_up:
        assert b"belongs to another login" in run.stdout
    else:
        assert b"PermissionError" in run.stderr
    assert not memory.asked


async def test_peer_is_who_the_kernel_says() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert uid_of(one) == os.geteuid()
    assert login_of(0) == "root"
    assert login_of(4_000_000_000) == "uid:4000000000"


async def test_engine_of_another_version_is_no_engine_for_this_client(place: Place) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(protocol.encode(Bye(reason="this engine speaks versions 7 to 9"), 1000))
        writer.close()

    listener = address.listen(place.socket, 0o600)
    async with await asyncio.start_unix_server(answer, sock=listener):
        with pytest.raises(ProtocolError, match="speaks versions 7 to 9"):
            async with Client.connect(place):
                pass


@pytest.mark.parametrize("noise", [b"HTTP/1.1 200 OK\r\n\r\n", b"\0\0\0\2hi", b"\xff" * 50])
async def test_what_is_no_engine_is_a_protocol_error(place: Place, noise: bytes) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(noise)
        writer.close()

    listener = address.listen(place.socket, 0o600)
    async with await asyncio.start_unix_server(answer, sock=listener):
        with pytest.raises(ProtocolError):
            async with Client.connect(place):
                pass


async def test_engine_that_sends_nonsense_later_ends_the_messages(place: Place, server: Server, memory: Memory) -> None:
    async with Client.connect(place) as client:
        memory.all.append("nonsense")  # type: ignore[arg-type]  # what only a defect would send
        server.recorded()
        async with asyncio.timeout(10):
            assert isinstance([message async for message in client][-1], Bye)
