"""Watching: samples into the store and before the judges, changed verdicts out as events, baselines recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from cockpit.analysis import compare
from cockpit.analysis.baseline import record
from cockpit.analysis.demands import demands
from cockpit.analysis.panel import Panel
from cockpit.analysis.rule import Baseline, Gap, Judgement, Reading, Sample, Verdict
from cockpit.engine.instruments import Asked, Mute, Sources, instrument, signature
from cockpit.engine.measured import Measured
from cockpit.engine.readings import Readings
from cockpit.engine.vault import Vault
from cockpit.errors import CockpitError
from cockpit.metrics.contract import WHOLE
from cockpit.metrics.group import Ready
from cockpit.metrics.sampler import Sampler
from cockpit.playbook.plan import Metric, Run
from cockpit.release.events import AnyEvent, BaselineRecorded, VerdictChanged
from cockpit.release.state import State

log = logging.getLogger(__name__)

GLANCE = 1.0
"""Seconds between two looks at what has changed in the release, and for verdicts that nobody was told of."""

SELDOM = 15.0
"""The same, once every rule has been judged."""

PATIENCE = 30.0
"""Seconds that a source may take for a history."""

MISSED = 1.5
"""So many intervals without a reading are a gap."""


class Watch:
    """One release's metrics and rules; `state` gives its state at any time, `report` takes events.

    `shown` is told of each reading, as it comes.
    """

    def __init__(
        self,
        state: Callable[[], State],
        vault: Vault,
        ask: Asked,
        sources: Sources,
        samples: Readings,
        now: Callable[[], float],
        report: Callable[[AnyEvent], None],
        shown: Callable[[Measured], None],
    ) -> None:
        self._state, self._vault, self._ask, self._sources = state, vault, ask, sources
        self._samples, self._now, self._report, self._shown = samples, now, report, shown
        self.trouble = ""
        """What is wrong: that samples are not kept, and why; empty when nothing is."""
        self._panel = Panel(())
        self._told: dict[str, Verdict | None] = {}
        self._known: tuple[object, object] = ((), ())
        self._seen: tuple[object, object, tuple[str, ...]] | None = None
        self._signs: dict[str, object] = {}
        self._began = self._next = 0.0

    async def run(self) -> None:
        """Measure and judge until cancelled."""
        state = self._state()
        self._began = self._next = self._now()
        self._panel = Panel(state.the_plan.rules.values())
        self._told = {name: one.verdict for name, one in state.rules.items()}
        if any(demands(rule).canary for rule in state.the_plan.rules.values()):
            await asyncio.to_thread(compare.load)
        self._refer(state)
        await self._remember(state)
        sampler = Sampler(self._took, now=self._now)
        self._signs, self._seen = {}, None
        try:
            while True:
                await self._equip(sampler)
                await asyncio.sleep(min(GLANCE, max(0.0, self._panel.next_tick() - self._now())))
                self._look()
        finally:
            await sampler.close()

    async def close(self) -> None:
        """Drop what is held open."""
        await self._sources.close()
        self._samples.close()

    def judgements(self) -> tuple[Judgement, ...]:
        """Where each rule stands now, with its numbers."""
        return self._panel.judgements()

    async def baseline(self, name: str) -> None:
        """Record a metric as it has been until now: of the source's history, else of what was measured here."""
        state = self._state()
        before, metric, until = state.the_plan.before, state.the_plan.metrics[name], self._now()
        assert before is not None
        since = until - before.over
        history = await self._history(metric, since, until)
        found: dict[str, Baseline] = {}
        for host in metric.hosts or (WHOLE,):
            stored = [each for each in self._samples.since(name, host, since) if isinstance(each, Sample)]
            longest = max(history.get(host, ()), stored, key=len)
            found[host] = record(longest, since, until, before.samples)
        self._report(BaselineRecorded(metric=name, hosts=found))

    def _instrument(self, metric: Metric) -> Ready | Mute:
        return instrument(metric, self._state, self._vault, self._ask)

    async def _equip(self, sampler: Sampler) -> None:
        """Have every metric read with what is known now; those that it makes no difference to are not disturbed."""
        changed = self._changed()
        if not changed:
            return
        stale = [group for group in sampler.groups if changed & group.keys.keys()]
        names = changed.union(*(group.keys for group in stale))
        await sampler.drop(stale)
        made = [self._instrument(metric) for name, metric in self._state().the_plan.metrics.items() if name in names]
        sampler.watch(*self._sources.groups(each for each in made if isinstance(each, Ready)))
        sampler.watch(*(each for each in made if isinstance(each, Mute)))

    def _changed(self) -> set[str]:
        """The metrics that are to be read with other values than before."""
        state, secrets, before = self._state(), self._vault.values, self._seen
        self._seen = (state.captures, state.hosts, secrets)
        if before and before[0] is state.captures and before[1] is state.hosts and before[2] == secrets:
            return set()
        signs = {name: signature(metric, state, self._vault) for name, metric in state.the_plan.metrics.items()}
        changed = {name for name, sign in signs.items() if name not in self._signs or self._signs[name] != sign}
        self._signs = signs
        return changed

    def _took(self, metric: str, host: str, reading: Reading) -> None:
        self._keep(metric, host, reading)
        self._refer(self._state())
        self._tell(self._panel.take(metric, host, reading, self._now()))
        value, reason = (reading.value, "") if isinstance(reading, Sample) else (None, reading.reason)
        self._shown(Measured(metric, host, reading.at, value, reason))

    def _keep(self, metric: str, host: str, reading: Reading) -> None:
        """Store what is judged all the same; what cannot be stored is lost to an engine that comes after this one."""
        try:
            self._samples.append(metric, host, reading)
        except CockpitError as error:
            if not self.trouble:
                log.warning("samples are not kept: %s", error)
            self.trouble = f"samples are not kept: {error.what}"
            return
        if self.trouble:
            log.warning("samples are kept again")
        self.trouble = ""

    def _look(self) -> None:
        now = self._now()
        self._refer(self._state())
        self._tell(self._panel.tick(now))
        if now >= self._next:
            self._tell(self._untold(now))

    def _untold(self, now: float) -> Iterable[Judgement]:
        """What did not change under this engine but is not as it was last told: seldom, once that is behind it."""
        rules = self._state().the_plan.rules
        settled = now - self._began > max((rule.stale for rule in rules.values()), default=0.0)
        self._next = now + (SELDOM if settled else GLANCE)
        return self._panel.judgements()

    def _tell(self, judgements: Iterable[Judgement]) -> None:
        for each in judgements:
            if self._told[each.rule] != each.verdict and not self._is_too_early(each):
                self._told[each.rule] = each.verdict
                self._report(changed(each))

    def _is_too_early(self, judgement: Judgement) -> bool:
        """Whether a first sample may yet come: this engine has not been there for as long as one is fresh."""
        missing = judgement.verdict in ("no data", "error")
        return missing and self._now() - self._began < self._state().the_plan.rules[judgement.rule].stale

    def _refer(self, state: State) -> None:
        """Tell the judges what has changed in the release: baselines, and which hosts are the canary."""
        known = (state.baselines, state.steps)
        if known[0] is self._known[0] and known[1] is self._known[1]:
            return
        self._known = known
        for metric, hosts in state.baselines.items():
            for host, baseline in hosts.items():
                self._panel.set_baseline(metric, host, baseline)
        for step in {rule.canary for rule in state.the_plan.rules.values() if rule.canary}:
            passed = (run.host for run in state.steps[step].hosts.values() if run.status == "passed")
            assert isinstance(state.steps[step].step, Run)
            self._panel.set_canary(step, frozenset(passed))

    async def _remember(self, state: State) -> None:
        """Judge again what was measured before this engine began; what it missed, from the source's history."""
        needed: dict[str, float] = {}
        for rule in state.the_plan.rules.values():
            for name in filter(None, (rule.metric, rule.minimum.metric)):
                needed[name] = max(needed.get(name, 0.0), demands(rule).history)
        names = [name for name in needed if name in state.the_plan.metrics]
        found = await asyncio.gather(*(self._missed(state.the_plan.metrics[name], needed[name]) for name in names))
        readings = sorted(
            (
                (reading.at, name, host, reading)
                for name, each in zip(names, found, strict=True)
                for host, reading in each
            ),
            key=lambda each: each[0],
        )
        for _, name, host, reading in readings:
            self._panel.take(name, host, reading)

    async def _missed(self, metric: Metric, back: float) -> list[tuple[str, Reading]]:
        """What is stored of a metric; what no engine was there for, before it and behind it, from the source."""
        now = self._now()
        stored = {host: list(self._samples.since(metric.name, host, now - back)) for host in metric.hosts or (WHOLE,)}
        holes = {host: _holes(readings, now - back, now, MISSED * metric.every) for host, readings in stored.items()}
        wanted = [hole for each in holes.values() for hole in each]
        history: Mapping[str, tuple[Sample, ...]] = {}
        if wanted:
            history = await self._history(metric, min(since for since, _ in wanted), now)
        return [
            (host, reading)
            for host, readings in stored.items()
            for reading in _filled(readings, holes[host], history.get(host, ()), metric.every, now)
        ]

    async def _history(self, metric: Metric, since: float, until: float) -> Mapping[str, tuple[Sample, ...]]:
        made = self._instrument(metric)
        if isinstance(made, Mute):
            return {}
        source = self._sources.source(made)
        try:
            async with asyncio.timeout(PATIENCE):
                return await source.history(since, until) or {}
        except TimeoutError:
            return {}
        finally:
            await source.close()


Hole = tuple[float, float]
"""A span between two moments in which no engine measured."""


def _holes(stored: list[Reading], start: float, now: float, longest: float) -> list[Hole]:
    """What is missing before the first stored reading, and behind the last one."""
    if not stored:
        return [(start, now)]
    first, last = stored[0].at, stored[-1].at
    before = [(start, first)] if first - start > longest else []
    return [*before, *([(last, now)] if now - last > longest else [])]


def _filled(
    stored: list[Reading], holes: list[Hole], history: Iterable[Sample], every: float, now: float
) -> list[Reading]:
    """Stored readings and what a history knows of the holes, in order; gaps where nothing is known."""
    found = [each for each in history if any(since < each.at < until for since, until in holes)]
    if stored and holes and holes[-1][1] == now and not any(each.at > stored[-1].at for each in found):
        stored = [*stored, Gap(now, "no data", "no engine was there to measure")]
    whole: list[Reading] = sorted([*stored, *found], key=lambda each: each.at)
    return whole + gaps(whole, found, every)


def gaps(readings: list[Reading], found: list[Sample], every: float) -> list[Reading]:
    """Where readings that should follow each other closely do not, next to what came from a history."""
    known = {each.at for each in found}
    apart = ((one.at, two.at) for one, two in pairwise(readings) if one.at in known or two.at in known)
    return [
        Gap(one + every, "no data", "nothing was measured then") for one, two in apart if two - one > MISSED * every
    ]


def changed(judgement: Judgement) -> VerdictChanged:
    """A judgement as the event that tells of it."""
    return VerdictChanged(
        rule=judgement.rule,
        verdict=judgement.verdict,
        value=judgement.value,
        threshold=judgement.threshold,
        host=judgement.host,
        window=judgement.window,
        samples=judgement.samples,
        reason=judgement.reason,
    )
