"""What a metric shows where a scenario says nothing of it: a number at which every rule on it passes, with room."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.analysis.rule import Compare, Differs, Grows, Reaches, Rule
from cockpit.playbook.plan import Metric, Plan, Probe
from cockpit.rehearsal.scenario import Curve
from cockpit.rehearsal.telemetry.bounds import SPARING, Bound, bounds, candidates, room, triggers

NOISE = 0.04
HOUR = 3600.0
_PREFERRED = {"%": 0.5, "ms": 80.0, "s": 0.08}
_LOOKS = {"up": 1.0, "latency": 0.05, "status": 200.0, "expiry": 60.0}


def rules_on(metric: str, plan: Plan) -> tuple[Rule, ...]:
    """The rules that judge a metric."""
    return tuple(rule for rule in plan.rules.values() if rule.metric == metric)


def usual(metric: Metric, plan: Plan) -> Curve:
    """The curve of a metric that nothing is said of."""
    rules = rules_on(metric.name, plan)
    asked = (*bounds(rules), *_minimums(metric.name, plan))
    level = [bound for bound in asked if not bound.rising]
    steady = _level(metric, level)
    rising = [bound for bound in asked if bound.rising]
    drift = _rise(rising)
    noise = 0.0 if rising or _is_exact(metric, steady, level) else _noise(steady, rules, level)
    return Curve(steady=steady, noise=noise, drift=drift * HOUR)


def _minimums(metric: str, plan: Plan) -> list[Bound]:
    """What other rules need of it before they judge."""
    least = {rule.minimum.value for rule in plan.rules.values() if rule.minimum.metric == metric}
    return [Bound("at least", value, value, wanted=True) for value in sorted(least)]


def possible(metric: Metric) -> tuple[float, ...]:
    """The only numbers that a metric can show; none where it can show any."""
    if isinstance(metric.source, Probe) and metric.source.take == "up":
        return (1.0, 0.0)
    return tuple(metric.values.values())


def _level(metric: Metric, asked: Sequence[Bound]) -> float:
    found = possible(metric)
    preferred = found[0] if found else _preferred(metric, asked)
    if all(bound.holds(preferred) for bound in asked) and (found or room(preferred, asked) >= abs(preferred) / 4):
        return preferred
    choice = found or candidates(asked, metric.unit)
    return max(choice, key=lambda value: sum(bound.holds(value) for bound in asked), default=preferred)


def _preferred(metric: Metric, asked: Sequence[Bound]) -> float:
    if budgets := [bound.low for bound in asked if bound.budget and not bound.wanted]:
        return min(budgets) / SPARING / 1.5
    if isinstance(metric.source, Probe):
        return _LOOKS[metric.source.take] * (1000.0 if metric.unit == "ms" else 1.0)
    return _PREFERRED.get(metric.unit, 1.0)


def _rise(asked: Sequence[Bound]) -> float:
    """How much it rises in a second: nothing, unless a rule asks for more."""
    choice = (0.0, *candidates(asked, ""))
    return max(choice, key=lambda value: sum(bound.holds(value) for bound in asked))


def _is_exact(metric: Metric, steady: float, asked: Sequence[Bound]) -> bool:
    probed = isinstance(metric.source, Probe) and metric.source.take != "latency"
    return probed or bool(metric.values) or any(bound.how == "is" or steady in bound.edges for bound in asked)


def _noise(steady: float, rules: Sequence[Rule], asked: Sequence[Bound]) -> float:
    """As a share of the number: a third of the room that each rule leaves, at most."""
    size = abs(steady)
    if not size:
        return 0.0
    limits = [room(steady, asked) / size / 3, *(limit for rule in rules for limit in _limits(rule, size))]
    return round(min(NOISE, *limits), 6)


def _limits(rule: Rule, size: float) -> list[float]:
    found = []
    for trigger, _ in triggers(rule):
        match trigger.condition:
            case Compare(level=level, upper=upper):
                about = [each for each in (level, upper) if each is not None and each.to == "baseline"]
                found += [max(abs(each.factor - 1), abs(each.offset) / size, rule.floor / size) / 3 for each in about]
            case Grows(amount=amount, relative=relative, per=per, over=over):
                found.append((amount if relative else amount / size) * over / per / 20)
            case Reaches(within=within, over=over, level=level):
                apart = abs(level.offset - size) / size if level.to == "nothing" else abs(level.factor - 1)
                found.append(apart * over / (over + within) / 20)
            case Differs(share=share):
                found.append(share / 3)
            case _:
                pass
    return found
