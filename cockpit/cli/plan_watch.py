"""What a plan measures, judges and asks, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cockpit.analysis.rule import Minimum, Rule
from cockpit.cli.commands import filled
from cockpit.playbook.plan import (
    Datadog,
    Decision,
    Guard,
    Json,
    Metric,
    Output,
    Plan,
    Probe,
    Prometheus,
    Severity,
)
from cockpit.units import format_duration, format_number

_INDENT = "         "


def watch_lines(plan: Plan) -> Iterator[str]:
    """The lines of `cockpit plan` on metrics, baseline, rules and decisions."""
    for metric in plan.metrics.values():
        yield from _metric(plan, metric)
    if plan.before:
        over, until = format_duration(plan.before.over), plan.before.until
        yield f"before {until}: baselines over {over}, of at least {plan.before.samples} samples"
    for severity in plan.severities:
        yield from _severity(severity)
    for rule in plan.rules.values():
        yield from _rule(plan, rule)
    for decision in plan.decisions.values():
        yield from _decision(decision)
    if plan.rollback and plan.rollback.proofs:
        yield f"proofs of the way back: {', '.join(plan.rollback.proofs)}"


def _metric(plan: Plan, metric: Metric) -> Iterator[str]:
    unit = f" in {metric.unit}" if metric.unit else ""
    hosts = f", for each of {', '.join(metric.hosts)}" if metric.hosts else ""
    yield f"metric {metric.name}{unit}: every {format_duration(metric.every)}{hosts}"
    yield from (_INDENT + line for line in _source(plan, metric))
    least = _least(metric.minimum, plan)
    yield f"{_INDENT}no data: {metric.no_data}; stale after {format_duration(metric.stale)}{least}"


def _source(plan: Plan, metric: Metric) -> Iterator[str]:
    match metric.source:
        case Prometheus(url=url, query=query) | Datadog(url=url, query=query):
            yield f"{type(metric.source).__name__} at {filled(url, plan.params, url=True)}"
            yield from filled(query, plan.params).splitlines()
        case Json(request=request, pick=pick):
            yield f"{pick} of {request.method} {filled(request.url, plan.params, url=True)}"
        case Output() as output:
            where = "" if metric.hosts else " here"
            yield f"{_found(metric, output)} of{where}{f' as {output.user}' if output.user else ''}:"
            yield from (f"$ {line}" for line in output.command.splitlines())
        case Probe(request=request, take=take):
            yield f"{take}: {request.method} {filled(request.url, plan.params, url=True)}"
        case never:
            assert_never(never)


def _found(metric: Metric, output: Output) -> str:
    words = [f"{word} for {value:g}" for word, value in metric.values.items()]
    return ", ".join([_number(output), *words])


def _number(output: Output) -> str:
    if output.column:
        return f"column {output.column} of the {f'row with {output.row}' if output.row else 'first row'}"
    return output.pick or "the first number"


def _rule(plan: Plan, rule: Rule) -> Iterator[str]:
    texts = [f"{key}: {said.text}" for key, said in (("ok", rule.ok), ("bad", rule.bad)) if said]
    said = f"{rule.metric} {', '.join(texts)}" if rule.metric else f"reported: {rule.reported}"
    bad = f", {rule.severity}" if rule.severity else ""
    yield f"rule   {rule.name} ({rule.level}{bad}): {said}"
    yield from (_INDENT + line for line in _of_rule(plan, rule))


def _of_rule(plan: Plan, rule: Rule) -> Iterator[str]:
    if rule.slo is not None:
        budget = f"{rule.slo:.6g} good over {format_duration(rule.period)}" if rule.period else ""
        yield f"objective {budget or format_number(rule.slo, rule.unit)}"
    if rule.hosts:
        yield f"on {_share(rule)} of {len(rule.hosts)} hosts"
    if rule.reported:
        yield f"by the {', '.join(dict.fromkeys(('captain', *rule.by)))}"
    elif rule.no_data != plan.metrics[rule.metric].no_data:
        yield f"no data: {rule.no_data}"
    if rule.answer_within:
        yield f"to be answered within {format_duration(rule.answer_within)}"
    if acts := [f"{step.id}: {step.rules[rule.name]}" for step in _guards(plan) if rule.name in step.rules]:
        yield f"leads to {', '.join(acts)}"


def _share(rule: Rule) -> str:
    if rule.share.of_all:
        return "all" if rule.share.of_all == 1 else f"{rule.share.of_all:.3%}".replace(".000%", "%")
    return "any" if rule.share.count == 1 else str(rule.share.count)


def _guards(plan: Plan) -> Iterator[Guard]:
    yield from (step for step in plan.steps if isinstance(step, Guard))


def _least(minimum: Minimum, plan: Plan) -> str:
    if minimum.metric:
        value = format_number(minimum.value, plan.metrics[minimum.metric].unit)
        return f"; judges nothing below {value} of {minimum.metric}"
    return f"; judges nothing below {minimum.samples} samples" if minimum.samples else ""


def _severity(severity: Severity) -> Iterator[str]:
    by = f" by {', '.join(severity.owner)}" if severity.owner else ""
    within = f" within {format_duration(severity.deadline)}" if severity.deadline else ""
    yield f"bad    {severity.name}: {severity.means}"
    yield f"{_INDENT}{severity.action}{by}{within}"


def _decision(decision: Decision) -> Iterator[str]:
    yield f"asks   about {decision.name}: {decision.ask}"
    by = f" by {', '.join(decision.owner)}" if decision.owner else ""
    deadline = format_duration(decision.deadline)
    yield f"{_INDENT}{' / '.join(decision.options)}{by}; after {deadline}: {decision.default}"
    yield from (f"{_INDENT}{option}: {why}" for option, why in decision.guide.items())
