"""The last samples of the canary hosts against those of the other hosts."""

from __future__ import annotations

from collections import deque
from itertools import chain

from cockpit.analysis.compare import compare
from cockpit.analysis.gauge import Gauge
from cockpit.analysis.rule import Differs, Rule


class Canary(Gauge):
    """`value` is by how much the canary is higher, lower where negative, in the metric's unit."""

    __slots__ = ("_condition", "_floor", "_hosts", "_series")

    def __init__(self, condition: Differs, rule: Rule) -> None:
        super().__init__(rule.unit, None, condition.over)
        self._condition = condition
        self._floor = rule.floor
        self._series: dict[str, deque[tuple[float, float]]] = {host: deque() for host in rule.hosts}
        self._hosts: frozenset[str] = frozenset()
        self.why = "no canary host yet"

    def compare_with_others(self, hosts: frozenset[str]) -> None:
        """These are the canary."""
        self._hosts = hosts
        self.why = "" if hosts else "no canary host yet"

    def add(self, host: str, at: float, value: float) -> None:
        """One more sample of a host."""
        series = self._series[host]
        series.append((at, value))
        while series[0][0] <= at - self.window:
            series.popleft()

    def take(self, at: float, value: float) -> bool | None:  # noqa: ARG002  each host's sample came by `add`
        canary, others = self._side(at, True), self._side(at, False)
        if not self._hosts:
            return None
        found = compare(canary, others, self._condition.direction, self._condition.share, self._floor)
        self.why = found.why
        self.value = None if found.met is None else found.shift
        return found.met

    def __len__(self) -> int:
        return sum(map(len, self._series.values()))

    def _side(self, at: float, canary: bool) -> list[float]:
        series = [samples for host, samples in self._series.items() if (host in self._hosts) is canary]
        return [value for when, value in chain.from_iterable(series) if when > at - self.window]
