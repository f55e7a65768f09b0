"""A machine that can be talked to: the one thing in which SSH and this machine differ."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec

from cockpit.execution.contract import NotReached
from cockpit.execution.ear import Ear
from cockpit.execution.wrapper import Verb

MOST = 1 << 20
"""Bytes of what a command that only looks may print."""


class Call(msgspec.Struct, frozen=True):
    """One verb for the host's wrapper and what it reads; seconds it may take to its first word, and between two.

    A machine may wait for the end of an attempt without looking for output: for `nudge` seconds at most.
    """

    verb: Verb
    arguments: tuple[str, ...]
    answer: float
    silence: float
    stdin: bytes = b""
    nudge: float = 0.0


class Met(msgspec.Struct, frozen=True):
    """A machine that answers: its key's SHA256 fingerprint (empty for this one) and its network address."""

    key: str
    address: str


class Hangup(msgspec.Struct, frozen=True):
    """How a call ended: the wrapper's exit status, None when the link was lost; `sent` if the host may have heard.

    `stale` if a shell that had waited for the call was gone: it may be made again at once. `again` if it was: the host
    may have heard it before.
    """

    exit: int | None = None
    sent: bool = False
    other_key: bool = False
    stale: bool = False
    again: bool = False
    why: NotReached | None = None


class Said(msgspec.Struct, frozen=True):
    """What a command that only looks has printed, and its exit status (None: it has none)."""

    out: bytes
    err: bytes
    exit: int | None


class Readable(Protocol):
    """A stream of bytes."""

    async def read(self, n: int = -1, /) -> bytes: ...


async def upto(stream: Readable, most: int) -> bytes:
    """What a stream gives until its end, or until there are so many bytes."""
    found = bytearray()
    while len(found) < most and (data := await stream.read(most - len(found))):
        found += data
    return bytes(found)


class Machine(Protocol):
    """A host and the way to it. Nothing here raises for what a host or a link may do."""

    host: str

    async def meet(self) -> Met | NotReached:
        """Connect, unless there is a connection."""

    async def talk(self, call: Call, ear: Ear, enough: Callable[[], bool], key: str | None) -> Hangup:
        """Call the wrapper, listen until it ends or `enough` is heard; not at all when the host's key is not `key`."""

    async def ask(self, words: list[str], stdin: bytes) -> Said | NotReached:
        """Run a command that only looks, with these bytes on its stdin; it may say little more than `MOST` bytes."""

    async def close(self) -> None:
        """Drop every connection."""


class Silence(Exception):
    """The other end gave no sign of life in time."""


async def listen(done: asyncio.Future[None], call: Call, ear: Ear, last: Callable[[], float]) -> None:
    """Wait for `done`; Silence when nothing was heard for too long. `last` is the loop's time of the last bytes."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not done.done():
        left = max(last() + call.silence, begun) if ear.words else begun + call.answer
        if (left := left - loop.time()) <= 0:
            raise Silence(f"no sign of life for {call.silence if ear.words else call.answer:.0f} s")
        await asyncio.wait({done}, timeout=left)
