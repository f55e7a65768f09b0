"""A number in any JSON over HTTP, found by JMESPath."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.group import Ready
from cockpit.metrics.moment import fresh, moment
from cockpit.metrics.number import number
from cockpit.metrics.pick import aside, parsed, picked
from cockpit.metrics.reasons import Flaw, Trouble, discreet
from cockpit.metrics.seen import Seen
from cockpit.metrics.web import MOST, Call, Web
from cockpit.playbook.expected import unexpected
from cockpit.playbook.plan import Json, Metric, Request


class DocumentSource:
    """One request, or one for each host; its answer's number, and its time where the answer names one."""

    def __init__(self, ready: Ready, web: Web) -> None:
        self.seen = Seen()
        self._ready, self._web = ready, web

    async def read(self, now: float) -> Mapping[str, Reading]:
        """The numbers at this moment."""
        hosts = self._ready.hosts
        readings = await asyncio.gather(*(self._one(host, now) for host in hosts))
        return discreet(dict(zip(hosts, readings, strict=True)), self._ready.secrets)

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:  # noqa: ARG002  the contract's
        """There is none."""
        return None

    async def close(self) -> None:
        """Nothing of its own is open."""

    async def _one(self, host: str, now: float) -> Reading:
        source = self._ready.source(host)
        assert isinstance(source, Json)
        body = await self._fetch(host, source.request)
        if isinstance(body, Flaw):
            return body.gap(now)
        metric = self._ready.metric
        found = await aside(lambda whole: _found(whole, source, metric, now), body)
        if isinstance(found, Sample):
            self.seen.ages[host] = now - found.at
        return found.gap(now) if isinstance(found, Flaw) else found

    async def _fetch(self, host: str, request: Request) -> bytes | Flaw:
        got = await self._web.ask(call_of(request, self._ready.metric))
        self.seen.heard(got, host)
        if isinstance(got, Trouble):
            return Flaw("error", got.reason)
        problem = unexpected(request.expect, got.status, got.line, got.body, whole=got.whole)
        if not got.whole and not problem:
            problem = f"the answer is longer than {MOST:,} bytes"
        return Flaw("error", problem) if problem else got.body


def call_of(request: Request, metric: Metric) -> Call:
    """The call that a request with filled templates is."""
    return Call(
        url=request.url,
        method=request.method,
        headers=request.headers,
        body=request.body.encode("utf-8", "replace"),
        timeout=metric.timeout,
        retries=metric.retries,
    )


def _found(body: bytes, source: Json, metric: Metric, now: float) -> Sample | Flaw:
    document = parsed(body)
    if isinstance(document, Flaw):
        return document
    value = _number(document, source.pick, metric.values)
    if isinstance(value, Flaw):
        return value
    if not source.moment:
        return Sample(now, value)
    at = picked(document, source.moment)
    at = at if isinstance(at, Flaw) else moment(at)
    if isinstance(at, Flaw):
        return at
    return fresh(at, now, metric.stale) or Sample(min(at, now), value)


def _number(document: object, path: str, values: Mapping[str, float]) -> float | Flaw:
    found = picked(document, path)
    if isinstance(found, Flaw):
        return found
    value = number(found, values)
    return Flaw(value.kind, f"{path}: {value.reason}") if isinstance(value, Flaw) else value
