"""All the rules of a release: readings in, the judgements that have changed out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from math import inf

from cockpit.analysis.judge import AHEAD, Judge
from cockpit.analysis.rule import Baseline, Judgement, Reading, Rule, Sample, Verdict

_SOON = 0.01


class _Route:
    """Where a metric's readings go: to the rules on it, and to those that need a minimum of it."""

    __slots__ = ("judges", "needing")

    def __init__(self) -> None:
        self.judges: list[Judge] = []
        self.needing: list[Judge] = []


class Panel:
    """Every rule with its judge. Stored readings fed again, oldest first, come to the same verdicts.

    Times are seconds since 1970. `host` is empty where there is one value for all.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._judges = [Judge(rule) for rule in rules]
        self._routes: dict[str, _Route] = defaultdict(_Route)
        self._number = {judge: number for number, judge in enumerate(self._judges)}
        self._due: list[tuple[float, int]] = []
        self._all_due()
        self._now = 0.0
        for judge in self._judges:
            self._routes[judge.rule.metric].judges.append(judge)
            if judge.rule.minimum.metric:
                self._routes[judge.rule.minimum.metric].needing.append(judge)

    def take(self, metric: str, host: str, reading: Reading, now: float | None = None) -> tuple[Judgement, ...]:
        """One more reading of a metric; `now` is when it came, left out for one that was stored."""
        self._now = reading.at if now is None else now
        route = self._routes.get(metric)
        if route is None:
            return ()
        if route.needing and isinstance(reading, Sample):
            for judge in route.needing:
                judge.set_other(host, reading)
        changed: tuple[Judgement, ...] = ()
        for judge in route.judges:
            if judge.take(host, reading, now):
                changed = (*changed, judge.judge(self._now))
            if judge.woken:
                self._wake(judge)
        return changed

    def tick(self, now: float) -> tuple[Judgement, ...]:
        """Find what is not fresh any more; not needed before `next_tick`."""
        if now < self._now - AHEAD:
            self._all_due()
        self._now = now
        changed: list[Judgement] = []
        while self._due and self._due[0][0] <= now:
            due, number = heappop(self._due)
            judge = self._judges[number]
            if due != judge.due:
                continue
            if judge.age(now):
                changed.append(judge.judge(now))
            self._put(judge, min(max(judge.deadline(), now + _SOON), now + max(judge.rule.stale, _SOON)))
        return tuple(changed)

    def next_tick(self) -> float:
        """When `tick` may next find something; infinite without rules."""
        return self._due[0][0] if self._due else inf

    def judgements(self) -> tuple[Judgement, ...]:
        """The latest of every rule, in the order of the rules."""
        return tuple(judge.judge(self._now) for judge in self._judges)

    def other_than(self, verdicts: Mapping[str, Verdict | None]) -> tuple[Judgement, ...]:
        """The latest of every rule whose verdict is another than it has here, by rule."""
        return tuple(judge.judge(self._now) for judge in self._judges if judge.verdict != verdicts[judge.rule.name])

    def set_baseline(self, metric: str, host: str, baseline: Baseline) -> None:
        """What a metric was like before the cutover; its rules compare with it from the next sample on."""
        route = self._routes.get(metric)
        for judge in route.judges if route is not None else ():
            judge.set_baseline(host, baseline)

    def set_canary(self, step: str, hosts: frozenset[str]) -> None:
        """The hosts that a step has passed on, for the rules that compare those with the others."""
        for judge in self._judges:
            if judge.rule.canary == step:
                judge.set_canary(hosts)

    def _all_due(self) -> None:
        self._due.clear()
        for judge in self._judges:
            self._put(judge, 0.0)

    def _wake(self, judge: Judge) -> None:
        judge.woken = False
        deadline = judge.deadline()
        if deadline < judge.due:
            self._put(judge, deadline)

    def _put(self, judge: Judge, due: float) -> None:
        judge.due = due
        heappush(self._due, (due, self._number[judge]))
