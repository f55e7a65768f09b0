"""The rules of a playbook, its baseline and its decisions, as a plan has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cockpit.analysis.grammar import TriggerError
from cockpit.analysis.rule import Minimum, Rule, Share
from cockpit.playbook import plan
from cockpit.playbook.measured import hosts_of, stale
from cockpit.playbook.model import rules as model
from cockpit.playbook.model.metrics import Minimum as Least
from cockpit.playbook.model.steps import GuardStep
from cockpit.playbook.sayings import Saying, least
from cockpit.playbook.severities import actions, severity_of
from cockpit.playbook.world import World, unit_of

DEADLINE = 600.0
HOLD = "hold"


def rules(world: World, text: Callable[[str], str] = str) -> dict[str, Rule]:
    """Every rule by name, with what it needs to know of its metric; none of those that cannot be understood."""
    model = world.book.model
    units = {name: unit_of(metric) for name, metric in model.metrics.items()}
    made: dict[str, Rule] = {}
    for name, rule in model.rules.items():
        said = world.sayings.get(name)
        if rule.reported is not None:
            made[name] = _reported(name, rule, text(rule.reported), world)
        elif rule.metric and said and not said.wrong:
            made[name] = _rule(name, rule, said, rule.metric, world, units)
    return made


def _reported(name: str, rule: model.Rule, text: str, world: World) -> Rule:
    return Rule(
        name=name,
        reported=text,
        by=tuple(rule.by),
        every=0.0,
        stale=0.0,
        level=rule.level,
        answer_within=_answer_within(world, name, rule),
        severity=rule.severity or "",
    )


def _rule(name: str, rule: model.Rule, said: Saying, measured: str, world: World, units: Mapping[str, str]) -> Rule:
    metric = world.book.model.metrics[measured]
    return Rule(
        name=name,
        metric=measured,
        unit=units[measured],
        ok=said.ok,
        bad=said.bad,
        every=metric.every,
        stale=stale(metric),
        no_data=rule.no_data or metric.no_data,
        minimum=_minimum(rule.minimum or metric.minimum, units),
        hosts=hosts_of(world, metric),
        share=_share(rule.hosts),
        slo=said.slo,
        period=said.period,
        floor=said.floor,
        canary=rule.canary or "",
        level=rule.level,
        answer_within=_answer_within(world, name, rule),
        severity=rule.severity or "",
    )


def _answer_within(world: World, name: str, rule: model.Rule) -> float:
    """How soon somebody must have seen it: as it says, or as its severity does where nobody is to decide."""
    severity = severity_of(world.book.model, name)
    by_severity = severity.deadline if severity and severity.action != "decide" else None
    return rule.answer_within or by_severity or answers(world).get(rule.level, 0.0)


def answers(world: World) -> dict[str, float]:
    """How soon people must answer, in seconds, by level; none of those where it is not said."""
    written = world.book.model.answer_within
    found = {"info": written.info, "warn": written.warn, "critical": written.critical}
    return {level: seconds for level, seconds in found.items() if seconds is not None}


def _minimum(written: Least | None, units: Mapping[str, str]) -> Minimum:
    try:
        return least(written, units)
    except TriggerError:
        return Minimum()


def _share(hosts: int | float | None) -> Share:
    if hosts is None:
        return Share()
    return Share(count=hosts) if isinstance(hosts, int) else Share(of_all=hosts)


def before(world: World) -> plan.Before | None:
    """How baselines are recorded: until a step, or the first one of a phase."""
    written = world.book.model.baseline
    if written is None:
        return None
    return plan.Before(over=written.over, until=until(world, written.until), samples=written.samples)


def until(world: World, name: str) -> str:
    """The step that a name of a step or phase stands for; empty where it is neither."""
    forward = [placed for placed in world.forward if placed.path[0] == "phases"]
    if any(placed.id == name for placed in forward):
        return name
    return next((placed.id for placed in forward if placed.phase == name), "")


def decisions(world: World, text: Callable[[str], str]) -> dict[str, plan.Decision]:
    """Every decision by its rule: those written, and one for each other rule that opens one."""
    made = {name: _decision(name, written, text) for name, written in world.book.model.decisions.items()}
    for name in deciding(world):
        made.setdefault(name, _unwritten(world, name, text))
    return made


def deciding(world: World) -> Iterator[str]:
    """The rules that a guard lets open a decision."""
    for placed in world.forward:
        if isinstance(placed.step, GuardStep):
            leads_to = actions(world.book.model, placed.step)
            yield from (name for name, action in leads_to.items() if action == "decide")


def _decision(name: str, written: model.Decision, text: Callable[[str], str]) -> plan.Decision:
    return plan.Decision(
        name=name,
        ask=text(written.ask),
        options=tuple(written.options),
        deadline=written.deadline,
        default=written.default or HOLD,
        owner=tuple(written.owner),
        guide=dict(written.guide),
    )


def _unwritten(world: World, name: str, text: Callable[[str], str]) -> plan.Decision:
    """What is asked about a rule that has no decision of its own: as its severity says, or in the usual way."""
    said, severity = world.sayings.get(name), severity_of(world.book.model, name)
    rule = world.book.model.rules[name]
    why = text(rule.reported) if rule.reported else _failing(said) if said else ""
    usual = ("hold", "go on") if world.book.model.rollback is None else ("roll back", "hold", "go on")
    bad = f" ({rule.severity}: {text(severity.means)})" if severity else ""
    return plan.Decision(
        name=name,
        ask=f"{name} is failing: {why}{bad}",
        options=tuple(severity.options) if severity and severity.options else usual,
        deadline=(severity.deadline if severity else None) or DEADLINE,
        default=(severity.default if severity else None) or HOLD,
        owner=tuple(severity.owner) if severity else (),
        guide=dict(severity.guide) if severity else {},
    )


def _failing(said: Saying) -> str:
    return said.bad.text if said.bad else f"not {said.ok.text}" if said.ok else ""
