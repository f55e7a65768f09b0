"""Rules over metrics: what they refer to, what they say, and whether that can be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cockpit.analysis.demands import faults
from cockpit.analysis.demands import refers as refers_to
from cockpit.analysis.grammar import TriggerError
from cockpit.analysis.rule import Differs
from cockpit.playbook.judged import rules, until
from cockpit.playbook.lint.overlap import overlap
from cockpit.playbook.model.metrics import Minimum, ProbeMetric
from cockpit.playbook.model.rules import Rule
from cockpit.playbook.model.steps import RunStep
from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path, Scalar, child
from cockpit.playbook.problem import Finding, Position
from cockpit.playbook.sayings import Saying, least
from cockpit.playbook.world import World, is_by_host, unit_of


def baseline(world: World) -> Iterator[Finding]:
    """A baseline that ends at no step, and rules that refer to one that is not recorded."""
    written = world.book.model.baseline
    if written is not None and not until(world, written.until):
        name, at = written.until, world.place(("baseline", "until"))
        if name in world.by_id:
            yield Finding(at, "P202", f"`{name}` is no step of a phase", "name the step that changes something")
        elif name not in world.ids | world.names.phases:
            known = {placed.id for placed in world.forward} | world.names.phases
            yield Finding(at, "P202", f"unknown step or phase `{name}`", suggest(name, known, "steps and phases"))
    if written is None and world.book.sound("baseline"):
        for name, said in world.sayings.items():
            for key in [key for key, trigger in said.triggers if "baseline" in refers_to(trigger.condition)]:
                hint = "add `baseline: {over: 24h, until: …}`"
                yield Finding(_word(world, ("rules", name, key), "baseline"), "P805", "no baseline is recorded", hint)


def _word(world: World, path: Path, word: str) -> Position:
    node = world.book.node(*path)
    text = node.value.lower() if isinstance(node, Scalar) else ""
    return world.place(path, max(text.find(word), 0))


def texts(world: World) -> Iterator[Finding]:
    """Metrics that nobody declared, and texts that mean nothing."""
    model = world.book.model
    units = {name: unit_of(metric) for name, metric in model.metrics.items()}
    for name, metric in model.metrics.items():
        yield from _minimum(world, ("metrics", name), metric.minimum, units)
    for name, rule in model.rules.items():
        if rule.metric is not None:
            yield from _metric(world, ("rules", name, "metric"), rule.metric)
        if rule.minimum and rule.minimum.metric:
            yield from _metric(world, ("rules", name, "minimum", "metric"), rule.minimum.metric)
        for path, error in world.sayings[name].wrong if name in world.sayings else ():
            yield _wrong(world, ("rules", name, *path), error)


def _minimum(world: World, path: Path, minimum: Minimum | None, units: Mapping[str, str]) -> Iterator[Finding]:
    if minimum is None or minimum.metric is None:
        return
    yield from _metric(world, (*path, "minimum", "metric"), minimum.metric)
    try:
        least(minimum, units)
    except TriggerError as error:
        yield _wrong(world, (*path, "minimum", "value"), error)


def _wrong(world: World, path: Path, error: TriggerError) -> Finding:
    return Finding(world.place(path, error.offset), "P705", f"`{path[-1]}`: {error.what}", error.hint)


def _metric(world: World, path: Path, name: str) -> Iterator[Finding]:
    if name not in world.names.metrics:
        hint = suggest(name, world.names.metrics, "metrics")
        yield Finding(world.place(path), "P209", f"unknown metric `{name}`", hint)


def faulty(world: World) -> Iterator[Finding]:
    """Rules that could never be judged, by what they need besides their texts."""
    for name, rule in rules(world).items():
        if rule.reported:
            continue
        metric = world.book.model.metrics[rule.metric]
        if is_by_host(metric) and not rule.hosts:
            continue
        said = world.sayings[name]
        said_already = rule.stale <= rule.every
        for fault in faults(rule):
            if fault.part == "metric" and said_already:
                continue
            at = _part(world, ("rules", name), fault.part, said)
            yield Finding(at, "P805", fault.what, fault.hint)


def _part(world: World, path: Path, part: str, said: Saying) -> Position:
    """Where a part of a rule stands, or where it is not written, the text that wants it."""
    if child(world.book.node(*path), part) is not None:
        return world.place((*path, part))
    return world.place((*path, next((key for key, _ in reversed(said.triggers)), "metric")))


def references(world: World) -> Iterator[Finding]:
    """Objectives of the wrong sort or that nothing refers to, and floors under nothing."""
    for name, said in world.sayings.items():
        path, rule = ("rules", name), world.book.model.rules[name]
        refers = frozenset[str]().union(*(refers_to(trigger.condition) for _, trigger in said.triggers))
        if said.wrong:
            continue
        if said.period and any(refers_to(trigger.condition) == {"slo"} for _, trigger in said.triggers):
            message = "the objective is an error budget, and no number of the metric"
            yield Finding(world.place((*path, "slo")), "P805", message, "write one such as slo: 500ms")
        elif rule.slo is not None and "slo" not in refers:
            yield _idle(world, (*path, "slo"), "nothing refers to the objective", "write `above slo`, or remove it")
        if rule.floor is not None and "baseline" not in refers:
            yield _idle(world, (*path, "floor"), "a `floor` is for what refers to the baseline", "remove it")


def _idle(world: World, path: Path, message: str, hint: str) -> Finding:
    return Finding(world.book.key(*path), "P803", message, hint, "warning")


def agreement(world: World) -> Iterator[Finding]:
    """Rules that can pass and fail at once."""
    for name, said in world.sayings.items():
        if said.ok and said.bad and overlap(said.ok, said.bad, said.slo, said.floor):
            message = f"`{said.ok.text}` is ok and `{said.bad.text}` is bad: both can be true at once"
            hint = "leave a gap between them, which is inconclusive, or give one of them"
            yield Finding(world.place(("rules", name, "bad")), "P805", message, hint)


def hosts_judged(world: World) -> Iterator[Finding]:
    """Shares of hosts where there is one value for all, and canaries that are none."""
    for name in world.sayings:
        rule = world.book.model.rules[name]
        path: Path = ("rules", name)
        share = rule.hosts is not None and (isinstance(rule.hosts, float) or rule.hosts == 1)
        if share and not is_by_host(world.book.model.metrics[rule.measured]):
            yield _idle(world, (*path, "hosts"), f"`{rule.metric}` has one value for all hosts", "remove `hosts`")
        if rule.canary is not None:
            yield from _canary(world, path, rule, rule.canary)


def failing(world: World) -> Iterator[Finding]:
    """`fails` of what is no probe."""
    for name, said in world.sayings.items():
        metric = world.book.model.metrics[world.book.model.rules[name].measured]
        if isinstance(metric, ProbeMetric) and metric.take == "up":
            continue
        for key, trigger in said.triggers:
            if trigger.text.lower().split()[:1] == ["fails"]:
                message = "this metric is no probe that is up or not: it fails when it is 0"
                at = world.place(("rules", name, key))
                yield Finding(at, "P805", message, "write `is 0` if that is meant", "warning")


def _canary(world: World, path: Path, rule: Rule, name: str) -> Iterator[Finding]:
    at = world.place((*path, "canary"))
    compares = any(isinstance(trigger.condition, Differs) for _, trigger in world.sayings[str(path[1])].triggers)
    placed = world.by_id.get(name)
    if placed is None:
        if name not in world.ids:
            known = {other.id for other in world.forward if isinstance(other.step, RunStep)}
            yield Finding(at, "P202", f"unknown step `{name}`", suggest(name, known, "steps"))
    elif placed.path[0] != "phases" or not isinstance(placed.step, RunStep):
        yield Finding(at, "P202", f"`{name}` changes no hosts", "name the step that does")
    elif not compares:
        yield _idle(world, (*path, "canary"), "`canary` is for comparing hosts", "remove it")
    elif not _share_hosts(world, placed.step.on, world.book.model.metrics[rule.measured].on or []):
        message = f"`{name}` touches none of the hosts of `{rule.metric}`"
        yield Finding(at, "P805", message, "name the step that changes them")


def _share_hosts(world: World, one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists name a host in common; yes where that cannot be told."""
    if not world.count_of(one) or not world.count_of(other):
        return True
    return not set(world.distinct(one)).isdisjoint(world.distinct(other))


def timing(world: World) -> Iterator[Finding]:
    """Times for which a condition must last that are shorter than the metric's interval."""
    for name, said in world.sayings.items():
        every = world.book.model.metrics[world.book.model.rules[name].measured].every
        for key, trigger in said.triggers:
            if 0 < trigger.lasting < every:
                message = f"for {trigger.lasting:g} s is one sample: the metric is measured every {every:g} s"
                at = _word(world, ("rules", name, key), "for ")
                yield Finding(at, "P803", message, "write a longer time", "warning")
