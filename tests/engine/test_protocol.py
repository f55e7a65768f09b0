from __future__ import annotations

import asyncio
import struct
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.engine import protocol
from cockpit.engine.protocol import FromClient, Hello, Output, OutputRequest, Ping, Supply
from cockpit.errors import ProtocolError
from cockpit.release.events import Held, Record
from cockpit.release.intents import Sign

CLIENT = msgspec.msgpack.Decoder(FromClient)


@pytest.mark.parametrize(
    ("oldest", "newest", "spoken"), [(1, 1, 1), (0, 1, 1), (1, 9, 1), (2, 3, None), (0, 0, None), (5, 1, None)]
)
def test_newest_common_version_is_spoken(oldest: int, newest: int, spoken: int | None) -> None:
    assert protocol.common(Hello(oldest=oldest, newest=newest)) == spoken


def test_frame_is_its_length_and_its_content() -> None:
    frame = protocol.encode(Ping(id=7), protocol.TO_ENGINE)
    assert struct.unpack(">I", frame[:4])[0] == len(frame) - 4
    assert CLIENT.decode(frame[4:]) == Ping(id=7)


def test_frame_above_the_limit_is_not_sent() -> None:
    with pytest.raises(ProtocolError, match="100 are allowed"):
        protocol.encode(Output(id=1, attempt="ab", offset=0, data=bytes(200)), 100)


def test_length_above_the_limit_is_refused() -> None:
    assert protocol.length(b"\0\0\0\x64", 100) == 100
    with pytest.raises(ProtocolError, match="a frame of 101 bytes"):
        protocol.length(b"\0\0\0\x65", 100)


def test_fields_of_a_newer_version_are_ignored() -> None:
    hello = {"message": "hello", "oldest": 1, "newest": 4, "colour": "green"}
    assert CLIENT.decode(msgspec.msgpack.encode(hello)) == Hello(oldest=1, newest=4)


def test_output_bytes_come_back_as_they_were() -> None:
    output = Output(id=1, attempt="ab", offset=0, data=bytes(range(256)))
    frame = protocol.encode(output, protocol.TO_CLIENT)
    assert msgspec.msgpack.decode(frame[4:], type=Output) == output


def test_records_come_back_as_they_were() -> None:
    records = protocol.Records(records=(Record(1, 2.5, Held(by="ada"), "ff"),))
    frame = protocol.encode(records, protocol.TO_CLIENT)
    assert msgspec.msgpack.decode(frame[4:], type=protocol.Records) == records


def test_intent_comes_back_as_it_was() -> None:
    intent = Sign(gate="go", role="sre", yes=True, covers="ff")
    assert protocol.unpack(protocol.pack(intent)) == intent


def test_intent_of_a_newer_client_is_not_known() -> None:
    assert protocol.unpack(msgspec.Raw(msgspec.msgpack.encode({"intent": "teleport"}))) is None


def test_no_representation_of_a_secret_shows_it() -> None:
    supply = Supply(id=1, values={"token": "hunter2"}, agent="/run/agent")
    for text in (repr(supply), str(supply), f"{supply}", f"{[supply]!r}"):
        assert "hunter2" not in text
    assert repr(supply) == "Supply(id=1, names=['token'], agent='/run/agent')"


@given(st.binary(max_size=300))
def test_random_content_is_a_message_or_a_protocol_error(body: bytes) -> None:
    try:
        CLIENT.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return


@pytest.mark.parametrize("byte", [0x91, 0x81, 0xDC, 0xDE])
def test_deep_nesting_is_refused(byte: int) -> None:
    """Arrays in arrays, maps in maps."""
    with pytest.raises((msgspec.MsgspecError, RecursionError)):
        CLIENT.decode(bytes([byte]) * protocol.TO_ENGINE)


def test_request_is_small_whatever_is_asked_for() -> None:
    assert len(protocol.encode(OutputRequest(id=2**31, attempt="f" * 64, offset=2**40), protocol.TO_ENGINE)) < 200


def test_hello_can_be_read_by_a_plain_decoder() -> None:
    frame = protocol.encode(Hello(oldest=1, newest=1, after=3), protocol.TO_ENGINE)
    assert msgspec.msgpack.decode(frame[4:]) == {"message": "hello", "oldest": 1, "newest": 1, "after": 3}


def test_importing_the_client_is_light() -> None:
    """What a screen must not load before its first paint."""
    found = asyncio.run(_modules_of("cockpit.engine.client"))
    assert not {"asyncssh", "sqlite3", "httpx", "pydantic", "textual", "cockpit.journal"} & found


async def _modules_of(module: str) -> set[str]:
    code = f"import {module}, sys; print(*sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return set(output.decode().split())
