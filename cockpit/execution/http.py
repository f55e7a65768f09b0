"""HTTP steps: one request from this machine, and whether the answer is what was expected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import httpx
import msgspec

from cockpit.execution.contract import Ended, HttpOrder, Sink
from cockpit.execution.foreign import meaning
from cockpit.execution.redact import Redactor, mask
from cockpit.playbook.expected import unexpected
from cockpit.playbook.plan import Expect

HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing: without an answer they have failed, where others are unknown."""
MOST: Final = 1_048_576
REDIRECTS: Final = 5


class Answer(msgspec.Struct, frozen=True):
    """What came back: the status line, and the body up to 1 MiB (`whole` if that is all)."""

    status: int
    line: str
    body: bytes
    whole: bool


class Requests:
    """Sends requests over one client, which verifies certificates and keeps connections open."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def send(self, order: HttpOrder, sink: Sink) -> Ended:
        """Make the request once. `sink` gets the status line and the answer; an unanswered POST is unknown."""
        redactor = Redactor(order.secrets, sink)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(order.timeout):
                answer = await self._ask(order, redactor.feed)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return _hidden(unanswered(order, error), order)
        finally:
            redactor.flush()
        problem = judge(order, answer)
        outcome = Ended("failed" if problem else "passed", reason=problem, seconds=round(loop.time() - begun, 3))
        return _hidden(outcome, order)

    def cancelled(self, order: HttpOrder) -> Ended:
        """What a request is whose `send` was cancelled."""
        if order.method.upper() in HARMLESS:
            return Ended("stopped", reason="not waited for any longer; the request changes nothing")
        return Ended("unknown", reason="not waited for any longer; it may have been carried out")

    async def close(self) -> None:
        """Drop every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, order: HttpOrder, sink: Sink) -> Answer:
        if self._client is None:
            self._client = httpx.AsyncClient(max_redirects=REDIRECTS)
        method = order.method.upper()
        content = order.body.encode() or None
        follow = method in HARMLESS
        limits = httpx.Timeout(order.timeout, connect=order.timeout * 0.9)
        async with self._client.stream(
            method, order.url, headers=order.headers, content=content, timeout=limits, follow_redirects=follow
        ) as response:
            line = f"{response.http_version} {response.status_code} {response.reason_phrase}".strip()
            sink(f"{line}\n\n".encode())
            body, whole = await _read(response, sink)
            return Answer(response.status_code, line, body, whole)


def unanswered(order: HttpOrder, error: Exception) -> Ended:
    """A request without a whole answer: nothing was sent, or it changes nothing, or nobody knows."""
    found = meaning(error)
    if found.unsent:
        return Ended("error", reason=f"nothing was sent: {found.reason}")
    return Ended("failed" if order.method.upper() in HARMLESS else "unknown", reason=found.reason)


def judge(order: HttpOrder, answer: Answer) -> str:
    """What is not as expected; empty when all is."""
    expect = Expect(status=order.status, contains=order.contains, json=order.json)
    return unexpected(expect, answer.status, answer.line, answer.body, whole=answer.whole)


async def _read(response: httpx.Response, sink: Callable[[bytes], None]) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    room = MOST
    async for piece in response.aiter_bytes():
        parts.append(piece[:room])
        sink(piece[:room])
        room -= len(piece)
        if room < 0:
            return b"".join(parts), False
    return b"".join(parts), True


def _hidden(ended: Ended, order: HttpOrder) -> Ended:
    return Ended(ended.outcome, reason=mask(ended.reason, order.secrets), seconds=ended.seconds)
