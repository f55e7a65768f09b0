"""Requests for metrics: bounded in time, size, number and redirects, whatever the other end does."""

from __future__ import annotations

import asyncio
import ssl
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx
import msgspec
from msgspec.structs import replace

from cockpit.metrics.reasons import Trouble, plain, trouble
from cockpit.metrics.redirect import MOVED, origin, redirected

MOST: Final = 1_048_576
REDIRECTS: Final = 5
AT_ONCE: Final = 16
PAUSE: Final = 0.2
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, zlib.error)


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request that changes nothing, so that it may be made again: after a broken connection, a 429 or a 5xx.

    `timeout` is in seconds for all of it: every try, every redirect, the answer's last byte. `fresh` asks for a
    connection of its own; without `follow` a redirect is the answer.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = {}
    body: bytes = b""
    timeout: float = 10.0
    retries: int = 1
    fresh: bool = False
    follow: bool = True


class Answer(msgspec.Struct, frozen=True):
    """What came back: the body up to 1 MiB (`whole` if that is all), and the seconds until its end.

    `skew` is how far the server's clock (its Date header, to the second) is ahead of ours.
    """

    status: int
    line: str
    body: bytes
    whole: bool
    seconds: float
    location: str = ""
    kind: str = ""
    skew: float | None = None


class Web:
    """Connections that all sources of an engine share; at most 16 requests at once to one server.

    Certificates are always verified, by `trust`: the known authorities, or those of SSL_CERT_FILE. Proxies of the
    environment, cookies and .netrc have no part in it; `proxy` is one for everything. `now` (seconds since 1970) and
    `sleep` are the engine's.
    """

    def __init__(
        self,
        *,
        proxy: str = "",
        trust: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._proxy, self._now, self._sleep = proxy, now, sleep
        self.trust = trust or httpx.create_ssl_context()
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._gates: dict[tuple[str, str, int | None], asyncio.Semaphore] = {}

    async def ask(self, call: Call) -> Answer | Trouble:
        """The answer, whatever its status."""
        got: Answer | Trouble = Trouble(f"no answer in {call.timeout:g} s", "late")
        try:
            async with asyncio.timeout(call.timeout):
                got = await self._follow(call)
                for again in range(call.retries):
                    if not _worth_another(got):
                        break
                    await self._sleep(PAUSE * 2**again)
                    got = await self._follow(call)
        except TimeoutError:
            return got
        return got

    async def close(self) -> None:
        """Drop every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def _follow(self, call: Call) -> Answer | Trouble:
        for _ in range(REDIRECTS + 1):
            got = await self._once(call)
            if isinstance(got, Trouble) or not call.follow or got.status not in MOVED or not got.location:
                return got
            moved = redirected(call.url, call.method, got.status, got.location)
            if isinstance(moved, Trouble):
                return moved
            headers, body = (call.headers, call.body) if moved.same else ({}, b"")
            call = replace(call, url=moved.url, headers=headers, body=body)
        return Trouble(f"more than {REDIRECTS} redirects", "wrong")

    async def _once(self, call: Call) -> Answer | Trouble:
        try:
            client = self._client(fresh=call.fresh)
            limits = httpx.Timeout(call.timeout, connect=call.timeout * 0.9)
            request = client.build_request(
                call.method, call.url, headers=call.headers, content=call.body or None, timeout=limits
            )
            async with self._gates.setdefault(origin(request.url), asyncio.Semaphore(AT_ONCE)):
                return await self._exchange(client, request)
        except _FAILURES as error:
            return trouble(error)

    async def _exchange(self, client: httpx.AsyncClient, request: httpx.Request) -> Answer | Trouble:
        begun = time.monotonic()
        response = await client.send(request, stream=True)
        try:
            encoding = response.headers.get("content-encoding", "identity").lower()
            if encoding not in ("identity", "gzip"):
                return Trouble(f"it answers in an encoding that was not asked for: {plain(encoding, 40)}", "wrong")
            body, whole = await _read(response, packed=encoding == "gzip")
        finally:
            await response.aclose()
        seconds = time.monotonic() - begun
        said = response.headers
        line = plain(f"{response.status_code} {response.reason_phrase}")
        skew = _skew(said.get("date", ""), self._now() - seconds / 2)
        location, kind = said.get("location", ""), plain(said.get("content-type", ""), 60)
        return Answer(response.status_code, line, body, whole, seconds, location, kind, skew)

    def _client(self, *, fresh: bool) -> httpx.AsyncClient:
        if fresh not in self._clients:
            self._clients[fresh] = httpx.AsyncClient(
                verify=self.trust,
                trust_env=False,
                proxy=self._proxy or None,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                headers={"User-Agent": "cockpit", "Accept-Encoding": "gzip"},
                limits=httpx.Limits(
                    max_connections=None, max_keepalive_connections=0 if fresh else 64, keepalive_expiry=90
                ),
            )
        return self._clients[fresh]


def _worth_another(got: Answer | Trouble) -> bool:
    if isinstance(got, Trouble):
        return got.cause in ("unreached", "broken")
    return got.status == 429 or got.status >= 500


async def _read(response: httpx.Response, *, packed: bool) -> tuple[bytes, bool]:
    """The body, unpacked no further than the limit, and whether that is all of it."""
    body, unpacking = bytearray(), zlib.decompressobj(zlib.MAX_WBITS | 16)
    async for piece in response.aiter_raw():
        body += unpacking.decompress(piece, MOST + 1 - len(body)) if packed else piece
        if len(body) > MOST:
            return bytes(body[:MOST]), False
    return bytes(body), True


def _skew(date: str, now: float) -> float | None:
    """How far ahead a Date header is; half a second is added for what it cuts off."""
    try:
        return parsedate_to_datetime(date).timestamp() + 0.5 - now
    except (ValueError, OverflowError):
        return None
