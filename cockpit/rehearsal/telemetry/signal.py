"""What every metric shows at any moment: a pure function of seed, plan, scenario and what has happened in the world."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import inf

import msgspec

from cockpit.analysis.rule import Gap, Reading, Sample
from cockpit.metrics.contract import WHOLE
from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import HERE, Http, Json, Metric, Output, Plan, Probe, Run
from cockpit.playbook.templates import names, render, texts
from cockpit.rehearsal.chance import jitter
from cockpit.rehearsal.known import Blow, Facts, World
from cockpit.rehearsal.scenario import Curve, Scenario
from cockpit.rehearsal.telemetry.retold import Retold
from cockpit.rehearsal.telemetry.stretch import DAY, Stretch, Stretches, is_still, level_of, range_of, stretch_at, turns
from cockpit.rehearsal.telemetry.usual import HOUR, usual
from cockpit.rehearsal.telemetry.wound import JUMPS, grows, metric_for, value_for
from cockpit.release.practice import ON_METRICS

VERSION = "version"
"""The fact of a host that an answer's field of this name shows."""


class Hurt(msgspec.Struct, frozen=True):
    """A fault of a metric, and the number that goes with it; `grows`: so much is added in an hour."""

    blow: Blow
    value: float
    grows: bool

    def meets(self, host: str, at: float) -> bool:
        """Whether it is felt on a host."""
        hosts = self.blow.fault.hosts
        return self.blow.holds(at) and (not hosts or host in hosts)


class Signal:
    """Every metric of a plan. Moments are seconds since 1970, numbers in the metric's unit."""

    def __init__(self, plan: Plan, scenario: Scenario, seed: int, world: World) -> None:
        self.plan, self.world, self.starts = plan, world, scenario.starts
        self._scenario, self._seed = scenario, seed
        self._usual = {name: usual(metric, plan) for name, metric in plan.metrics.items()}
        self._known: dict[tuple[str, str], tuple[int, Stretches]] = {}
        self._counted: dict[str, tuple[int, tuple[tuple[Stretches, int], ...]]] = {}
        self._hurts: dict[str, list[Hurt]] = {name: [] for name in plan.metrics}
        self._downs: list[Blow] = []
        self._blows: list[Blow] = []
        self._wholes = {name: self._hosts_of(metric) for name, metric in plan.metrics.items()}
        self._reacting = {name: self._reacting_of(metric) for name, metric in plan.metrics.items()}
        self._retold = {(each.metric, each.host): Retold(each, scenario.starts) for each in scenario.series}
        self._changed: dict[str, tuple[int, list[float]]] = {}

    def value(self, metric: str, host: str, at: float) -> float | None:
        """What a metric shows on a host (WHOLE: on all together); None where it shows nothing."""
        found = self.reading(metric, host, at)
        return found.value if isinstance(found, Sample) else None

    def reading(self, metric: str, host: str, at: float, expected: Mapping[str, str] | None = None) -> Reading:
        """The same as a reading; `expected` is what a probe expects in JSON, with its templates filled."""
        self._take_blows()
        meant, hurts = self.plan.metrics[metric], self._hurts[metric]
        if self._is_down(meant, host, at):
            return Sample(at, 0.0) if _is_up(meant) else Gap(at, "error", "no connection")
        if retold := self._retold.get((metric, host)):
            return self._hurt(retold.reading(at, meant.every), hurts, host, at)
        found = self._of_host(meant, hurts, host, host, at) if host != WHOLE else self._of_all(meant, hurts, at)
        if found is None:
            return Gap(at, "no data", "no series")
        lies = any(each.blow.fault.kind == "lie" and each.meets(host, at) for each in hurts)
        if _is_up(meant) and found and not lies and not self._is_as_expected(meant, host, at, expected):
            found = 0.0
        return Sample(at, found)

    def usual(self, metric: str) -> Curve:
        """What it shows where nothing is said of it."""
        return self._usual[metric]

    def retold(self, metric: str) -> tuple[Retold, ...]:
        """What was recorded of it, for each host; nothing where it is modelled."""
        return tuple(each for (name, _), each in self._retold.items() if name == metric)

    def shown(self, host: str, at: float) -> str | None:
        """The version that a host runs; None where that is not known."""
        known = [each for each in self.world.facts(host) if each.since <= at]
        return known[-1].known.get(VERSION) if known else None

    def is_unsettled(self, metric: str, at: float, length: float) -> bool:
        """Whether something happens to it: a fault is felt, or something changed less than so many seconds ago."""
        self._take_blows()
        blows = [*(each.blow for each in self._hurts[metric]), *self._downs]
        if any(each.holds(at) or _is_recent(each, at, length) for each in blows):
            return True
        latest = self._latest(metric)
        return bisect_right(latest, at) > bisect_right(latest, at - length)

    def _latest(self, metric: str) -> list[float]:
        """When each host that it reacts to changed last, in order."""
        known = self._changed.get(metric)
        if known is None or known[0] != self.world.changes:
            moments = sorted(self._facts(host)[-1].since for host in self._reacting[metric])
            known = self._changed[metric] = (self.world.changes, moments)
        return known[1]

    def turn(self, at: float) -> object:
        """Something that is equal for as long as no facts are added, and no fault begins or ends."""
        self._take_blows()
        felt = tuple(each.holds(at) for each in self._blows)
        return felt, self.world.changes

    def bounds(self, metric: str, host: str, since: float, until: float) -> tuple[float, float]:
        """Between which numbers it stays from one moment to another, within a day, if nothing happens."""
        moments = (since, until, *turns(since, until))
        alike = self._alike(metric) if host == WHOLE else ((self._stretches(metric, host), 1),)
        found = [value for stretches, _ in alike for at in moments for value in range_of(stretches, at)]
        return (min(found), max(found)) if found else (inf, -inf)

    def stillness(self, metric: str, host: str, at: float) -> object:
        """Something that stays the same for as long as nothing changes but noise; None where something does."""
        if host != WHOLE:
            stretches = self._stretches(metric, host)
            return stretches if is_still(stretches, at) else None
        alike = self._alike(metric)
        return alike if all(is_still(stretches, at) for stretches, _ in alike) else None

    def _of_all(self, metric: Metric, hurts: Sequence[Hurt], at: float) -> float | None:
        """The mean over the hosts that show something."""
        if hurts:
            values = [(self._of_host(metric, hurts, each, WHOLE, at), 1) for each in self._wholes[metric.name]]
        else:
            values = [(self._noisy(metric, each, WHOLE, at), count) for each, count in self._alike(metric.name)]
        shown = [(value, count) for value, count in values if value is not None]
        return sum(value * count for value, count in shown) / sum(count for _, count in shown) if shown else None

    def _alike(self, metric: str) -> tuple[tuple[Stretches, int], ...]:
        """The hosts that one value for all is made of: how many show the same."""
        hosts = self._wholes[metric]
        changes = self.world.changes
        known = self._counted.get(metric)
        if known is None or known[0] != changes:
            found = [self._stretches(metric, host) for host in hosts]
            shapes = [tuple((each.since, id(each.curve)) for each in stretches) for stretches in found]
            count = Counter(shapes)
            known = changes, tuple((found[shapes.index(shape)], count[shape]) for shape in count)
            self._counted[metric] = known
        return known[1]

    def _of_host(self, metric: Metric, hurts: Sequence[Hurt], host: str, whole: str, at: float) -> float | None:
        """`whole` is whose noise it is: of one value for all hosts there is one."""
        felt = [each for each in hurts if each.meets(host, at)]
        return _hurt(felt, at, lambda: self._noisy(metric, self._stretches(metric.name, host), whole, at))

    def _hurt(self, reading: Reading, hurts: Sequence[Hurt], host: str, at: float) -> Reading:
        """A recorded reading with what goes wrong besides."""
        felt = [each for each in hurts if (each.blow.holds(at) if host == WHOLE else each.meets(host, at))]
        if not felt:
            return reading
        found = _hurt(felt, at, lambda: reading.value if isinstance(reading, Sample) else None)
        return Gap(at, "no data", "no series") if found is None else Sample(at, found)

    def _noisy(self, metric: Metric, stretches: Stretches, whole: str, at: float) -> float | None:
        level, curve = level_of(stretches, at), stretch_at(stretches, at).curve
        if level is None or not curve.noise:
            return level
        chance = jitter(self._seed, metric.name, whole, round(at // metric.every))
        return level + curve.steady * curve.noise * chance

    def _stretches(self, metric: str, host: str) -> Stretches:
        facts = self._facts(host)
        known = self._known.get((metric, host))
        if known is None or known[0] != len(facts):
            known = (len(facts), tuple(self._drawn(metric, host, facts)))
            self._known[metric, host] = known
        return known[1]

    def _drawn(self, metric: str, host: str, facts: Sequence[Facts]) -> list[Stretch]:
        found: list[Stretch] = []
        for each in facts:
            curve = self._curve(metric, host, each.known)
            if not found:
                begun = max(each.since, self.starts - (DAY if curve is self._usual[metric] else 0.0))
                found.append(Stretch(begun, curve))
            elif curve is not found[-1].curve:
                found.append(Stretch(each.since, curve))
        return found

    def _curve(self, metric: str, host: str, known: Mapping[str, str]) -> Curve:
        for curve in self._scenario.curves.get(metric, ()):
            if (not curve.hosts or host in curve.hosts) and curve.given.items() <= known.items():
                return curve
        return self._usual[metric]

    def _facts(self, host: str) -> Sequence[Facts]:
        return self.world.facts(host) or (Facts(0.0, {}),)

    def _hosts_of(self, metric: Metric) -> tuple[str, ...]:
        """The hosts that one value for all is made of: those that a curve names, or of whose first facts it asks."""
        hosts = metric.hosts or all_hosts(self.plan)
        curves = self._scenario.curves.get(metric.name, ())
        keys = {key for curve in curves for key in curve.given}
        named = {host for curve in curves for host in curve.hosts}
        concerned = tuple(host for host in hosts if host in named or keys & self._facts(host)[0].known.keys())
        return concerned or hosts or (HERE,)

    def _reacting_of(self, metric: Metric) -> tuple[str, ...]:
        """The hosts whose facts make a difference."""
        if metric.name in self._scenario.curves or (_is_up(metric) and self._wanted(metric) is not None):
            return metric.hosts or self._wholes[metric.name]
        return ()

    def _take_blows(self) -> None:
        blows = [*self.world.blows]
        if blows == self._blows:
            return
        self._blows, self._downs, self._hurts = blows, [], {name: [] for name in self.plan.metrics}
        for blow in blows:
            fault = blow.fault
            if fault.kind == "host-down" or (fault.kind == "host-reboot" and blow.over is not None):
                self._downs.append(blow)
            elif (
                fault.kind in ON_METRICS and (name := fault.metric or metric_for(fault.kind, self.plan)) in self._hurts
            ):
                hurt = Hurt(blow, value_for(fault, self.plan) or 0.0, grows(fault, self.plan))
                self._hurts[name].append(hurt)

    def _is_down(self, metric: Metric, host: str, at: float) -> bool:
        if not self._downs or host in (WHOLE, HERE) or not _is_asked_there(metric):
            return False
        return any(each.holds(at) and (not each.fault.hosts or host in each.fault.hosts) for each in self._downs)

    def _is_as_expected(self, metric: Metric, host: str, at: float, expected: Mapping[str, str] | None) -> bool:
        wanted = self._wanted(metric) if expected is None else expected_version(expected)
        shown = self.shown(host, at) if wanted is not None and host not in (WHOLE, HERE) else None
        return wanted is None or shown is None or shown == wanted

    def _wanted(self, metric: Metric) -> str | None:
        assert isinstance(metric.source, Probe)
        template = expected_version(metric.source.request.expect.json)
        try:
            return None if template is None else render(template, self.plan.params)
        except ExpressionError:
            return None


def _hurt(felt: Sequence[Hurt], at: float, level: Callable[[], float | None]) -> float | None:
    """A level with the faults that are felt."""
    kinds = {each.blow.fault.kind: each for each in felt}
    if "silence" in kinds:
        return None
    if "lie" in kinds:
        return kinds["lie"].value
    jumps = [each for each in felt if each.blow.fault.kind in JUMPS and not each.grows]
    found = jumps[-1].value if jumps else level()
    if found is None:
        return None
    return found + sum(each.value * (at - each.blow.began) / HOUR for each in felt if each.grows)


def all_hosts(plan: Plan) -> tuple[str, ...]:
    """Every host of a plan, but for this machine."""
    rollback = tuple(plan.rollback) if plan.rollback else ()
    steps = (*plan.steps, *rollback, *plan.undos)
    touched = (host for step in steps if isinstance(step, Run | Http) for host in step.hosts)
    grouped = (host for hosts in plan.groups.values() for host in hosts)
    return tuple(dict.fromkeys(host for host in (*touched, *grouped) if host != HERE))


def expected_version(expected: Mapping[str, str]) -> str | None:
    """The version that an answer must name; None where it need not."""
    return next((value for path, value in expected.items() if path.rpartition(".")[2] == VERSION), None)


def _is_up(metric: Metric) -> bool:
    return isinstance(metric.source, Probe) and metric.source.take == "up"


def _is_asked_there(metric: Metric) -> bool:
    """Whether it is the host itself that answers."""
    match metric.source:
        case Output():
            return True
        case Json(request=request) | Probe(request=request):
            return any(name in ("host", "address") for text in texts(request) for name, _ in names(text))
        case _:
            return False


def _is_recent(blow: Blow, at: float, length: float) -> bool:
    return any(edge is not None and 0 <= at - edge < length for edge in (blow.began, blow.over))
