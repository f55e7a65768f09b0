"""Telemetry over real HTTP on loopback: Prometheus' API, and looks at single hosts as they are in the rehearsal.

Metrics are pointed here before they are read; no address, header or body of the playbook is used then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import assert_never
from urllib.parse import quote, unquote, urlsplit

import msgspec
from msgspec.structs import replace

from cockpit.analysis.rule import Gap, Sample
from cockpit.engine.instruments import GLANCE, Outside
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.group import Group, Observed, Ready
from cockpit.playbook.plan import Datadog, Expect, Json, Output, Probe, Prometheus
from cockpit.playbook.plan import Request as Asked
from cockpit.playbook.plan import Source as Written
from cockpit.rehearsal.document import document
from cockpit.rehearsal.telemetry.prometheus import Api, Known
from cockpit.rehearsal.telemetry.server import Reply, Request, Server
from cockpit.rehearsal.telemetry.signal import Signal, expected_version

NOWHERE = Reply(404, b'{"error": "there is no such page"}')


class Telemetry:
    """A server that shows a signal at the moment `now` (seconds since 1970)."""

    def __init__(self, signal: Signal, now: Callable[[], float]) -> None:
        self._signal, self._now = signal, now
        self._api = Api(signal.reading, now)
        self._expected: dict[tuple[str, str], Expect] = {}
        self._server = Server(self._answer)
        self.url = ""

    async def start(self) -> str:
        """Listen on loopback; the URL."""
        self.url = await self._server.start()
        return self.url

    async def close(self) -> None:
        """Stop listening."""
        await self._server.close()

    def pointed(self, ready: Ready) -> Ready:
        """A metric that is read here. Where a look cannot be had (a certificate, a command) it is a number in JSON."""
        hosts = dict.fromkeys((*ready.by, *ready.metric.hosts, WHOLE))
        by = {host: self._source(ready, host) for host in hosts}
        metric = replace(ready.metric, source=by[WHOLE], values={}, secrets=())
        return Ready(metric, by)

    def _source(self, ready: Ready, host: str) -> Written:
        name = ready.metric.name
        match ready.source(host):
            case Prometheus(query=query, label=label) | Datadog(query=query, label=label):
                return Prometheus(url=self.url, query=self._query(ready, query, label), label=label)
            case Probe(take="up" | "status" as take, request=request):
                self._expected[name, host] = request.expect
                return Probe(request=Asked(url=self._page("look", name, host), expect=request.expect), take=take)
            case Probe() | Json() | Output():
                return Json(request=Asked(url=self._page("value", name, host)), pick="value")
            case source:
                assert_never(source)

    def _query(self, ready: Ready, query: str, label: str) -> str:
        """The query, with a comment where another metric has the same one."""
        bare, metric = query.strip(), ready.metric
        known = Known(metric.name, label, metric.hosts)
        if self._api.known.setdefault(bare, known) != known:
            bare = f"{bare} # {metric.name}"
            self._api.known[bare] = known
        return bare

    def _page(self, what: str, metric: str, host: str) -> str:
        return f"{self.url}/{what}/{quote(metric, safe='')}/{quote(host, safe='')}"

    def _answer(self, request: Request) -> Reply | None:
        path = urlsplit(request.target).path
        if path.startswith("/api/v1/"):
            return self._api.answer(request)
        match [unquote(part) for part in path.split("/")]:
            case ["", "look", metric, host] if metric in self._signal.plan.metrics:
                return self._look(metric, host)
            case ["", "value", metric, host] if metric in self._signal.plan.metrics:
                return self._value(metric, host)
            case _:
                return NOWHERE

    def _value(self, metric: str, host: str) -> Reply | None:
        match self._signal.reading(metric, host, self._now()):
            case Sample(value=value):
                return Reply(200, msgspec.json.encode({"value": value}))
            case Gap(kind="no data"):
                return Reply(200, b'{"value": null}')
            case Gap():
                return None

    def _look(self, metric: str, host: str) -> Reply | None:
        """As the host's service answers: as is expected of it while it is well, naming the version that it runs."""
        expect = self._expected.get((metric, host), Expect())
        at = self._now()
        found = self._signal.reading(metric, host, at, expect.json)
        source = self._signal.plan.metrics[metric].source
        if isinstance(found, Gap):
            return None
        if isinstance(source, Probe) and source.take == "status":
            status = round(found.value)
            return Reply(status if 200 <= status < 600 else 500, _body(expect.json, expect.contains))
        shown = self._signal.shown(host, at)
        wanted = expected_version(expect.json)
        if found.value > 0:
            return Reply(next(iter(expect.status), 200), _body(expect.json, expect.contains))
        if wanted is not None and shown is not None and shown != wanted:
            other = {path: shown if expected_version({path: value}) else value for path, value in expect.json.items()}
            return Reply(next(iter(expect.status), 200), _body(other, ""))
        return None


class Served:
    """See `instruments.Sources`: the real ones, which read from this rehearsal's telemetry."""

    glance, lapses = GLANCE, True

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry, self._outside = telemetry, Outside()

    def groups(self, readies: Iterable[Ready]) -> tuple[Group, ...]:
        """See `Sources`."""
        return self._outside.groups(self._telemetry.pointed(ready) for ready in readies)

    def stirred(self) -> frozenset[str]:
        """See `Sources`."""
        return frozenset()

    def source(self, ready: Ready) -> Observed:
        """See `Sources`."""
        return self._outside.source(self._telemetry.pointed(ready))

    async def close(self) -> None:
        """See `Sources`."""
        await self._outside.close()


def _body(said: Mapping[str, str], contains: str) -> bytes:
    """JSON in which every path leads to its value, or the plain text where no path is asked for."""
    if not said:
        return contains.encode()
    whole = document(said)
    text = json.dumps(whole, ensure_ascii=False)
    if contains not in text:
        text = json.dumps({**whole, "says": contains}, ensure_ascii=False)
    return text.encode()
