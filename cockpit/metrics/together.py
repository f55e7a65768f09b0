"""Prometheus metrics of one server and interval, read in few requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from cockpit.analysis.rule import Reading, Sample
from cockpit.metrics.group import Ready
from cockpit.metrics.joined import LABEL, Arm, is_selector, join, portions
from cockpit.metrics.moment import fresh
from cockpit.metrics.number import number
from cockpit.metrics.reasons import Flaw, discreet
from cockpit.metrics.seen import Seen
from cockpit.metrics.series import Series, of_hosts, only
from cockpit.metrics.vector import Refusal, Vector, result
from cockpit.metrics.web import Call, Web
from cockpit.playbook.plan import Prometheus

MOST: Final = 200
"""Expressions in one request."""
REST: Final = 10
"""Readings for which nothing is asked alone, after nothing that was asked alone was answered in time."""
_FIRST_SHARE = 0.6


class Together:
    """Reads metrics by joining their expressions.

    Where a joined query is refused, or late, each of its expressions is asked alone in the time that is left. Those
    that fail then are asked alone until they are answered; where none fails, fewer are joined from then on.
    """

    def __init__(self, readies: Sequence[Ready], web: Web) -> None:
        self.seen = Seen()
        self._metric = readies[0].metric
        self.every = self._metric.every
        self._readies = [(ready, _source(ready)) for ready in readies]
        self.keys = {ready.metric.name: ready.hosts for ready in readies}
        self._web = web
        self._scalars: set[str] = set()
        self._alone: set[str] = set()
        self._most, self._rest = MOST, 0

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        """The value of each metric as the server has it now; the moment is ours, whatever its clock says."""
        found: dict[str, Vector | Refusal] = {}
        self._rest = max(0, self._rest - 1)
        arms = self._arms()
        alone = [arm for arm in arms if arm.mark in self._alone]
        joined = portions([arm for arm in arms if arm.mark not in self._alone], self._most)
        timeout = self._metric.timeout
        asked = [self._portion(portion, found) for portion in joined]
        await asyncio.gather(*asked, *(self._single(arm, found, timeout) for arm in alone))
        return {
            ready.metric.name: discreet(self._readings(place, now, found), ready.secrets)
            for place, (ready, _) in enumerate(self._readies)
        }

    async def close(self) -> None:
        """Nothing of its own is open."""

    def _arms(self) -> list[Arm]:
        arms = [Arm(f"{place}", source.query) for place, (_, source) in enumerate(self._readies)]
        stamps = [Arm(f"{arm.mark}t", f"timestamp({arm.query})") for arm in arms if is_selector(arm.query)]
        return [Arm(arm.mark, arm.query, arm.mark in self._scalars) for arm in (*arms, *stamps)]

    async def _portion(self, arms: Sequence[Arm], found: dict[str, Vector | Refusal]) -> None:
        timeout = self._metric.timeout
        if len(arms) == 1:
            await self._single(arms[0], found, timeout)
            return
        got = await self._ask(join(arms), timeout * _FIRST_SHARE)
        if isinstance(got, Vector):
            self._rest = 0
            found |= _apart(arms, got)
        elif got.fault == "server" or self._rest:
            found |= {arm.mark: got for arm in arms}
        else:
            known = len(self._scalars)
            await asyncio.gather(*(self._single(arm, found, timeout * (1 - _FIRST_SHARE)) for arm in arms))
            self._learn(arms, found, learnt=len(self._scalars) > known)

    def _learn(self, arms: Sequence[Arm], found: Mapping[str, Vector | Refusal], *, learnt: bool) -> None:
        """What is asked otherwise next time, after each of these was asked alone."""
        refused = {arm.mark: got for arm in arms if isinstance(got := found[arm.mark], Refusal)}
        unanswered = [mark for mark, got in refused.items() if got.fault != "query"]
        if len(unanswered) == len(arms):
            self._rest = REST
        elif refused:
            self._alone |= set(refused)
        elif not learnt:
            self._most = max(1, min(self._most, len(arms)) // 2)

    async def _single(self, arm: Arm, found: dict[str, Vector | Refusal], seconds: float) -> None:
        got = await self._ask(arm.query, seconds)
        if isinstance(got, Vector):
            self._alone.discard(arm.mark)
            if got.scalar:
                self._scalars.add(arm.mark)
        found[arm.mark] = got

    async def _ask(self, query: str, seconds: float) -> Vector | Refusal:
        source = self._readies[0][1]
        call = query_call(source, "query", {"query": query}, seconds, self._metric.retries)
        got = await self._web.ask(call)
        self.seen.heard(got)
        return result(got)

    def _readings(self, place: int, now: float, found: Mapping[str, Vector | Refusal]) -> dict[str, Reading]:
        ready, source = self._readies[place]
        hosts = self.keys[ready.metric.name]
        values, stamps = found[f"{place}"], found.get(f"{place}t")
        if isinstance(values, Refusal):
            return {host: Flaw("error", values.reason).gap(now) for host in hosts}
        of_each = of_hosts(values.series, source.label, ready.metric.hosts)
        stamped = of_hosts(stamps.series if isinstance(stamps, Vector) else (), source.label, ready.metric.hosts)
        readings: dict[str, Reading] = {}
        for host in hosts:
            value = self._value(of_each[host], stamped[host], source.label, host, ready.metric.stale)
            readings[host] = value.gap(now) if isinstance(value, Flaw) else Sample(now, value)
        return readings

    def _value(
        self, values: Sequence[Series], stamps: Sequence[Series], label: str, host: str, stale: float
    ) -> float | Flaw:
        series = only(values, label, host)
        if isinstance(series, Flaw):
            return series
        if not series.points:
            return Flaw("error", "a histogram, where a number is needed")
        at, text = series.points[-1]
        taken = number(stamps[0].points[-1][1], {}) if stamps and stamps[0].points else at
        if isinstance(taken, float):
            self.seen.ages[host] = at - taken
        return (fresh(taken, at, stale) if isinstance(taken, float) else taken) or number(text, {})


def query_call(source: Prometheus, verb: str, form: Mapping[str, str], timeout: float, retries: int) -> Call:
    """The request of a query, as a form: it may be longer than a URL."""
    base, mark, rest = source.url.partition("?")
    return Call(
        url=f"{base.rstrip('/')}/api/v1/{verb}{mark}{rest}",
        method="POST",
        headers={**source.headers, "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
        timeout=timeout,
        retries=retries,
    )


def _apart(arms: Sequence[Arm], got: Vector) -> dict[str, Vector | Refusal]:
    by_mark: dict[str, list[Series]] = {arm.mark: [] for arm in arms}
    for series in got.series:
        by_mark.get(series.labels.get(LABEL, ""), []).append(series)
    return {mark: Vector(tuple(series)) for mark, series in by_mark.items()}


def _source(ready: Ready) -> Prometheus:
    source = ready.source()
    assert isinstance(source, Prometheus)
    return source
