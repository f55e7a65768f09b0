"""Where an engine of a rehearsal reads its metrics: in process, without sockets and threads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from cockpit.analysis.rule import Reading, Sample
from cockpit.engine import instruments as engine
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.group import Group, Ready
from cockpit.metrics.prometheus import POINTS
from cockpit.metrics.seen import Seen
from cockpit.playbook.plan import Datadog, Metric, Probe, Prometheus
from cockpit.rehearsal.telemetry.bounds import Bound, bounds, edges
from cockpit.rehearsal.telemetry.intervals import Intervals, aftermath, intervals, watched
from cockpit.rehearsal.telemetry.retold import FRESH
from cockpit.rehearsal.telemetry.signal import Signal
from cockpit.rehearsal.telemetry.usual import rules_on
from cockpit.release.state import State

GLANCE: Final = 30.0
"""Seconds at most until what reads seldom notices that something has happened."""


class ModelledSources:
    """See `instruments.Sources`; `now` is the engine's clock, `state` its release's.

    `thin`: what no rule judges is read seldom, and what one does no more often than that takes (see `pace`). Every
    history is known then: a baseline is recorded over as many samples as otherwise.
    """

    def __init__(
        self, signal: Signal, now: Callable[[], float], state: Callable[[], State], *, thin: bool = False
    ) -> None:
        self._signal, self._now, self._state, self._thin = signal, now, state, thin
        self.glance, self.lapses = (GLANCE, False) if thin else (engine.GLANCE, True)
        self._groups: list[Together] = []
        self._turn: object = None

    def groups(self, readies: Iterable[Ready]) -> tuple[Group, ...]:
        """What is read at the same intervals, together."""
        alike: defaultdict[Intervals, list[Ready]] = defaultdict(list)
        made: list[Together] = []
        for ready in readies:
            if self._thin and self._signal.retold(ready.metric.name):
                made.append(self._again(ready))
                continue
            every = ready.metric.every
            thinned = intervals(ready.metric, self._signal.plan) if self._thin else Intervals(every, every, every)
            alike[thinned].append(ready)
        made += [Together(self._sources_of(each), self._pace(steps, each)) for steps, each in alike.items()]
        self._groups = [group for group in self._groups if not group.closed] + made
        return tuple(made)

    def stirred(self) -> frozenset[str]:
        """The metrics that are at rest, and to which something has happened."""
        turn = self._signal.turn(self._now()), [one.verdict for one in self._state().rules.values()]
        if turn == self._turn:
            return frozenset()
        self._turn = turn
        return frozenset(name for group in self._groups if not group.closed and group.is_late() for name in group.keys)

    def source(self, ready: Ready) -> ModelledSource:
        """See `Sources`."""
        remembers = self._thin or isinstance(ready.source(), Prometheus | Datadog)
        return ModelledSource(ready, self._signal, self._now if remembers else None)

    async def close(self) -> None:
        """Nothing is open."""

    def _sources_of(self, readies: Iterable[Ready]) -> list[ModelledSource]:
        return [ModelledSource(ready, self._signal) for ready in readies]

    def _again(self, ready: Ready) -> Again:
        """What was recorded is read at the moments at which it was, and no more seldom than its rules can do with."""
        known, every = self._signal.retold(ready.metric.name), ready.metric.every
        most = max(FRESH * every, intervals(ready.metric, self._signal.plan).seldom)
        return Again(self._sources_of([ready]), lambda: min([most, *(each.left(self._now(), every) for each in known)]))

    def _pace(self, steps: Intervals, readies: Sequence[Ready]) -> Callable[[], float]:
        if steps.rarely <= steps.often:
            return lambda: steps.often
        outlooks = [Outlook(ready.metric, self._signal, ready.hosts, steps.rarely) for ready in readies]

        def pace() -> float:
            now, state = self._now(), self._state()
            if all(one.is_fine(now, state) for one in outlooks):
                return steps.rarely
            names = watched(state)
            busy = any(one.metric in names and not one.is_calm(now, state) for one in outlooks)
            return steps.often if busy else steps.seldom

        return pace


class Outlook:
    """What a metric has in store for its rules in the next so many seconds."""

    def __init__(self, metric: Metric, signal: Signal, hosts: Sequence[str], ahead: float) -> None:
        self.metric = metric.name
        self._signal, self._hosts, self._ahead = signal, hosts, ahead
        self._rules = rules_on(metric.name, signal.plan)
        self._after = aftermath(metric, signal.plan)
        self._asked: dict[float, tuple[Bound, ...]] = {}
        self._last: dict[str, tuple[object, object, Look]] = {}

    def is_calm(self, now: float, state: State) -> bool:
        """Whether nothing happens, and no threshold is crossed."""
        return not self._signal.is_unsettled(self.metric, now, self._after) and not any(
            self._look(host, now, state).crosses for host in self._hosts
        )

    def is_fine(self, now: float, state: State) -> bool:
        """Whether besides every rule passes, and goes on to do so."""
        passing = all(state.rules[rule.name].verdict == "passing" for rule in self._rules)
        return passing and self.is_calm(now, state) and all(self._look(host, now, state).fine for host in self._hosts)

    def _look(self, host: str, now: float, state: State) -> Look:
        still, baselines = self._signal.stillness(self.metric, host, now), state.baselines
        last = self._last.get(host)
        if last is None or still is None or last[0] is not still or last[1] is not baselines:
            last = still, baselines, self._look_ahead(host, now, state)
            self._last[host] = last
        return last[2]

    def _look_ahead(self, host: str, now: float, state: State) -> Look:
        low, high = self._signal.bounds(self.metric, host, now, now + self._ahead)
        baseline = state.baselines.get(self.metric, {}).get(host)
        usual = baseline.median if baseline and not baseline.reason else self._signal.usual(self.metric).steady
        asked = self._bounds(usual)
        crosses = any(low <= edge <= high for edge in edges(asked))
        return Look(crosses, low <= high and all(each.is_far(low) and each.is_far(high) for each in asked))

    def _bounds(self, usual: float) -> tuple[Bound, ...]:
        if usual not in self._asked:
            self._asked[usual] = tuple(each for each in bounds(self._rules, usual) if not each.rising)
        return self._asked[usual]


class Look(NamedTuple):
    """Whether a threshold is crossed, and whether all is as it is wanted on the way."""

    crosses: bool
    fine: bool


class Together:
    """A group whose interval is as `pace` says at the time."""

    def __init__(self, sources: Sequence[ModelledSource], pace: Callable[[], float]) -> None:
        self._sources, self._pace = sources, pace
        self.keys = {source.name: source.hosts for source in sources}
        self.closed = False
        self._resting = 0.0

    @property
    def every(self) -> float:
        """Seconds until the next reading, as things are now."""
        self._resting = self._pace()
        return self._resting

    def is_late(self) -> bool:
        """Whether its next reading was set for later than it is to be as things are now."""
        return self._pace() < self._resting

    async def read(self, now: float) -> Mapping[str, Mapping[str, Reading]]:
        """The readings at this moment."""
        return {source.name: source.readings(now) for source in self._sources}

    async def close(self) -> None:
        """It is read no more."""
        self.closed = True


class Again(Together):
    """One that is read as it was."""

    def is_late(self) -> bool:
        """Its next reading was set for when it was."""
        return False


class ModelledSource:
    """See `contract.Source`. `now` is given where a history is kept: it is known up to then."""

    def __init__(self, ready: Ready, signal: Signal, now: Callable[[], float] | None = None) -> None:
        self.seen = Seen()
        self.name, self.hosts = ready.metric.name, ready.hosts
        self._every, self._signal, self._now = ready.metric.every, signal, now
        self._expected = {host: _expected(ready, host) for host in self.hosts}

    async def read(self, now: float) -> Mapping[str, Reading]:
        """The value at this moment."""
        return self.readings(now)

    def readings(self, now: float) -> dict[str, Reading]:
        """The same at once."""
        return {host: self._signal.reading(self.name, host, now, self._expected[host]) for host in self.hosts}

    async def history(self, since: float, until: float) -> Mapping[str, tuple[Sample, ...]] | None:
        """Samples at every interval; thinned as Prometheus does where they would be too many."""
        if self._now is None:
            return None
        until = min(until, self._now())
        step = max(self._every, (until - since) / POINTS)
        first = int(since // step) + 1
        moments = [number * step for number in range(first, int(until // step) + 1)]
        if known := self._signal.retold(self.name):
            return {each.host: each.history(since, until, moments) for each in known}
        found = {
            host: [self._signal.reading(self.name, host, at, self._expected[host]) for at in moments]
            for host in self.hosts
        }
        return {host: tuple(each for each in readings if isinstance(each, Sample)) for host, readings in found.items()}

    async def close(self) -> None:
        """Nothing is open."""


def _expected(ready: Ready, host: str) -> Mapping[str, str] | None:
    source = ready.source(host or WHOLE)
    return source.request.expect.json if isinstance(source, Probe) else None
