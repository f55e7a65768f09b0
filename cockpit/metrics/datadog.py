"""One metric of Datadog: the latest point of a query (`/api/v1/query`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.group import Ready
from cockpit.metrics.moment import fresh
from cockpit.metrics.number import finite
from cockpit.metrics.reasons import Flaw, Trouble, discreet, plain
from cockpit.metrics.seen import Seen
from cockpit.metrics.series import Series, of_hosts, only
from cockpit.metrics.web import MOST, Answer, Call, Web
from cockpit.playbook.plan import Datadog

LOOK_BACK: Final = 300.0
"""Seconds of which points are asked for, unless twice `stale` is more: a late point is named by its age."""


class _Found(msgspec.Struct):
    pointlist: list[tuple[float, float | None]] = []
    tag_set: list[str] = []
    scope: str = ""


class _Envelope(msgspec.Struct):
    status: str = ""
    error: str = ""
    errors: list[str] = []
    series: list[_Found] | None = None


_ENVELOPE = msgspec.json.Decoder(_Envelope)


class DatadogSource:
    """A query to Datadog, for one value or one for each host."""

    def __init__(self, ready: Ready, web: Web) -> None:
        source = ready.source()
        assert isinstance(source, Datadog)
        self.seen = Seen()
        self._ready, self._source, self._web = ready, source, web
        self._hosts = ready.hosts

    async def read(self, now: float) -> Mapping[str, Reading]:
        """The latest point at this moment, with the time that Datadog gives it."""
        metric = self._ready.metric
        found = await self._query(now - max(LOOK_BACK, 2 * metric.stale), now)
        if isinstance(found, Flaw):
            return discreet({host: found.gap(now) for host in self._hosts}, self._ready.secrets)
        of_each = of_hosts(found, self._source.label, metric.hosts)
        readings = {host: self._latest(of_each[host], host, now) for host in self._hosts}
        return discreet(readings, self._ready.secrets)

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:
        """The points between two moments, as far apart as Datadog gives them."""
        found = await self._query(since, until)
        if isinstance(found, Flaw):
            return None
        of_each = of_hosts(found, self._source.label, self._ready.metric.hosts)
        return {
            host: tuple(Sample(at, float(text)) for at, text in of_each[host][0].points if since <= at <= until)
            if len(of_each[host]) == 1
            else ()
            for host in self._hosts
        }

    async def close(self) -> None:
        """Nothing of its own is open."""

    def _latest(self, found: list[Series], host: str, now: float) -> Reading:
        series = only(found, self._source.label, host)
        if isinstance(series, Flaw):
            return series.gap(now)
        if not series.points:
            return Flaw("no data", "its series has no points").gap(now)
        at, text = series.points[-1]
        self.seen.ages[host] = now - at
        flaw = fresh(at, now, self._ready.metric.stale)
        return flaw.gap(now) if flaw else Sample(min(at, now), float(text))

    async def _query(self, since: float, until: float) -> list[Series] | Flaw:
        form = urlencode({"from": int(since), "to": int(until), "query": self._source.query})
        metric = self._ready.metric
        url = f"{self._source.url.rstrip('/')}/api/v1/query?{form}"
        call = Call(url=url, headers=self._source.headers, timeout=metric.timeout, retries=metric.retries)
        got = await self._web.ask(call)
        self.seen.heard(got)
        return decoded(got)


def decoded(got: Answer | Trouble) -> list[Series] | Flaw:
    """The series of an answer, or why there are none."""
    if isinstance(got, Trouble):
        return Flaw("error", got.reason)
    if not got.whole:
        return Flaw("error", f"the answer is longer than {MOST:,} bytes: it has too many series")
    try:
        envelope = _ENVELOPE.decode(got.body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        said = f"the answer is not Datadog's JSON ({got.kind or 'of no type'}): {plain(str(error), 80)}"
        return Flaw("error", said if got.status == 200 else f"it answered {got.line}")
    said = plain(envelope.error or ", ".join(envelope.errors))
    if got.status != 200 or envelope.status == "error":
        return Flaw("error", f"it answered {got.line}{f': {said}' if said else ''}")
    return [_series(found) for found in envelope.series or ()]


def _series(found: _Found) -> Series:
    """Its tags as labels (`host:web-1`), and the points that have a number; their times come in milliseconds."""
    tags = found.tag_set or found.scope.split(",")
    labels = {name: value for name, _, value in (tag.partition(":") for tag in tags)}
    points = [
        (at / 1000, repr(value))
        for at, value in sorted(found.pointlist, key=lambda point: point[0])
        if value is not None and not isinstance(finite(value), Flaw)
    ]
    return Series(labels, points)
