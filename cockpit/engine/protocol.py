"""What goes over the socket between an engine and its clients: messages, versions, limits.

A frame is a length (4 bytes, big-endian) and that many bytes of MessagePack. `Hello`, `Welcome` and `Bye` keep their
fields in every version, so that any two versions can tell each other what they speak; a decoder ignores fields that it
does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cockpit.analysis.rule import Judgement
from cockpit.engine.live import Pulse
from cockpit.engine.measured import Measured
from cockpit.errors import ProtocolError
from cockpit.release.events import Record
from cockpit.release.intents import AnyIntent, Refusal

OLDEST = 1
NEWEST = 1
"""The versions that this cockpit speaks, both as engine and as client."""

TO_ENGINE = 1 << 20
TO_CLIENT = 16 << 20
"""Frames above this many bytes are refused."""

CHUNK = 1 << 20
"""The most output bytes in one message."""


class Message(msgspec.Struct, frozen=True, tag_field="message", omit_defaults=True, kw_only=True):
    """The base of all messages."""


class Hello(Message, tag="hello", frozen=True, kw_only=True):
    """The first word of a client. `records`: send every record behind number `after`, and go on with new ones.

    `metrics`: send what is measured, too; `times`: and in a rehearsal what time it is there.
    """

    oldest: int
    newest: int
    cockpit: str = ""
    observe: bool = False
    records: bool = True
    after: int = 0
    metrics: bool = False
    times: bool = False


class Ask(Message, tag="ask", frozen=True, kw_only=True):
    """An intent; `Answer` has the same id. It is packed apart: an engine that does not know it can still answer.

    `login`: in a rehearsal, whom the client plays; empty for itself.
    """

    id: int
    intent: msgspec.Raw
    login: str = ""


class Supply(Message, tag="supply", frozen=True, kw_only=True):
    """Secrets by name, and the socket of an SSH agent, for the engine's memory only; answered by `Answer`."""

    id: int
    values: Mapping[str, str]
    agent: str = ""

    def __repr__(self) -> str:
        """Names without values."""
        return f"Supply(id={self.id}, names={sorted(self.values)}, agent={self.agent!r})"


class OutputRequest(Message, tag="output-request", frozen=True, kw_only=True):
    """At most `length` bytes of an attempt's output from `offset`.

    `wait`: answer only when there is something, or the end.
    """

    id: int
    attempt: str
    offset: int
    length: int = CHUNK
    wait: bool = False


class SeriesRequest(Message, tag="series-request", frozen=True, kw_only=True):
    """The latest stored readings of a metric on a host (or none) from a moment on; answered by `Series`."""

    id: int
    metric: str
    host: str = ""
    since: float = 0.0


class Ping(Message, tag="ping", frozen=True, kw_only=True):
    """Is anybody there; answered by `Answer`."""

    id: int


class Welcome(Message, tag="welcome", frozen=True, kw_only=True):
    """The engine's answer to `Hello`: the version spoken from now on, who the client is to it, and what it is."""

    version: int
    release: str
    login: str
    role: Literal["driver", "observer"]
    pid: int
    epoch: int
    cockpit: str
    last: int


class Records(Message, tag="records", frozen=True, kw_only=True):
    """The next records, in order and without gaps."""

    records: tuple[Record, ...]


class CaughtUp(Message, tag="caught-up", frozen=True, kw_only=True):
    """Everything up to this number has been sent; what follows happens now. Sent once."""

    seq: int


class Answer(Message, tag="answer", frozen=True, kw_only=True):
    """What became of an `Ask`, a `Supply` or a `Ping`. Its events, if there are any, have numbers up to `seq`."""

    id: int
    refusal: Refusal | None = None
    seq: int = 0


class Output(Message, tag="output", frozen=True, kw_only=True):
    """Output bytes from `offset`.

    `end`: the attempt is over and nothing comes after these. `problem`: why it could not be read.
    """

    id: int
    attempt: str
    offset: int
    data: bytes = b""
    end: bool = False
    problem: str = ""


class Watchers(Message, tag="watchers", frozen=True, kw_only=True):
    """Who gets records: number of clients by login."""

    logins: Mapping[str, int]


class Live(Message, tag="live", frozen=True, kw_only=True):
    """What is no event: the pulses of all running attempts, and why nothing can be stored. The latest counts."""

    pulses: tuple[Pulse, ...] = ()
    trouble: str = ""


class Series(Message, tag="series", frozen=True, kw_only=True):
    """Readings, oldest first: moments, and values or None where nothing was measured."""

    id: int
    metric: str
    host: str
    moments: tuple[float, ...]
    values: tuple[float | None, ...]


class Metrics(Message, tag="metrics", frozen=True, kw_only=True):
    """What is no event: the latest reading of each metric, and where each rule stands. The latest counts."""

    measured: tuple[Measured, ...] = ()
    judgements: tuple[Judgement, ...] = ()


class Time(Message, tag="time", frozen=True, kw_only=True):
    """What time it is in a rehearsal, and how many seconds pass there in one (0: as fast as it goes)."""

    at: float
    speed: float


class Bye(Message, tag="bye", frozen=True, kw_only=True):
    """The last word of an engine, and why."""

    reason: str
    hint: str = ""


FromClient = Hello | Ask | Supply | OutputRequest | SeriesRequest | Ping
FromEngine = Welcome | Records | CaughtUp | Answer | Output | Series | Watchers | Live | Metrics | Time | Bye

_ENCODER = msgspec.msgpack.Encoder()
_INTENTS: msgspec.msgpack.Decoder[AnyIntent] = msgspec.msgpack.Decoder(AnyIntent)
_HEAD = 4


def encode(message: FromClient | FromEngine, limit: int) -> bytes:
    """The frame of a message; ProtocolError when it is above `limit` bytes."""
    frame = bytearray(_HEAD)
    _ENCODER.encode_into(message, frame, _HEAD)
    size = len(frame) - _HEAD
    if size > limit:
        raise ProtocolError(f"a message of {size} bytes, and {limit} are allowed")
    frame[:_HEAD] = size.to_bytes(_HEAD, "big")
    return bytes(frame)


def length(head: bytes, limit: int) -> int:
    """How many bytes follow a frame's head; ProtocolError when that is above `limit`."""
    size = int.from_bytes(head, "big")
    if size > limit:
        raise ProtocolError(f"a frame of {size} bytes, and {limit} are allowed")
    return size


def pack(intent: AnyIntent) -> msgspec.Raw:
    """An intent as `Ask` carries it."""
    return msgspec.Raw(_ENCODER.encode(intent))


def unpack(intent: msgspec.Raw) -> AnyIntent | None:
    """The intent in an `Ask`; None when this cockpit does not know it."""
    try:
        return _INTENTS.decode(intent)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def common(hello: Hello) -> int | None:
    """The newest version that both sides speak; None when there is none."""
    newest = min(NEWEST, hello.newest)
    return newest if newest >= max(OLDEST, hello.oldest) else None
