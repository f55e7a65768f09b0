"""What people say of rules: decisions, vetoes, waivers, acknowledgements."""

from __future__ import annotations

from typing import assert_never

from cockpit.analysis.rule import Verdict
from cockpit.playbook.plan import Gate, Http, Run
from cockpit.release.asked import ACCEPT, options_of, owners_of
from cockpit.release.back import last_batch
from cockpit.release.events import (
    ITSELF,
    Aborted,
    Acknowledged,
    AnyEvent,
    BackOrdered,
    Decided,
    Held,
    RollbackStarted,
    StepSkipped,
    VerdictChanged,
    Vetoed,
    Waived,
)
from cockpit.release.gates import gate_criteria
from cockpit.release.health import describe
from cockpit.release.intents import Acknowledge, Back, Decision, Refusal, Report, Veto, Waive
from cockpit.release.people import has_role, may_act, past_no_return
from cockpit.release.state import FAILING, State, StepState


def question(state: State, login: str, intent: Veto | Waive | Acknowledge | Report | Back) -> Decision:
    """The events of what somebody says of a rule, or why it is refused."""
    if state.end or state.aborted:
        return Refusal(f"{state.release} is {state.end or 'aborted'}")
    if not intent.note.strip() and not isinstance(intent, Acknowledge):
        return Refusal("this needs a note", "say why, with --note")
    match intent:
        case Veto():
            return _veto(state, login, intent)
        case Waive():
            return _waive(state, login, intent)
        case Acknowledge():
            return _acknowledge(state, login, intent)
        case Report():
            return _report(state, login, intent)
        case Back():
            return _back(state, login, intent.note)
        case _:
            assert_never(intent)


def _veto(state: State, login: str, intent: Veto) -> Decision:
    announced = [rule for rule, one in state.rules.items() if one.announced is not None]
    if intent.rule not in announced:
        return Refusal(f"{intent.rule} has announced no rollback", f"these have: {', '.join(announced) or 'none'}")
    return (Vetoed(rule=intent.rule, by=login, note=intent.note),)


def _waive(state: State, login: str, intent: Waive) -> Decision:
    one = state.steps.get(intent.what)
    if one is not None and one.step in state.track and isinstance(one.step, Run | Http) and one.step.waiver:
        return _let_pass(state, login, one, intent)
    gates = [
        (step, gate_criteria(state, state.steps[step.id], step))
        for step in state.track
        if isinstance(step, Gate) and state.steps[step.id].status == "running"
    ]
    shut = [step for step, criteria in gates if intent.what in criteria]
    if not shut:
        known = dict.fromkeys(what for _, criteria in gates for what in criteria)
        return Refusal(f"{intent.what} keeps no gate shut", f"these do: {', '.join(known) or 'none'}")
    gate = next((step for step in shut if intent.role in step.waiver), None)
    if gate is None:
        where = ", ".join(step.id for step in shut)
        roles = ", ".join(dict.fromkeys(role for step in shut for role in step.waiver))
        return Refusal(f"{intent.role or 'nobody'} may not waive at {where}", f"roles: {roles}" if roles else "")
    if not has_role(state, login, intent.role):
        return Refusal(f"{login} is not {intent.role}")
    return (Waived(step=gate.id, what=intent.what, by=login, note=intent.note, role=intent.role),)


def _let_pass(state: State, login: str, one: StepState, intent: Waive) -> Decision:
    """A failure of a step that only a role lets pass."""
    assert isinstance(one.step, Run | Http)
    failing = [run.host for run in one.hosts.values() if run.status in FAILING and not run.trying]
    if not failing:
        return Refusal(f"no host of {intent.what} waits for an answer")
    if intent.role not in one.step.waiver:
        return Refusal(f"{intent.role or 'nobody'} may not waive {intent.what}", f"roles: {', '.join(one.step.waiver)}")
    if not has_role(state, login, intent.role):
        return Refusal(f"{login} is not {intent.role}")
    waived = Waived(step=intent.what, what=intent.what, by=login, note=intent.note, role=intent.role)
    return waived, *(StepSkipped(step=intent.what, host=host, by=login, note=intent.note) for host in failing)


def _acknowledge(state: State, login: str, intent: Acknowledge) -> Decision:
    one = state.rules.get(intent.rule)
    if one is None:
        return Refusal(f"no rule {intent.rule!r}", f"rules: {', '.join(state.rules) or 'none'}")
    if one.verdict in (None, "passing"):
        return Refusal(describe(state, intent.rule))
    if one.acknowledged:
        return Refusal(f"{one.acknowledged} has acknowledged {intent.rule} already")
    return (Acknowledged(rule=intent.rule, by=login, note=intent.note),)


def _report(state: State, login: str, intent: Report) -> Decision:
    reported = {name: rule for name, rule in state.the_plan.rules.items() if rule.reported}
    rule = reported.get(intent.rule)
    if rule is None:
        return Refusal(f"nobody reports {intent.rule}", f"these are reported: {', '.join(reported) or 'none'}")
    if not may_act(state, login, rule.by):
        others = ", ".join(rule.by) or "nobody else"
        return Refusal(f"{login} may not report {intent.rule}", f"the captain may, and {others}")
    verdict: Verdict = "passing" if intent.clear else "failing"
    if state.rules[intent.rule].verdict == verdict:
        return Refusal(describe(state, intent.rule))
    return (VerdictChanged(rule=intent.rule, verdict=verdict, reason=intent.note, by=login),)


def _back(state: State, by: str, note: str) -> Decision:
    if state.rolling_back or state.back:
        return Refusal("something is being undone already")
    found = last_batch(state)
    if found is None:
        return Refusal("there is no batch to take back", "only steps with `undo` can be taken back, once begun")
    return (BackOrdered(step=found[0], hosts=found[1], by=by, note=note),)


def answered(state: State, login: str, rule: str, option: str, note: str) -> Decision:
    """An open decision about a rule, answered by a person."""
    one = state.rules[rule]
    owners = owners_of(state, rule)
    if one.asked is None:
        return Refusal(f"{rule} asks for no decision", describe(state, rule))
    if not may_act(state, login, owners):
        return Refusal(
            f"{login} may not decide on {rule}", f"the captain may, and {', '.join(owners) or 'nobody else'}"
        )
    if option not in (options := options_of(state, rule)):
        return Refusal(f"no option {option!r}", f"options: {', '.join(options)}")
    if not note.strip():
        return Refusal("a decision needs a note", "say why, with --note")
    return decided(state, rule, option, login, note)


def decided(state: State, rule: str, option: str, by: str, note: str) -> tuple[AnyEvent, ...]:
    """An open decision taken, and what it means. By itself nothing goes back past a point of no return."""
    one = state.rules[rule]
    wait = state.the_plan.decisions[rule].deadline if option == "wait" and one.asked == "decision" else 0.0
    made = Decided(rule=rule, option=option, by=by, note=note, wait=wait)
    if option == ACCEPT and one.asked == "end":
        return made, Waived(step=one.guard, what=rule, by=by, note=note)
    return (made, *_meaning(state, option, by, f"{rule}: {note}"))


def _meaning(state: State, option: str, by: str, note: str) -> tuple[AnyEvent, ...]:
    held = () if state.is_held_for_people else (Held(by=by, note=note),)
    match option:
        case "hold":
            return held
        case "abort":
            return (Aborted(by=by, note=note),)
        case "back":
            back = _back(state, by, note)
            return held if isinstance(back, Refusal) else back
        case "roll back" if state.the_plan.rollback is None or (by == ITSELF and past_no_return(state)):
            return held
        case "roll back":
            return (RollbackStarted(by=by, note=note),)
        case _:
            return ()
