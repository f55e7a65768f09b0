"""A look at a server from here: does it answer as expected, how fast, with what status; when its certificate ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import assert_never
from urllib.parse import urlsplit

import msgspec

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.certificate import certificate
from cockpit.metrics.document import call_of
from cockpit.metrics.group import Ready
from cockpit.metrics.reasons import Flaw, Trouble, discreet, trouble
from cockpit.metrics.seen import Seen
from cockpit.metrics.web import Answer, Web
from cockpit.playbook.expected import unexpected
from cockpit.playbook.plan import Probe, Request

DAY = 86_400.0
PORTS = {"http": 80, "https": 443}


class ProbeSource:
    """Looks over a new connection each time, at one server or one for each host.

    What does not answer is 0 for `up`, and a gap for the rest. `expiry` is measured of a certificate that is not
    trusted as well (negative when it has ended), which the notes of `seen` say.
    """

    def __init__(self, ready: Ready, web: Web) -> None:
        self.seen = Seen()
        self._ready, self._web, self._metric = ready, web, ready.metric

    async def read(self, now: float) -> Mapping[str, Reading]:
        """What is seen at this moment."""
        hosts = self._ready.hosts
        values = await asyncio.gather(*(self._one(host, now) for host in hosts))
        readings: dict[str, Reading] = {
            host: value.gap(now) if isinstance(value, Flaw) else Sample(now, value)
            for host, value in zip(hosts, values, strict=True)
        }
        return discreet(readings, self._ready.secrets)

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:  # noqa: ARG002  the contract's
        """There is none."""
        return None

    async def close(self) -> None:
        """Nothing of its own is open."""

    async def _one(self, host: str, now: float) -> float | Flaw:
        source = self._ready.source(host)
        assert isinstance(source, Probe)
        self.seen.notes.pop(host, None)
        try:
            parts = urlsplit(source.request.url)
            port = parts.port or PORTS.get(parts.scheme)
        except ValueError:
            return Flaw("error", "the URL is not valid")
        if not parts.hostname or not port:
            return Flaw("error", "the URL needs http, https or tcp, and a port where it is tcp")
        if source.take == "expiry":
            return await self._expiry(host, parts.hostname, port, now)
        if parts.scheme == "tcp":
            return await self._connect(host, source, parts.hostname, port)
        return self._judged(host, source, await self._asked(host, source.request))

    async def _asked(self, host: str, request: Request) -> Answer | Trouble:
        follow = not any(300 <= status < 400 for status in request.expect.status)
        call = msgspec.structs.replace(call_of(request, self._metric), fresh=True, follow=follow)
        got = await self._web.ask(call)
        self.seen.heard(got, host)
        return got

    def _judged(self, host: str, source: Probe, got: Answer | Trouble) -> float | Flaw:
        if isinstance(got, Trouble):
            return self._unanswered(host, source, got)
        match source.take:
            case "up":
                problem = unexpected(source.request.expect, got.status, got.line, got.body, whole=got.whole)
                if problem:
                    self.seen.notes[host] = problem
                return 0.0 if problem else 1.0
            case "latency":
                return got.seconds
            case "status":
                return float(got.status)
            case "expiry":
                return Flaw("error", "the certificate is read otherwise")
            case _:
                assert_never(source.take)

    def _unanswered(self, host: str, source: Probe, got: Trouble) -> float | Flaw:
        """Nothing is known of a server where this machine or the request is at fault."""
        if source.take != "up" or got.cause == "ours":
            return Flaw("error", got.reason)
        self.seen.notes[host] = got.reason
        return 0.0

    async def _connect(self, host: str, source: Probe, name: str, port: int) -> float | Flaw:
        if source.take == "status":
            return Flaw("error", "a TCP connection has no status")
        begun = time.monotonic()
        got = await _connected(name, port, self._metric.timeout)
        if got is None:
            self.seen.reachable[host] = True
            return 1.0 if source.take == "up" else time.monotonic() - begun
        self.seen.heard(got, host)
        return self._unanswered(host, source, got)

    async def _expiry(self, host: str, name: str, port: int, now: float) -> float | Flaw:
        found = await certificate(name, port, self._web.trust, self._metric.timeout)
        if isinstance(found, Trouble):
            self.seen.heard(found, host)
            return Flaw("error", found.reason)
        self.seen.reachable[host] = True
        if found.untrusted:
            self.seen.notes[host] = found.untrusted
        return (found.ends - now) / DAY


async def _connected(host: str, port: int, seconds: float) -> Trouble | None:
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port)
            writer.transport.abort()
    except TimeoutError:
        return Trouble(f"no connection in {seconds:g} s", "unreached")
    except (OSError, ValueError) as error:
        return trouble(error)
    return None
