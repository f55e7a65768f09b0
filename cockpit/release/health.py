"""Whether rules are well, and what one that is not leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cockpit.playbook.plan import Action, Guard, Severity, Steady
from cockpit.release.state import RuleState, State, StepState
from cockpit.units import format_number


def is_well(state: State, rule: str) -> bool:
    """Whether a rule passes, or has no data where that counts as passing."""
    one = state.rules[rule]
    if one.verdict in ("no data", "error"):
        return state.the_plan.rules[rule].no_data == "pass"
    return one.verdict == "passing"


def leads_to(state: State, rule: str, action: Action, now: float) -> Action | None:
    """What a rule's verdict causes now in a guard; None when it causes nothing, or was excused."""
    one = state.rules[rule]
    if one.excused and (one.again is None or now < one.again):
        return None
    if one.verdict == "failing":
        return action
    if one.verdict not in ("no data", "error"):
        return None
    match state.the_plan.rules[rule].no_data:
        case "pass":
            return None
        case "fail":
            return action
        case "hold":
            return "warn" if action == "warn" else "hold"


def fails(state: State, rule: str) -> bool:
    """Whether a rule fails, or has no data where that is as bad."""
    verdict = state.rules[rule].verdict
    return verdict == "failing" or (verdict in ("no data", "error") and state.the_plan.rules[rule].no_data == "fail")


def watching(state: State) -> tuple[StepState, ...]:
    """The steps that go on now, the way there or back: through gates and holds, and while a batch is undone."""
    if state.plan is None or state.aborted or state.end or state.closed:
        return ()
    track = state.backward if state.rolling_back else state.forward
    return tuple(one for step in track if (one := state.steps[step.id]).status == "running")


def guards(state: State) -> tuple[tuple[StepState, Guard], ...]:
    """The guards that watch now."""
    return tuple((one, one.step) for one in watching(state) if isinstance(one.step, Guard))


def period_end(one: StepState, guard: Guard) -> float:
    """When a guard's period is over, whether or not it may end then: time in which nothing was measured is added."""
    assert one.started is not None
    return one.started + guard.seconds + one.blind


def unwell(state: State, one: StepState, guard: Guard) -> Iterator[str]:
    """The rules that keep a guard from ending: those that must pass, do not, and were not let pass."""
    for rule, action in guard.rules.items():
        if action != "warn" and not is_well(state, rule) and rule not in one.waived:
            yield rule


def unmeasured(state: State, rules: Iterable[str], since: float, until: float) -> float:
    """For how many seconds nobody knew of these rules when no engine lived between two moments.

    What was measured last counts until it is stale; what people report is no number.
    """
    stale = [rule.stale for rule in map(state.the_plan.rules.__getitem__, rules) if not rule.reported]
    return max(0.0, until - since - min(stale)) if stale else 0.0


def steady_since(state: State, rules: tuple[str, ...], start: float) -> float | None:
    """Since when (at the earliest `start`) all these rules have been seen to be well; None while one is not."""
    if not all(is_well(state, rule) for rule in rules):
        return None
    return max([start, *(max(state.rules[rule].since, state.rules[rule].anew) for rule in rules)])


def steady_end(state: State, one: StepState, step: Steady) -> float | None:
    """When a step that waits for rules will be over: what was measured before it began does not count."""
    assert one.started is not None
    since = steady_since(state, step.rules, one.started)
    if since is None:
        return None
    return since + max([step.seconds, *(state.the_plan.rules[rule].every for rule in step.rules)])


def severity_of(state: State, rule: str) -> Severity | None:
    """How bad it is when a rule fails; None where the playbook does not say."""
    name = state.the_plan.rules[rule].severity
    return next((each for each in state.the_plan.severities if each.name == name), None)


def describe(state: State, rule: str) -> str:
    """A rule's verdict in words, with the numbers that it was made from."""
    one, said = state.rules[rule], state.the_plan.rules[rule]
    words = f"{rule} is {one.verdict}" if one.verdict else f"{rule} was not measured yet"
    if one.host:
        words += f" on {one.host}"
    if one.reason:
        return f"{words}: {one.reason}"
    return words if one.value is None else f"{words}: {format_number(one.value, said.unit)}"


def is_impending(one: RuleState) -> bool:
    """Whether a rule has announced a rollback or asks for a decision."""
    return one.announced is not None or one.asked is not None


def impending(state: State) -> Iterator[tuple[str, RuleState]]:
    """The rules that have announced a rollback, or ask for a decision: nothing new starts until that is settled."""
    return ((name, one) for name, one in state.rules.items() if is_impending(one))
