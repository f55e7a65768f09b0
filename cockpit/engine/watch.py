"""Watching: samples into the store and before the judges, changed verdicts out as events, baselines recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping

from cockpit.analysis import compare
from cockpit.analysis.baseline import record
from cockpit.analysis.demands import demands
from cockpit.analysis.panel import Panel
from cockpit.analysis.rule import Baseline, Judgement, Reading, Sample, Verdict
from cockpit.engine.instruments import GLANCE, Asked, Mute, Sources, instrument, signature
from cockpit.engine.measured import Measured
from cockpit.engine.past import Past
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

SELDOM = 15
"""So many glances lie between two looks for verdicts that nobody was told of, once every rule has been judged."""

PATIENCE = 30.0
"""Seconds that a source may take for a history."""

LEAST = 10.0
"""Seconds it may take at least as an engine begins, which judges nothing before; else an interval or its timeout."""


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
        self._settled = False
        self._early: dict[str, list[tuple[str, str, Reading, float]]] = {}
        """What is measured of a metric before its past is known: it is judged after that."""

    async def run(self) -> None:
        """Measure and judge until cancelled."""
        state = self._state()
        self._began = self._next = self._now()
        self._settled = False
        self._panel = Panel(rule for rule in state.the_plan.rules.values() if not rule.reported)
        self._told = {name: one.verdict for name, one in state.rules.items()}
        if any(demands(rule).canary for rule in state.the_plan.rules.values()):
            await asyncio.to_thread(compare.load)
        self._refer(state)
        async with asyncio.TaskGroup() as recalling:
            for each in self._remember(state):
                recalling.create_task(each)
            await self._measure()

    async def _measure(self) -> None:
        sampler = Sampler(self._took, now=self._now)
        self._signs, self._seen = {}, None
        try:
            while True:
                await self._equip(sampler)
                await asyncio.sleep(self._pause())
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

    def alive(self) -> float:
        """When an engine was last heard of: by its last record, or what it measured since then."""
        state = self._state()
        series = [
            (metric.name, host) for metric in state.the_plan.metrics.values() for host in metric.hosts or (WHOLE,)
        ]
        known = (reading.at for name, host in series for reading in self._samples.since(name, host, state.at))
        return max(known, default=state.at)

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
        changed = self._changed() | self._sources.stirred()
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
        taken = (metric, host, reading, self._now())
        if metric in self._early:
            self._early[metric].append(taken)
        else:
            self._judge(*taken)
        value, reason = (reading.value, "") if isinstance(reading, Sample) else (None, reading.reason)
        self._shown(Measured(metric, host, reading.at, value, reason))

    def _judge(self, metric: str, host: str, reading: Reading, now: float) -> None:
        self._refer(self._state())
        self._tell(self._panel.take(metric, host, reading, now))

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
        if self._sources.lapses:
            self._tell(self._panel.tick(now))
        if now >= self._next:
            self._tell(self._untold(now))

    def _untold(self, now: float) -> Iterable[Judgement]:
        """What did not change under this engine but is not as it was last told: seldom, once that is behind it."""
        rules = self._state().the_plan.rules
        self._settled = now - self._began > max((rule.stale for rule in rules.values()), default=0.0)
        self._next = now + (SELDOM * self._sources.glance if self._settled else GLANCE)
        return self._panel.other_than(self._told)

    def _pause(self) -> float:
        """Seconds until the next look: never more than one until every rule may have been judged."""
        most = self._sources.glance if self._settled else GLANCE
        return min(most, max(0.0, self._panel.next_tick() - self._now())) if self._sources.lapses else most

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

    def _remember(self, state: State) -> Iterator[Coroutine[None, None, None]]:
        """What it takes to judge as if this engine had been there all along, each metric in its own time."""
        needed: dict[str, float] = {}
        joined: list[set[str]] = []
        for rule in state.the_plan.rules.values():
            names = {name for name in (rule.metric, rule.minimum.metric) if name in state.the_plan.metrics}
            needed |= {name: max(needed.get(name, 0.0), demands(rule).history) for name in names}
            apart = [each for each in joined if not each & names]
            joined = [*apart, names.union(*(each for each in joined if each & names))]
        self._early = {name: [] for name in needed}
        for each in joined:
            pasts = [Past(state.the_plan.metrics[name], needed[name], self._samples, self._now()) for name in each]
            yield self._recall(pasts)

    async def _recall(self, pasts: list[Past]) -> None:
        """Judge again what was measured before this engine began; what it missed, from the source's history."""
        found = await asyncio.gather(*(self._known_of(past) for past in pasts))
        readings = [(reading.at, past.metric.name, host, reading) for past, each in found for host, reading in each]
        for _, name, host, reading in sorted(readings, key=lambda each: each[0]):
            self._panel.take(name, host, reading)
        early = [taken for past in pasts for taken in self._early.pop(past.metric.name)]
        for taken in sorted(early, key=lambda each: each[3]):
            self._judge(*taken)
        self._next = self._now()

    async def _known_of(self, past: Past) -> tuple[Past, list[tuple[str, Reading]]]:
        since, metric = past.since, past.metric
        if since is None:
            return past, past.filled({})
        patience = min(PATIENCE, max(LEAST, metric.every, metric.timeout))
        return past, past.filled(await self._history(metric, since, past.until, patience))

    async def _history(
        self, metric: Metric, since: float, until: float, patience: float = PATIENCE
    ) -> Mapping[str, tuple[Sample, ...]]:
        made = self._instrument(metric)
        if isinstance(made, Mute):
            return {}
        source = self._sources.source(made)
        try:
            async with asyncio.timeout(patience):
                return await source.history(since, until) or {}
        except TimeoutError:
            return {}
        finally:
            await source.close()


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
