"""Rules as people see them: where each stands, how near it is to firing, and what it leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cockpit.analysis.phrase import bare
from cockpit.analysis.rule import Judgement, Level, Rule, Trigger, Verdict
from cockpit.playbook.plan import Action, Gate, Guard, Run, Soak, Steady
from cockpit.release.health import guards
from cockpit.release.state import RuleState, State
from cockpit.units import format_duration, format_number
from screens.traces import Key
from screens.view import View
from widgets.looks import VERDICT, Look

WORST: tuple[Verdict | None, ...] = tuple(VERDICT)
"""Verdicts, the worst first."""

LEADS: Mapping[Action, str] = {
    "warn": "warns",
    "hold": "holds",
    "decide": "opens a decision",
    "back": "takes the last batch back",
    "roll back": "rolls back",
}
"""What a failing rule does, in words."""


def judged(view: View, rule: str) -> Judgement:
    """Where a rule stands: its verdict as recorded, with the newest numbers that go with it."""
    one, now = view.state.rules[rule], view.judgements.get(rule)
    if now is not None and now.verdict == one.verdict:
        return now
    return Judgement(
        rule=rule,
        verdict=one.verdict or "inconclusive",
        at=one.since,
        value=one.value,
        threshold=one.threshold,
        host=one.host,
        window=one.window,
        samples=one.samples,
        reason=one.reason,
    )


def look_of(view: View, rule: str) -> Look:
    """The look of a rule's verdict."""
    return VERDICT[view.state.rules[rule].verdict]


def worst(view: View, rules: tuple[str, ...]) -> str:
    """The rule of these that asks for attention first: by verdict, then by how near it is to firing."""

    def rank(rule: str) -> tuple[int, float]:
        return WORST.index(view.state.rules[rule].verdict), -share(judged(view, rule))

    return min(rules, key=rank)


def share(one: Judgement) -> float:
    """How much of the time that it takes to fire has passed: 0 to 1; 0 where it takes none."""
    return min(1.0, one.pending / one.needed) if one.needed else 0.0


def said(rule: Rule) -> str:
    """What a rule says: `bad above 5% for 5m`, `ok below 1%`, or both; what is reported in words."""
    if rule.reported:
        return f"reported: {rule.reported}"
    parts = (("ok", rule.ok), ("bad", rule.bad))
    return ", ".join(f"{name} {trigger.text}" for name, trigger in parts if trigger)


def fires(rule: Rule) -> str:
    """When it fails: `above 5% for 5m`, `not below 1%`, `reported`."""
    if rule.reported:
        return "reported"
    return rule.bad.text if rule.bad else f"not {rule.ok.text.removeprefix('is ')}" if rule.ok else ""


def limit_text(rule: Rule, one: Judgement) -> str:
    """The threshold as a number, where the rule does not say it itself."""
    trigger = rule.bad or rule.ok
    if trigger is None or one.threshold is None or not _refers(trigger):
        return ""
    return f"= {format_number(one.threshold, rule.unit)}"


def _refers(trigger: Trigger) -> bool:
    level = getattr(trigger.condition, "level", None)
    return isinstance(level, Level) and level.to != "nothing"


def near(view: View, rule: str) -> str:
    """How near a rule is to firing: `2:10 of 5:00 above 5%`, `2 of 3 times above 0`; for how long it fires."""
    said_, state, one = view.state.the_plan.rules[rule], view.state.rules[rule], judged(view, rule)
    match state.verdict:
        case "failing":
            why = f": {state.reason}" if said_.reported else ""
            return f"for {format_duration(view.now - state.since)}{why}"
        case "no data" | "error":
            return one.reason or f"for {format_duration(view.now - state.since)}"
        case None:
            return "waits for the first samples"
        case _ if one.pending and one.needed and said_.bad is not None:
            return f"{progress(said_, one)} {bare(said_.bad)}"
        case "inconclusive":
            return one.reason
        case "passing":
            return ""


def progress(rule: Rule, one: Judgement) -> str:
    """How long, or how often, the bad condition has been true, of what it takes."""
    if rule.bad is not None and rule.bad.times > 1:
        return f"{min(one.pending, one.needed):.0f} of {one.needed:.0f} times"
    return f"{format_duration(min(one.pending, one.needed))} of {format_duration(one.needed)}"


def actions(state: State, rule: str) -> Iterator[tuple[Guard, Action]]:
    """What a rule leads to in the guards that watch now."""
    return ((guard, guard.rules[rule]) for _, guard in guards(state) if rule in guard.rules)


def leads(state: State, rule: str) -> str:
    """What a rule leads to now, or where it will matter."""
    now = [LEADS[action] for _, action in actions(state, rule)]
    if now:
        return ", ".join(dict.fromkeys(now))
    for step in state.track:
        if state.steps[step.id].status in ("passed", "skipped"):
            continue
        match step:
            case Guard() if rule in step.rules:
                return f"{LEADS[step.rules[rule]]} in {step.id}"
            case Gate() if rule in step.passing:
                return f"keeps {step.id} shut"
            case Steady() if rule in step.rules:
                return f"{step.id} waits for it"
            case Soak() if rule in step.rules:
                return f"{step.id} begins anew"
            case _:
                pass
    return "shown only"


def excuse(one: RuleState) -> str:
    """Who let a rule cause nothing, and who has seen it."""
    note = f": {one.excuse}" if one.excuse else ""
    let = f"let be by {one.excused}{note}" if one.excused else ""
    seen = f"seen by {one.acknowledged}" if one.acknowledged else ""
    return ", ".join(filter(None, (let, seen)))


def watched(state: State) -> tuple[Key, ...]:
    """The metrics that rules use, in the plan's order, with each of their hosts."""
    if state.plan is None:
        return ()
    used = {rule.metric for rule in state.plan.rules.values() if rule.metric}
    named = (metric for name, metric in state.plan.metrics.items() if name in used)
    return tuple((metric.name, host) for metric in named for host in metric.hosts or ("",))


def rules_of(state: State, metric: str) -> tuple[str, ...]:
    """The rules on a metric."""
    return tuple(name for name, rule in state.the_plan.rules.items() if rule.metric == metric)


def cutover(state: State) -> float | None:
    """The moment that divides before from after: the start of the step that baselines go to, else of the first run."""
    until = state.the_plan.before.until if state.the_plan.before else ""
    if until in state.steps:
        return state.steps[until].started
    return next((state.steps[step.id].started for step in state.forward if isinstance(step, Run)), None)
