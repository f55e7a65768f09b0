"""Prometheus' HTTP API over a modelled signal: `/api/v1/query` and `/api/v1/query_range`, by GET or as a form."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

import msgspec

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.joined import LABEL
from cockpit.metrics.prometheus import POINTS
from cockpit.rehearsal.telemetry.queries import Wanted, wanted
from cockpit.rehearsal.telemetry.server import Reply, Request
from cockpit.units import parse_duration

Read = Callable[[str, str, float], Reading]
"""What a metric shows on a host at a moment."""

TOTAL = 200_000
"""Points of one answer."""


class Known(msgspec.Struct, frozen=True):
    """A metric as a query has it: the label that names the host, and the hosts; one value for all without label."""

    metric: str
    label: str = ""
    hosts: tuple[str, ...] = ()


class Wrong(Exception):
    """A request that Prometheus refuses, too; its text says why."""


class Api:
    """Answers queries that it knows: `known` are the metrics, by query."""

    def __init__(self, read: Read, now: Callable[[], float]) -> None:
        self.known: dict[str, Known] = {}
        self._read, self._now = read, now

    def answer(self, request: Request) -> Reply:
        """The answer to a request under `/api/v1/`."""
        path, form = urlsplit(request.target), request.body if request.method == "POST" else b""
        try:
            fields = dict(parse_qsl(path.query, True) + parse_qsl(form.decode("utf-8"), True))
            match request.method, path.path.removeprefix("/api/v1/"):
                case (("GET" | "POST"), "query"):
                    return _success("vector", list(self._vector(fields)))
                case (("GET" | "POST"), "query_range"):
                    return _success("matrix", list(self._matrix(fields)))
                case _:
                    return _error(404, "not_found", "there is no such page")
        except Wrong as wrong:
            return _error(400, "bad_data", str(wrong))
        except ValueError:
            return _error(400, "bad_data", "the form cannot be read")

    def _vector(self, fields: Mapping[str, str]) -> Iterator[dict[str, object]]:
        at = _moment(fields, "time", self._now())
        for each, labels, host in self._series(fields):
            if shown := self._points(each, host, (at,)):
                yield {"metric": labels, "value": shown[0]}

    def _matrix(self, fields: Mapping[str, str]) -> Iterator[dict[str, object]]:
        start, end = _moment(fields, "start"), _moment(fields, "end")
        step = _step(fields.get("step", ""))
        if end < start:
            raise Wrong("end timestamp must not be before start time")
        count = int((end - start) / step) + 1
        if count > POINTS:
            raise Wrong(f"exceeded maximum resolution of {POINTS:,} points per timeseries")
        series = list(self._series(fields))
        if count * len(series) > TOTAL:
            raise Wrong("query processing would load too many samples into memory in query execution")
        latest = self._now()
        moments = tuple(at for number in range(count) if (at := start + number * step) <= latest)
        for each, labels, host in series:
            if shown := self._points(each, host, moments):
                yield {"metric": labels, "values": shown}

    def _series(self, fields: Mapping[str, str]) -> Iterator[tuple[Wanted, dict[str, str], str]]:
        found = wanted(fields.get("query", ""), {query: query for query in self.known})
        if found is None:
            raise Wrong("unknown query: it is none of this rehearsal's plan")
        for each in found:
            known = self.known[each.metric]
            marked = {LABEL: each.mark} if each.mark else {}
            for host in known.hosts if known.label and known.hosts else (WHOLE,):
                yield each, {known.label: host, **marked} if host else marked, host

    def _points(self, each: Wanted, host: str, moments: Iterable[float]) -> list[tuple[float, str]]:
        metric = self.known[each.metric].metric
        shown = ((at, self._read(metric, host, at)) for at in moments)
        return [(at, repr(at if each.stamp else got.value)) for at, got in shown if isinstance(got, Sample)]


def _moment(fields: Mapping[str, str], name: str, otherwise: float | None = None) -> float:
    text = fields.get(name)
    if text is None and otherwise is not None:
        return otherwise
    try:
        found = float(text or "")
    except ValueError:
        found = math.nan
    if not 0 <= found < 1e11:
        raise Wrong(f'invalid parameter "{name}": a number of seconds is needed')
    return found


def _step(text: str) -> float:
    try:
        step = parse_duration(text) if text[-1:].isalpha() else float(text)
    except ValueError:
        step = math.nan
    if not 0 < step < 1e11:
        raise Wrong('invalid parameter "step": a positive number of seconds is needed')
    return step


def _success(kind: str, result: list[dict[str, object]]) -> Reply:
    return Reply(200, msgspec.json.encode({"status": "success", "data": {"resultType": kind, "result": result}}))


def _error(status: int, kind: str, said: str) -> Reply:
    return Reply(status, msgspec.json.encode({"status": "error", "errorType": kind, "error": said}))
